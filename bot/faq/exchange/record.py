"""What a file says about one entry, before it is known whether that entry exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.faq.problems import Place


@dataclass(frozen=True)
class Record:
    """The fields that a file has for one entry, None or [] where it leaves them blank.

    `values` has fields of `entry_reader.ENTRY_FIELDS`, a channel's answer as `channels.web`, and the
    topic's `topic` (name or title) and `title`. `place` leads to a field's row and column.
    """

    place: Place
    values: Mapping[str, Any]


@dataclass(frozen=True)
class SheetPlace(Place):
    """A row of a sheet. `headers` maps fields to column headers, `rows` items to rows of their own."""

    file: str
    row: int
    headers: Mapping[str, str]
    rows: Mapping[str, int] = field(default_factory=dict)

    def field(self, name: str) -> str:
        """For `similar[3].url`: file, row and column of the third item."""
        item = name.partition("]")[0] + "]" if "[" in name else name
        base, _, rest = name.partition("[")
        row = self.rows.get(item, self.row)
        column = self.headers.get(base)
        number = f"第 {rest.partition(']')[0]} 项" if rest else ""
        return f"{self.file} 第 {row} 行" + (f"“{column}”列{number}" if column else f" {name}")
