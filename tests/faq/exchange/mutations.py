"""Random damage to FAQ files, and what must come of it: read rightly, or refused with a clear error.

`python -m tests.faq.exchange.mutations 10000` tries that many of each format and prints the counts.
"""

from __future__ import annotations

import csv
import io
import random
import re
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import yaml

from bot.errors import ConfigurationError, ImportRefused
from bot.faq.exchange.columns import WRITTEN, entry_cells, find_heading
from bot.faq.exchange.csv_file import write_csv
from bot.faq.exchange.files import read_records, write_file
from bot.faq.exchange.merge import entry_values, merge
from bot.faq.exchange.xlsx_file import write_xlsx
from bot.faq.topic_file import Topic, load_topics
from bot.faq.topic_writer import format_topic
from tests.faq.exchange.sheets import FIELDS, HEADERS, PLACE, ROWS, TOPICS, Grid, Known, grid, known


def as_csv(rng: random.Random, sheet: Grid) -> bytes:
    data = write_csv(sheet.rows[0], sheet.rows[1:])
    if rng.random() < 0.5:
        return data
    text = data.decode("utf-8-sig")
    return text.encode(rng.choice(["utf-8", "gb18030", "utf-16"]))


def damage(rng: random.Random, data: bytes) -> bytes:
    """One to three accidents: bytes changed, lost, doubled, put in, or the end cut off."""
    mutable = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(max(len(mutable), 1))
        length = rng.choice([1, 1, 1, 2, 8, 64])
        what = rng.randrange(6)
        if what == 0 and mutable:
            mutable[at] = rng.randrange(256)
        elif what == 1:
            del mutable[at : at + length]
        elif what == 2:
            mutable[at:at] = mutable[at : at + length]
        elif what == 3:
            mutable[at:at] = rng.choice(
                [b'"', b",", b"\n", b"=", b":", b"#", b"- ", b"'", b"\t", b"\0", b"<", b"&"]
            )
        elif what == 4:
            mutable[at:at] = rng.randbytes(length)
        elif rng.random() < 0.2:
            del mutable[at:]
    return bytes(mutable)


