"""Rasa's SQL tracker store on a SQLite file that survives a kill and waits for its lock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy
from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import event
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import QueuePool

BUSY_MS = 5000


class SqliteTrackerStore(SQLTrackerStore):
    """Write-ahead log, so that a commit costs one append; `synchronous=NORMAL` loses no commit on a kill.

    Connections are kept: Rasa's own store closes the only one after every step, and with it goes a
    checkpoint of the log (3 ms each, three times a turn).
    """

    def __init__(
        self, domain: Any = None, host: str | None = None, event_broker: Any = None, db: str = ""
    ) -> None:
        if not db:
            raise ValueError("db must name a SQLite file, got ''")
        Path(db).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(domain=domain, db=db, event_broker=event_broker)
        self.engine.dispose()
        self.engine: Any = sqlalchemy.create_engine(
            f"sqlite:///{db}", poolclass=QueuePool, connect_args={"check_same_thread": False}
        )
        event.listen(self.engine, "connect", _set_pragmas)
        self.sessionmaker = sessionmaker(bind=self.engine)


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
