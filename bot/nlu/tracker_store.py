"""Rasa's SQL tracker store on a SQLite file that survives a kill and waits for its lock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import event

BUSY_MS = 5000


class SqliteTrackerStore(SQLTrackerStore):
    """Write-ahead log, so that a commit costs one append; `synchronous=NORMAL` loses no commit on a kill."""

    def __init__(
        self, domain: Any = None, host: str | None = None, event_broker: Any = None, db: str = ""
    ) -> None:
        if not db:
            raise ValueError("db must name a SQLite file, got ''")
        Path(db).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(domain=domain, db=db, event_broker=event_broker)
        event.listen(self.engine, "connect", _set_pragmas)
        self.engine.dispose()


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
