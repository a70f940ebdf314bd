"""Rows and columns as people fill them in, read into records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.faq.exchange.cells import Cell, CellRefused, read_cell
from bot.faq.exchange.columns import Heading, find_heading
from bot.faq.exchange.record import Record, SheetPlace
from bot.faq.problems import Problems

HEADER_WITHIN = 10
ROW_LIMIT = 50_000
COLUMN_LIMIT = 200


@dataclass(frozen=True)
class Row:
    """One row: `number` is what a spreadsheet shows beside it."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def filled(self) -> list[Cell]:
        """The cells that are not blank."""
        return [cell for cell in self.cells if not isinstance(cell, str) or cell.strip()]


@dataclass(frozen=True)
class Sheet:
    """The rows of a table without types; `name` is the file, with the sheet where it has several."""

    name: str
    rows: tuple[Row, ...]


@dataclass
class _Draft:
    """A record that further rows may add to: the values that each column gave, by its header."""

    row: int
    parts: dict[str, dict[str, Any]]
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for part in self.parts.values():
            for name, value in part.items():
                merged[name] = merged[name] + value if isinstance(merged.get(name), list) else value
        return merged


def read_sheet(sheet: Sheet, problems: Problems) -> list[Record]:
    """The records of a sheet.

    The header may stand below a title. A row with the id of a row above adds its 相似问 and other items
    to it, and so does a row that has nothing but items; blank rows and repeated rows count for nothing.
    """
    rows = [row for row in sheet.rows if row.filled]
    number = _find_header(sheet, rows, problems)
    if number is None:
        return []
    columns = _columns(sheet, rows[number], problems)
    headers = {heading.column.field: heading.header for heading in columns if heading}
    if "validity" in headers:
        headers = {"valid_from": headers["validity"], "valid_until": headers["validity"], **headers}
    drafts: list[_Draft] = []
    by_id: dict[str, _Draft] = {}
    for row in rows[number + 1 :]:
        fresh = _read_row(sheet, row, columns, problems)
        values = fresh.values
        identifier = values.get("id")
        known = by_id.get(identifier) if identifier else None
        if known is None and drafts and _has_items_only(values):
            known = drafts[-1]
        if known is not None:
            _add(sheet, known, fresh, problems)
            continue
        drafts.append(fresh)
        if identifier:
            by_id[identifier] = fresh
    return [
        Record(
            SheetPlace(f"{sheet.name} 第 {draft.row} 行", sheet.name, draft.row, headers, draft.rows),
            draft.values,
        )
        for draft in drafts
    ]


def _find_header(sheet: Sheet, rows: Sequence[Row], problems: Problems) -> int | None:
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        known = {heading.column.field for cell in row.filled if (heading := find_heading(str(cell)))}
        if len(known) > 1 and known & {"id", "question"}:
            return number
        if len({str(cell).strip() for cell in row.filled}) > 1:
            break
    problems.add(sheet.name, "没有找到表头：前几行里要有一行写着“编号”“标准问”“答案”等列名")
    return None


def _columns(sheet: Sheet, header: Row, problems: Problems) -> list[Heading | None]:
    columns: list[Heading | None] = []
    for number, cell in enumerate(header.cells, 1):
        name = str(cell).strip()
        heading = find_heading(name)
        columns.append(heading)
        place = f"{sheet.name} 第 {header.number} 行第 {number} 列"
        if heading is None:
            if name:
                problems.add(place, f"不认识的列名 {name!r}；请改名或删除这一列")
            continue
        twin = next((c for c in columns[:-1] if c and c.column == heading.column), None)
        if twin and (heading.column.field != "similar" or twin.header == heading.header):
            problems.add(place, f"“{name}”与“{twin.header}”是同一列，只能有一个")
    fields = {heading.column.field for heading in columns if heading}
    if "validity" in fields and fields & {"valid_from", "valid_until"}:
        problems.add(f"{sheet.name} 第 {header.number} 行", "“有效期”与单独的生效、失效日期只能用一种")
    return columns


def _read_row(sheet: Sheet, row: Row, columns: Sequence[Heading | None], problems: Problems) -> _Draft:
    draft = _Draft(row.number, {h.header: read_cell("", h) for h in columns if h})
    for number, cell in enumerate(row.cells):
        heading = columns[number] if number < len(columns) else None
        if heading is None:
            if str(cell).strip():
                problems.add(f"{sheet.name} 第 {row.number} 行第 {number + 1} 列", "这一格上方没有列名")
            continue
        try:
            draft.parts[heading.header] = read_cell(cell, heading)
        except CellRefused as error:
            problems.add(f"{sheet.name} 第 {row.number} 行“{heading.header}”列", str(error))
    return draft


def _has_items_only(values: dict[str, Any]) -> bool:
    return any(values.values()) and all(isinstance(value, list) for value in values.values() if value)


def _add(sheet: Sheet, known: _Draft, fresh: _Draft, problems: Problems) -> None:
    """A cell that repeats the one above is one cell that was merged, or a row that was copied."""
    for header, part in fresh.parts.items():
        for name, value in part.items():
            before = known.parts[header].get(name)
            if not value or value == before:
                continue
            if isinstance(value, list):
                count = len(known.values.get(name) or [])
                known.rows.update({f"{name}[{count + n}]": fresh.row for n in range(1, len(value) + 1)})
                known.parts[header][name] = (before or []) + value
            elif before is None:
                known.parts[header][name] = value
            else:
                problems.add(
                    f"{sheet.name} 第 {fresh.row} 行“{header}”列", f"与第 {known.row} 行同一条目的内容不同"
                )
