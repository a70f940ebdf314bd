"""Sheets in CSV: UTF-8 with a mark when written, any of the encodings of Chinese Excel when read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from bot.faq.exchange.columns import find_heading
from bot.faq.exchange.sheet import COLUMN_LIMIT, HEADER_WITHIN, ROW_LIMIT, Row, Sheet
from bot.faq.problems import Problems

DELIMITERS = (",", "\t", ";", "，", "；", "|")
# A spreadsheet takes a cell that begins so for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The file's bytes; a cell that a spreadsheet would compute gets an apostrophe before it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(headers)
    for row in rows:
        writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def read_csv(name: str, data: bytes, problems: Problems) -> Sheet:
    """The rows of a CSV file; a cell that begins with = is refused, as it may be a formula."""
    text = _decode(name, data, problems)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    try:
        for number, cells in enumerate(reader, 1):
            if number > ROW_LIMIT or len(cells) > COLUMN_LIMIT:
                problems.add(f"{name} 第 {number} 行", f"最多 {ROW_LIMIT} 行、{COLUMN_LIMIT} 列")
                break
            rows.append(
                Row(number, tuple(_cell(name, number, c, cell, problems) for c, cell in enumerate(cells, 1)))
            )
    except csv.Error as error:
        problems.add(f"{name} 第 {len(rows) + 1} 行", f"引号或分隔符有误，不是完整的 CSV（{error}）")
    return Sheet(name, tuple(rows))


def _cell(name: str, row: int, column: int, cell: str, problems: Problems) -> str:
    if cell.startswith(("=", "＝")):
        problems.add(
            f"{name} 第 {row} 行第 {column} 列",
            "以等号开头，像是公式；如果确实是文字，请在最前面加一个英文单引号",
        )
        return ""
    return cell[1:] if _QUOTED_FORMULA.match(cell) else cell


def _decode(name: str, data: bytes, problems: Problems) -> str:
    encodings: tuple[str, ...] = ("utf-8-sig",)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    elif not _is_damaged_utf8(data):
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
    problems.add(f"{name} 第 {line} 行", "文字编码有误；请另存为“CSV UTF-8”再导入")
    return ""


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether it is UTF-8 but for a few bytes: GB18030 would read that as other characters."""
    text = data.decode("utf-8-sig", "replace")
    bad = text.count("\ufffd")
    good = sum(char > "\x7f" for char in text) - bad
    return good > bad


def _delimiter(text: str) -> str:
    """The one that gives the most column names in one of the first lines."""
    lines = text.split("\n")[:HEADER_WITHIN]

    def names(delimiter: str) -> int:
        return max(
            sum(find_heading(cell.strip(' "\r')) is not None for cell in line.split(delimiter))
            for line in lines
        )

    return max(DELIMITERS, key=names)
