"""Who changed which entry, written down beside every change that the console makes in the FAQ's files."""

from __future__ import annotations

from typing import Any

from bot.console.accounts import SignIn
from bot.database import Database
from bot.studio.changes import Author, Change, Kind, store_change
from bot.studio.entry_book import Filed


async def record_entry(
    database: Database, signed: SignIn, kind: Kind, before: Filed | None, after: Filed | None
) -> None:
    """A change of one entry; one of the two is there. Raises PartUnavailable."""
    one = after or before
    assert one is not None
    await record(database, signed, Change(kind, one.entry.id, _content(before), _content(after)))


async def record(database: Database, signed: SignIn, change: Change) -> None:
    """Any change. Raises PartUnavailable."""
    author = Author(signed.agent.id, signed.agent.display_name)
    await database.write(lambda session: store_change(session, change, author))


def _content(one: Filed | None) -> dict[str, Any] | None:
    return {"topic": one.topic, **one.values()} if one else None
