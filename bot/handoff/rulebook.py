"""The policy's settings in force: the newest saved version, or the defaults of the environment."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.database import Database
from bot.errors import BotError, Conflict, InvalidInput
from bot.handoff.policy import Thresholds
from bot.handoff.policy_fields import show_thresholds
from bot.tables import PolicyRevisionRow

logger = logging.getLogger(__name__)

# Another replica's change is in use after this time at the latest, and the time of one look.
LOOK_SECONDS = 1.0
NOTE_LIMIT = 200
HISTORY = 50

_NEWEST = sa.select(PolicyRevisionRow).order_by(PolicyRevisionRow.id.desc()).limit(1)


@dataclass(frozen=True)
class Revision:
    """A saved version. `number` counts from 1; `values` is None where the defaults were restored."""

    number: int
    values: Mapping[str, Any] | None
    note: str
    author: str
    at: datetime

    def public(self, defaults: Thresholds) -> dict[str, Any]:
        """The revision of docs/protocol.md."""
        return {
            "revision": self.number,
            "values": show_thresholds(_thresholds(self.values, defaults)),
            "reset": self.values is None,
            "note": self.note,
            "author": self.author,
            "at": self.at.isoformat(timespec="seconds"),
        }


class Rulebook:
    """What the turns and the console's page read, and the one place that saves.

    `current` and `revision` (0 before the first save) are in memory; `watch` keeps them as the database has
    them, so that every replica follows within two seconds.
    """

    def __init__(
        self,
        database: Database,
        defaults: Thresholds,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._clock = clock
        self.defaults = defaults
        self.current = defaults
        self.revision = 0

    async def refresh(self) -> None:
        """Read the newest version. Raises PartUnavailable when the database does not answer."""
        row = await self._database.read(lambda session: session.scalar(_NEWEST))
        # A look that was overtaken by a save must not take it back.
        if row is not None and row.id > self.revision:
            self.current, self.revision = _thresholds(row.values, self.defaults), row.id

    async def watch(self) -> None:
        """Follow the database until cancelled. While it does not answer, the last version holds."""
        while True:
            try:
                await self.refresh()
            except BotError as error:
                logger.warning("the hand-off policy cannot be looked up: %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    async def save(
        self, thresholds: Thresholds | None, note: str, based_on: int, author: tuple[int, str]
    ) -> None:
        """Put a version in force, None for the defaults; `author` is the agent's id and name.

        `based_on` is the revision that the author has seen. Raises Conflict when it is not the newest any
        more, InvalidInput for a note that is missing or longer than NOTE_LIMIT characters.
        """
        note = note.strip()
        if not 1 <= len(note) <= NOTE_LIMIT:
            raise InvalidInput(f"a note has 1 to {NOTE_LIMIT} characters")
        values = show_thresholds(thresholds) if thresholds is not None else None

        def store(session: Session) -> None:
            newest = session.scalar(_NEWEST)
            number = newest.id if newest else 0
            if number != based_on:
                raise Conflict(f"revision {number} was saved after revision {based_on}")
            session.add(
                PolicyRevisionRow(
                    id=number + 1,
                    values=values,
                    note=note,
                    author_id=author[0],
                    author_name=author[1],
                    at=self._clock(),
                )
            )

        await self._database.write(store)
        await self.refresh()

    async def history(self) -> Sequence[Revision]:
        """The newest versions first, at most HISTORY."""
        query = sa.select(PolicyRevisionRow).order_by(PolicyRevisionRow.id.desc()).limit(HISTORY)
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return [Revision(row.id, row.values, row.note, row.author_name, row.at) for row in rows]


def _thresholds(values: Mapping[str, Any] | None, defaults: Thresholds) -> Thresholds:
    """A stored version; a setting that came later has its default, an unusable version is passed over."""
    if values is None:
        return defaults
    sets = ("important_levels", "switched_off")
    known = show_thresholds(defaults).keys() & values.keys()
    given: dict[str, Any] = {
        name: frozenset(values[name]) if name in sets else values[name] for name in known
    }
    try:
        return replace(defaults, **given)
    except (TypeError, ValueError) as error:
        logger.error("a stored version of the hand-off policy is not usable: %s", error)
        return defaults
