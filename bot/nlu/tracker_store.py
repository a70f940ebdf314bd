"""Rasa's trackers as an append-only log of events in one SQLite file, the latest of them kept in memory.

Rasa's own SQL store reads a whole conversation back through SQLAlchemy at every turn and counts its events
again at every save: 5 of the 14 ms that a turn cost in the Rasa process. Here a turn asks for one number and
appends its own events.
"""

from __future__ import annotations

import json
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

BUSY_SECONDS = 5.0
KEPT = 500

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tracker_events (
    sender_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (sender_id, number)
) WITHOUT ROWID
"""
_STORED = "SELECT coalesce(max(number) + 1, 0) FROM tracker_events WHERE sender_id = ?"
_SESSION = "SELECT coalesce(max(number), 0) FROM tracker_events WHERE sender_id = ? AND type = ?"
_EVENTS = "SELECT data FROM tracker_events WHERE sender_id = ? AND number >= ? ORDER BY number"
_APPEND = "INSERT INTO tracker_events (sender_id, number, type, data) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True)
class _Held:
    """A tracker whose first event is number `first` in the file, of which `stored` are in the file."""

    tracker: DialogueStateTracker
    first: int
    stored: int


class SqliteTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Write-ahead log; `synchronous=NORMAL` loses no commit when a process is killed.

    The file holds the truth. What is kept in memory is used only if the file has exactly the events that
    it had when the tracker was saved, and the tracker no others: a turn that failed half-way, or another
    process on the same file, leads to reading the file again.
    """

    def __init__(
        self, domain: Any = None, host: str | None = None, event_broker: Any = None, db: str = ""
    ) -> None:
        if not db:
            raise ValueError("db must name a SQLite file, got ''")
        self._held: OrderedDict[str, _Held] = OrderedDict()
        super().__init__(domain, event_broker)
        Path(db).parent.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(
            db, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=16
        )
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
            self._file.execute(f"PRAGMA {pragma}")
        self._file.execute(_SCHEMA)

    @property
    def domain(self) -> Any:
        """The domain of the model that serves."""
        return self._domain

    @domain.setter
    def domain(self, domain: Any) -> None:
        TrackerStore.domain.fset(self, domain)
        # Trackers carry the slots of the domain that they were made with.
        self._held.clear()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events that the file does not have yet, in one transaction.

        Raises sqlite3.Error; IntegrityError when another process appended to the conversation meanwhile.
        """
        await self.stream_events(tracker)
        sender = tracker.sender_id
        held = self._held.pop(sender, None)
        if held is None or held.tracker is not tracker:
            stored = self._number_of(sender)
            held = _Held(tracker, self._first_of(sender) if stored else 0, stored)
        fresh = list(islice(tracker.events, held.stored - held.first, None))
        rows = [
            (sender, held.stored + offset, event.type_name, _dump(event))
            for offset, event in enumerate(fresh)
        ]
        if rows:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                self._file.executemany(_APPEND, rows)
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")
        if held.stored and any(isinstance(event, SessionStarted) for event in fresh):
            return  # The next turn begins with this session only.
        self._held[sender] = _Held(tracker, held.first, held.stored + len(rows))
        if len(self._held) > KEPT:
            self._held.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation since its last session start, or None when nothing is known of it."""
        stored = self._number_of(sender_id)
        held = self._held.get(sender_id)
        if held and held.stored == stored and len(held.tracker.events) == stored - held.first:
            return held.tracker
        self._held.pop(sender_id, None)
        if not stored:
            return None
        first = self._first_of(sender_id)
        tracker = self._read(sender_id, first)
        self._held[sender_id] = _Held(tracker, first, stored)
        return tracker

    async def retrieve_full_tracker(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation with all its sessions."""
        return self._read(sender_id, 0) if self._number_of(sender_id) else None

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations."""
        return [row[0] for row in self._file.execute("SELECT DISTINCT sender_id FROM tracker_events")]

    def _number_of(self, sender: str) -> int:
        return int(self._file.execute(_STORED, (sender,)).fetchone()[0])

    def _first_of(self, sender: str) -> int:
        return int(self._file.execute(_SESSION, (sender, SessionStarted.type_name)).fetchone()[0])

    def _read(self, sender: str, first: int) -> DialogueStateTracker:
        events = [json.loads(row[0]) for row in self._file.execute(_EVENTS, (sender, first))]
        return DialogueStateTracker.from_dict(sender, events, self.domain.slots)


def _dump(event: Event) -> str:
    return json.dumps(event.as_dict(), ensure_ascii=False)
