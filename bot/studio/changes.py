"""Who changed what in the FAQ: append-only, each change with the entry before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.tables import FaqChangeRow

Kind = Literal["created", "changed", "deleted", "golden"]
HISTORY = 50


@dataclass(frozen=True)
class Author:
    """The maintainer who changes something."""

    id: int
    name: str


@dataclass(frozen=True)
class Change:
    """One change in the files. `entry` is '' for the golden questions, `before` None for what is new."""

    kind: Kind
    entry: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def store_change(session: Session, change: Change, author: Author) -> None:
    """Add it to the transaction."""
    session.add(
        FaqChangeRow(
            kind=change.kind,
            entry=change.entry,
            before=change.before,
            after=change.after,
            author_id=author.id,
            author_name=author.name,
            at=datetime.now(UTC),
        )
    )


def read_changes(session: Session, entry: str | None = None) -> list[dict[str, Any]]:
    """The newest changes of docs/protocol.md, at most 50, the newest first; of one entry or of all."""
    query = sa.select(FaqChangeRow).order_by(FaqChangeRow.id.desc()).limit(HISTORY)
    if entry is not None:
        query = query.where(FaqChangeRow.entry == entry)
    return [
        {
            "kind": row.kind,
            "entry": row.entry,
            "before": row.before,
            "after": row.after,
            "author": row.author_name,
            "at": row.at.isoformat(timespec="seconds"),
        }
        for row in session.scalars(query)
    ]
