"""One database, written through one function and read through another."""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.errors import ConfigurationError, PartUnavailable

T = TypeVar("T")

logger = logging.getLogger(__name__)

BUSY_SECONDS = 5
ATTEMPTS = 4
# SQLSTATE of PostgreSQL's serialization failure, deadlock and unavailable lock.
RETRIED_SQLSTATES = {"40001", "40P01", "55P03"}


class Database:
    """Runs plain functions of a session, each inside one transaction and off the event loop.

    SQLite has one writer thread (its lock admits one writer anyway, and a queue in memory is fairer than
    polling the lock) and several readers, which WAL lets run beside it. `synchronous=NORMAL`: a commit
    survives the death of any process at any point. A power cut may take the last moments with it, never the
    database; waiting for the disk instead cost 0.3 to 2.5 ms a commit, two commits a turn.

    Raises ConfigurationError when the URL is unusable.
    """

    def __init__(self, url: str, *, readers: int = 4) -> None:
        try:
            self.url = sa.make_url(url)
        except sa.exc.ArgumentError as error:
            raise ConfigurationError(f"BOT_DATABASE_URL is not an SQLAlchemy URL: {url!r}") from error
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database in (None, "", ":memory:"):
            raise ConfigurationError(
                "BOT_DATABASE_URL must name a file: an SQLite database in memory keeps nothing"
            )
        if self.url.get_backend_name() == "postgresql" and self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self._write_engine = self._engine(pool_size=1 if self.is_sqlite else readers, begin="BEGIN IMMEDIATE")
        self._read_engine = (
            self._engine(pool_size=readers, begin="BEGIN") if self.is_sqlite else self._write_engine
        )
        self._write_session = sessionmaker(self._write_engine, expire_on_commit=False)
        self._read_session = sessionmaker(self._read_engine, expire_on_commit=False)
        self._writers = ThreadPoolExecutor(
            1 if self.is_sqlite else readers, thread_name_prefix="database-write"
        )
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="database-read")

    def _engine(self, *, pool_size: int, begin: str) -> sa.Engine:
        if not self.is_sqlite:
            return sa.create_engine(self.url, pool_size=pool_size, pool_pre_ping=True)
        engine = sa.create_engine(
            self.url, pool_size=pool_size, max_overflow=1, connect_args={"check_same_thread": False}
        )

        @sa.event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: Any) -> None:
            # The driver's own transaction control would begin reads too late and writes without the lock.
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")

        @sa.event.listens_for(engine, "begin")
        def start(connection: sa.Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    def migrate(self) -> None:
        """Bring the schema to the newest version; blocks. Raises ConfigurationError when it cannot."""
        if self.is_sqlite:
            Path(str(self.url.database)).absolute().parent.mkdir(parents=True, exist_ok=True)
        config = Config()
        config.set_main_option("script_location", "bot:migrations")
        try:
            with self._write_engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except SQLAlchemyError as error:
            raise ConfigurationError(
                f"the database {self.url!r} cannot be opened or migrated: {error}"
            ) from error

    async def write(self, function: Callable[[Session], T]) -> T:
        """Run `function(session)` in one transaction and return what it returns.

        The function may run again after a lock conflict, so it must change nothing but the session.
        Raises what the function raises (after a rollback), PartUnavailable when the database stays locked
        or cannot be written.
        """
        return await self._run(self._writers, self.write_now, function)

    async def read(self, function: Callable[[Session], T]) -> T:
        """Run `function(session)` on one consistent snapshot; changes are rolled back."""
        return await self._run(self._readers, self.read_now, function)

    async def _run(
        self,
        threads: ThreadPoolExecutor,
        run: Callable[[Callable[[Session], T]], T],
        function: Callable[[Session], T],
    ) -> T:
        # Shielded: a client that hangs up must not leave a half-told story, the transaction ends either way.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(threads, run, function))

    def write_now(self, function: Callable[[Session], T]) -> T:
        """`write` for code that runs without an event loop; blocks."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._write_session.begin() as session:
                    return function(session)
            except (OperationalError, IntegrityError, DBAPIError) as error:
                if attempt == ATTEMPTS or not _passes(error):
                    raise PartUnavailable(f"the database did not accept a transaction: {error}") from error
                logger.warning("database busy, attempt %s of %s", attempt, ATTEMPTS)
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise AssertionError("unreachable")

    def read_now(self, function: Callable[[Session], T]) -> T:
        """`read` for code that runs without an event loop; blocks."""
        try:
            with self._read_session() as session:
                return function(session)
        except DBAPIError as error:
            raise PartUnavailable(f"the database did not answer: {error}") from error

    def close(self) -> None:
        """Finish what runs and let go of all connections."""
        for threads in (self._writers, self._readers):
            threads.shutdown(wait=True)
        for engine in {self._write_engine, self._read_engine}:
            engine.dispose()


def _passes(error: DBAPIError) -> bool:
    """Whether the same transaction may succeed when it is tried again.

    Two processes may pick the same next sequence or ticket number; the loser's second try sees the first.
    """
    if isinstance(error, IntegrityError):
        return True
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(error.orig, "sqlstate", None) in RETRIED_SQLSTATES
