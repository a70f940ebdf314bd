"""Sheets in XLSX."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from bot.faq.exchange.cells import Cell
from bot.faq.exchange.sheet import COLUMN_LIMIT, ROW_LIMIT, Row, Sheet
from bot.faq.exchange.xlsx_parts import PartRefused, check_parts
from bot.faq.problems import Problems

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

WIDTH = 28
WRAPPED_WIDTH = 48
# _xHHHH_ stands for a character in XLSX, and _x005F_ before it for the text itself (ECMA-376, 22.9.2.19).
_ESCAPE = re.compile(r"(?=_x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x005F_(?=x[0-9A-Fa-f]{4}_)|_x000D_")
_ERROR = "单元格是公式，请改成文字或数值（复制后“选择性粘贴为值”）"


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The file's bytes. Every cell is text, so that nothing is computed and no number changes its form."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = "FAQ"
    for number, cells in enumerate((headers, *rows), 1):
        for column, text in enumerate(cells, 1):
            if not text:
                continue
            cell = sheet.cell(number, column)
            # A string by its type, whatever it begins with.
            cell.value = _ESCAPE.sub("_x005F", text)
            cell.data_type = "s"
            cell.number_format = "@"
            cell.quotePrefix = text[0] in "=+-@'"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    for column, header in enumerate(headers, 1):
        wide = "答案" in header or "问" in header
        sheet.column_dimensions[get_column_letter(column)].width = WRAPPED_WIDTH if wide else WIDTH
    sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_xlsx(name: str, data: bytes, problems: Problems) -> list[Sheet]:
    """Every sheet that is not empty. Cells merged downwards count in each of their rows.

    Formulas, error values and cells merged across columns go to `problems`, and so does a file that is no
    workbook, unpacks to more than 64 MiB, or claims more cells than a shop's FAQ could fill.
    """
    try:
        check_parts(data)
        with warnings.catch_warnings():
            # openpyxl tells of formats and rules that it leaves out; no text of a cell is among them.
            warnings.simplefilter("ignore")
            return list(_sheets(name, data, problems))
    except PartRefused as error:
        problems.add(name, str(error))
    except Exception as error:  # a damaged part makes openpyxl meet anything
        problems.add(name, f"不是完好的 XLSX 文件，请用 Excel 或 WPS 打开后另存（{type(error).__name__}）")
    return []


def _sheets(name: str, data: bytes, problems: Problems) -> Iterator[Sheet]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data))
    several = len(book.worksheets) > 1
    for sheet in book.worksheets:
        where = f"{name} 工作表“{sheet.title}”" if several else name
        if sheet.max_row > ROW_LIMIT or sheet.max_column > COLUMN_LIMIT:
            problems.add(
                where, f"最多 {ROW_LIMIT} 行、{COLUMN_LIMIT} 列；请删除多余的空行空列（包括只有格式的）"
            )
            continue
        rows = _rows(where, sheet, problems)
        if any(row.filled for row in rows):
            yield Sheet(where, rows)


def _rows(where: str, sheet: Worksheet, problems: Problems) -> tuple[Row, ...]:
    values = [
        [_value(f"{where} 第 {row} 行第 {column} 列", cell, problems) for column, cell in enumerate(cells, 1)]
        for row, cells in enumerate(sheet.iter_rows(), 1)
    ]
    for area in sheet.merged_cells.ranges:
        if area.min_col == area.max_col:
            for number in range(area.min_row, area.max_row):
                values[number][area.min_col - 1] = values[area.min_row - 1][area.min_col - 1]
            continue
        for number in range(area.min_row - 1, area.max_row):
            # A title across the whole sheet is no entry.
            if sum(bool(str(value).strip()) for value in values[number]) > 1:
                problems.add(f"{where} 第 {number + 1} 行", f"{area} 是跨列合并的单元格，请取消合并")
    return tuple(Row(number, tuple(cells)) for number, cells in enumerate(values, 1))


def _value(place: str, cell: Any, problems: Problems) -> Cell:
    value = cell.value
    if value is None or isinstance(value, str):
        if cell.data_type in ("f", "e"):
            problems.add(place, _ERROR if cell.data_type == "f" else f"单元格是错误值 {value}")
            return ""
        return _ESCAPED.sub(lambda mark: "\r" if mark[0] == "_x000D_" else "_", value or "")
    if isinstance(value, bool) or not isinstance(value, int | float | datetime | date):
        formula = cell.data_type == "f"
        problems.add(
            place, _ERROR if formula else f"看不懂的内容 {value!r}，请把单元格格式改为“文本”后重新填写"
        )
        return ""
    if isinstance(value, datetime):
        if value.time() != time():
            problems.add(place, f"应为日期，不带时间，实际是 {value}")
        return value.date()
    if isinstance(value, date):
        return value
    return str(int(value)) if float(value).is_integer() else repr(value)