def _cells(rows: list[list[str]]) -> list[dict[str, str]] | None:
    """Another, simpler reading of a sheet in the written form; None when it is not in that form."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return None
    headings = [find_heading(cell) for cell in filled[0]]
    if not all(headings):
        return None
    names = [heading.column.field for heading in headings if heading]
    return [dict(zip(names, row, strict=False)) for row in filled[1:]]


def _tidy(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def agrees(imported: Known, rows: list[list[str]]) -> bool:
    """Whether every text of an imported sheet is in an entry and the other way round."""
    cells = _cells(rows)
    if cells is None:
        return False
    said = {piece for row in cells for name, cell in row.items() for piece in _pieces(name, _tidy(cell))}
    kept = {
        piece
        for topic, entry in imported.values()
        for name, cell in entry_cells(Topic(topic, entry.topic), entry).items()
        for piece in _pieces(name, cell)
    }
    return kept == said or {_day(text) for text in kept} == {_day(text) for text in said}


def _pieces(name: str, cell: str) -> list[str]:
    column = next(c for c in WRITTEN if c.field == name)
    if column.kind in ("text", "day", "audience"):
        pieces = [cell.replace("agents", "客服").replace("所有人", "")]
    else:
        pieces = [" ".join(line.split()) for line in cell.split("\n")]
    return [piece for piece in pieces if piece]


def _day(text: str) -> str:
    """A day may be written in several ways."""
    day = re.fullmatch(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*", text)
    return "-".join(str(int(part)) for part in day.groups()) if day else text


def try_import(name: str, data: bytes) -> Known | str:
    """The entries, or the refusal. Anything else that is raised is a bug."""
    try:
        return known(merge((), read_records(name, data)).topics)
    except ImportRefused as error:
        return str(error)


def check_grid(sheet: Grid, name: str, data: bytes) -> str:
    result = try_import(name, data)
    if sheet.expected is None:
        assert isinstance(result, str), f"taken over: {sheet.rows}"
        assert sheet.named in result, f"{sheet.named} is not in {result}"
        return "refused"
    assert result == sheet.expected, f"{result} from {sheet.rows}"
    return "read"


def check_clear(refusal: str) -> str:
    assert refusal
    assert all(PLACE.search(line) for line in refusal.splitlines()), refusal
    return "refused"


def mutate_csv(rng: random.Random) -> str:
    if rng.random() < 0.6:
        sheet = grid(rng)
        return check_grid(sheet, "faq.csv", as_csv(rng, sheet))
    data = damage(rng, write_csv(HEADERS, ROWS))
    result = try_import("faq.csv", data)
    if isinstance(result, str):
        return check_clear(result)
    rows = list(csv.reader(io.StringIO(_text(data), newline="")))
    plain = [[re.sub(r"^'(?='*[=+\-@＝＋－＠])", "", cell) for cell in row] for row in rows]
    assert agrees(result, plain), f"{result}\nfrom {plain}"
    return "read"


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def mutate_xlsx(rng: random.Random) -> str:
    how = rng.random()
    if how < 0.5:
        sheet = grid(rng)
        while any(re.search("[\x00-\x08\x0b-\x1f]", cell) for row in sheet.rows for cell in row):
            sheet = grid(rng)  # what no workbook can hold
        return check_grid(sheet, "faq.xlsx", write_xlsx(sheet.rows[0], sheet.rows[1:]))
    data = write_xlsx(HEADERS, ROWS)
    if how < 0.75:  # in the archive: its checksums are what notices
        result = try_import("faq.xlsx", damage(rng, data))
        if isinstance(result, str):
            return check_clear(result)
        assert result == known(TOPICS)
        return "read"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = rng.choice(["xl/worksheets/sheet1.xml"] * 3 + sorted(parts))
    parts[part] = damage(rng, parts[part])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    result = try_import("faq.xlsx", stream.getvalue())
    if isinstance(result, str):
        return check_clear(result)
    rows = _xml_rows(parts["xl/worksheets/sheet1.xml"])
    assert result == known(TOPICS) or agrees(result, rows), f"{result}\nfrom {rows}"
    return "read"


def _xml_rows(page: bytes) -> list[list[str]]:
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    rows: list[list[str]] = []
    for row in ET.fromstring(page).iter(f"{space}row"):
        cells = [""] * len(FIELDS)
        for cell in row.iter(f"{space}c"):
            column = 0
            for letter in re.sub("[^A-Za-z]", "", cell.get("r", "")).upper():
                column = column * 26 + ord(letter) - 64
            text = "".join(piece.text or "" for piece in cell.iter(f"{space}t"))
            if 0 < column <= len(cells):
                cells[column - 1] = text
        rows.append(cells)
    return rows


def mutate_yaml(rng: random.Random) -> str:
    texts = {topic.name: format_topic(topic).encode() for topic in TOPICS}
    victim = rng.choice(sorted(texts))
    texts[victim] = damage(rng, texts[victim])
    with tempfile.TemporaryDirectory() as folder:
        for name, data in texts.items():
            Path(folder, f"{name}.yml").write_bytes(data)
        try:
            topics = load_topics(Path(folder))
        except ConfigurationError as error:
            return check_clear(str(error))
    for topic in topics:
        plain = yaml.load(texts[topic.name].decode("utf-8-sig"), yaml.BaseLoader)
        kept = sorted(_scalars([topic.name, topic.title, [entry_values(entry) for entry in topic.entries]]))
        said = sorted(_scalars(plain))
        assert kept == said, f"{kept}\n{said}"
    return "read"


def _scalars(value: Any) -> list[str]:
    """Every text, number and day below a value; what was left out and what is blank count for nothing."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in _scalars(item)]
    if isinstance(value, list):
        return [text for item in value for text in _scalars(item)]
    text = _tidy(str(value)) if value is not None else ""
    return [] if text in ("", "everyone", "~", "null", "Null", "NULL") else [text]


MUTATIONS: dict[str, Callable[[random.Random], str]] = {
    "csv": mutate_csv,
    "xlsx": mutate_xlsx,
    "yaml": mutate_yaml,
}


def try_many(form: str, count: int, seed: int = 0) -> Counter[str]:
    """Try so many mutations of a format; raises AssertionError with the number of the first that failed."""
    outcomes: Counter[str] = Counter()
    for number in range(seed, seed + count):
        try:
            outcomes[MUTATIONS[form](random.Random(number))] += 1
        except Exception as error:
            raise AssertionError(f"{form} mutation {number}: {type(error).__name__}: {error}") from error
    return outcomes


if __name__ == "__main__":
    assert write_file("faq.csv", TOPICS)
    for form in MUTATIONS:
        sys.stdout.write(f"{form}: {dict(try_many(form, int(sys.argv[1])))}\n")
