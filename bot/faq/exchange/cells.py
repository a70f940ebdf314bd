"""What one cell says, as the values that an entry is read from."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from bot.faq.exchange.columns import AUDIENCE_NAMES, LISTS, Heading

Cell = str | date
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
_SPAN = re.compile(r"\s*(?:至|到|~|—+|–|--+)\s*")
_WITHOUT_END = ("长期", "长期有效", "永久", "永久有效")
_TARGET = {"links": "url", "images": "url", "buttons": "entry"}


class CellRefused(ValueError):
    """A cell that means nothing in its column; the text says what it should hold."""


def read_cell(cell: Cell, heading: Heading) -> dict[str, Any]:
    """The values of the fields that a cell fills; None where it is blank, a list for a list.

    Raises CellRefused. What the rules of an entry say about a value is not checked here.
    """
    column = heading.column
    if column.kind == "ignored":
        return {}
    if column.kind in LISTS:
        return {column.field: _items(_text(cell), heading)}
    if column.kind == "day":
        return {column.field: _day(cell)}
    if column.kind == "span":
        return dict(zip(("valid_from", "valid_until"), _span(cell), strict=True))
    text = _text(cell)
    if column.kind == "audience" and text:
        if text not in AUDIENCE_NAMES:
            raise CellRefused(f"应为 所有人 或 客服，实际是 {text!r}")
        return {column.field: AUDIENCE_NAMES[text]}
    return {column.field: text or None}


def _text(cell: Cell) -> str:
    if isinstance(cell, date):
        raise CellRefused(f"单元格是日期 {cell}，这一列应为文本；请把单元格格式改为“文本”后重新填写")
    return cell.strip()


def _day(cell: Cell) -> date | None:
    if isinstance(cell, date):
        return cell
    text = unicodedata.normalize("NFKC", cell).strip()
    if not text or text in _WITHOUT_END:
        return None
    match = _DAY.fullmatch(text)
    try:
        if match:
            return date(*(int(part) for part in match.groups()))
    except ValueError:
        pass
    raise CellRefused(f"应为日期，如 2026-11-21，实际是 {cell!r}")


def _span(cell: Cell) -> tuple[date | None, date | None]:
    """First and last day; one day alone is the last."""
    if isinstance(cell, date):
        return None, cell
    text = unicodedata.normalize("NFKC", cell).strip()
    first, *more = _SPAN.split(text)
    if len(more) > 1:
        raise CellRefused(f"应为“2026-11-01至2026-11-30”这样的有效期，实际是 {cell!r}")
    return (_day(first), _day(more[0])) if more else (None, _day(first))


def _items(text: str, heading: Heading) -> list[Any]:
    pieces = re.split(f"[\n{re.escape(heading.separators)}]", text.replace("\r\n", "\n").replace("\r", "\n"))
    items = [piece.strip() for piece in pieces if piece.strip()]
    target = _TARGET.get(heading.column.field)
    return [_pair(item, target) for item in items] if target else items


def _pair(item: str, target: str) -> dict[str, str]:
    title, *rest = item.rsplit(maxsplit=1)
    if not rest:
        what = "条目编号" if target == "entry" else "地址"
        raise CellRefused(f"每行应为“标题 {what}”，中间用空格隔开，实际是 {item!r}")
    return {"title": title, target: rest[0]}
