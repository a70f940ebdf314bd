"""A whole file of entries, whatever its format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from bot.errors import ImportRefused, InvalidInput
from bot.faq.exchange.columns import LISTS, WRITTEN, entry_cells
from bot.faq.exchange.csv_file import read_csv, write_csv
from bot.faq.exchange.markdown_file import read_markdown, write_markdown
from bot.faq.exchange.merge import merge
from bot.faq.exchange.record import Record
from bot.faq.exchange.sheet import read_sheet
from bot.faq.exchange.xlsx_file import read_xlsx, write_xlsx
from bot.faq.problems import Problems
from bot.faq.topic_file import Topic

SUFFIXES = (".csv", ".xlsx", ".md")
FILE_LIMIT = 10 * 2**20
# A cell of XLSX holds 32,767 characters: https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
CELL_LIMIT = 30_000


def read_records(name: str, data: bytes) -> list[Record]:
    """What a file says about its entries; `name` gives the format by its ending.

    Raises ImportRefused with every problem that the file alone shows.
    """
    suffix = PurePath(name).suffix.lower()
    problems = Problems()
    records: list[Record] = []
    if suffix not in SUFFIXES:
        problems.add(name, f"文件名应以 {'、'.join(SUFFIXES)} 结尾")
    elif len(data) > FILE_LIMIT:
        problems.add(name, f"文件太大，最多 {FILE_LIMIT // 2**20} MiB")
    elif suffix == ".md":
        records = read_markdown(name, data, problems)
    else:
        sheets = [read_csv(name, data, problems)] if suffix == ".csv" else read_xlsx(name, data, problems)
        if not problems.lines:
            records = [record for sheet in sheets for record in read_sheet(sheet, problems)]
    if not records and not problems.lines:
        problems.add(name, "没有条目")
    if problems.lines:
        raise ImportRefused(problems.lines)
    return records


def write_file(name: str, topics: Sequence[Topic]) -> bytes:
    """The topics' entries as a file; `name` gives the format by its ending.

    Raises InvalidInput for another ending, and when the format cannot hold a text of these: a file is
    handed out only if it reads back the same.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidInput(f"{name}: the name must end in {', '.join(SUFFIXES)}")
    if suffix == ".md":
        data = write_markdown(topics)
    else:
        headers = [column.header for column in WRITTEN]
        rows = [row for topic in topics for row in _rows(topic)]
        data = write_csv(headers, rows) if suffix == ".csv" else write_xlsx(headers, rows)
    filled = tuple(sorted((topic for topic in topics if topic.entries), key=lambda topic: topic.name))
    if filled and merge((), read_records(name, data)).topics != filled:
        raise InvalidInput(f"{name}: an entry holds text that {suffix} cannot keep")
    return data


def _rows(topic: Topic) -> list[list[str]]:
    """One row an entry, and more rows of its id where its items are too long for one cell."""
    rows = []
    for entry in topic.entries:
        cells = entry_cells(topic, entry)
        chunks = {
            column.field: _chunks(cells[column.field]) if column.kind in LISTS else [cells[column.field]]
            for column in WRITTEN
        }
        rows.append([chunks[column.field][0] for column in WRITTEN])
        for number in range(1, max(map(len, chunks.values()))):
            more = {field: parts[number] for field, parts in chunks.items() if number < len(parts)}
            rows.append([more.get(c.field, entry.id if c.field == "id" else "") for c in WRITTEN])
    return rows


def _chunks(text: str) -> list[str]:
    chunks = [""]
    for line in text.split("\n"):
        if chunks[-1] and len(chunks[-1]) + len(line) >= CELL_LIMIT:
            chunks.append(line)
        else:
            chunks[-1] = f"{chunks[-1]}\n{line}" if chunks[-1] else line
    return chunks
