"""The database: its schema has one source, transactions are whole, and lock conflicts are tried again."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.database import Database
from bot.errors import ConfigurationError, PartUnavailable
from bot.tables import AgentRow, EpisodeRow, Table
from tests.desk import MORNING, open_database


def agent(name: str) -> AgentRow:
    return AgentRow(name=name, display_name=name, role="agent", password_hash="", created_at=MORNING)


def count(database: Database) -> int:
    query = sa.select(sa.func.count()).select_from(AgentRow)
    return database.read_now(lambda session: session.scalar(query)) or 0


def test_migrations_make_the_tables_of_the_code(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'bot.db'}")
    database.migrate()
    database.migrate()
    engine = sa.create_engine(database.url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []
    database.close()


def migrate_to(path: Path, revision: str) -> None:
    """Bring the schema of the file forward or back to a revision."""
    config, engine = Config(), sa.create_engine(f"sqlite:///{path}")
    config.set_main_option("script_location", "bot:migrations")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        config.attributes["connection"] = connection
        current = MigrationContext.configure(connection).get_current_revision() or ""
        (command.upgrade if current < revision else command.downgrade)(config, revision)
    engine.dispose()


def test_an_older_database_keeps_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    migrate_to(path, "0001")
    with closing(sqlite3.connect(path)) as older:
        at = "2026-11-18 02:00:00.000000"
        older.execute("INSERT INTO conversations VALUES ('c1', 'web', '访客', 1, 1, 0, ?, ?)", (at, at))
        older.execute("INSERT INTO episodes VALUES ('c1', 1, 'bot', NULL, NULL, 2, 1, 0, 0, ?, NULL)", (at,))
        older.commit()
    database = Database(f"sqlite:///{path}")
    database.migrate()
    row = database.read_now(lambda session: session.scalars(sa.select(EpisodeRow)).one())
    assert (row.misses, row.emotion_streak) == (2, 1)
    assert (row.intensity, row.emotion_rise, row.entry, row.repeats) == (0.0, 0, None, 0)
    database.close()
    migrate_to(path, "0001")
    with closing(sqlite3.connect(path)) as older:
        assert older.execute("SELECT misses, emotion_streak FROM episodes").fetchall() == [(2, 1)]


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    database = open_database(tmp_path / "bot.db")

    def half(session: Session) -> None:
        session.add(agent("小林"))
        session.flush()
        raise KeyError("half way")

    with pytest.raises(KeyError):
        database.write_now(half)
    assert count(database) == 0
    database.close()


def test_readers_cannot_write(tmp_path: Path) -> None:
    database = open_database(tmp_path / "bot.db")
    database.read_now(lambda session: session.add(agent("小林")))
    assert count(database) == 0
    database.close()


def test_a_lock_of_another_process_is_waited_for(tmp_path: Path) -> None:
    database = open_database(tmp_path / "bot.db")
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    def release() -> None:
        time.sleep(0.2)
        other.execute("COMMIT")

    thread = threading.Thread(target=release)
    thread.start()
    database.write_now(lambda session: session.add(agent("小林")))
    thread.join()
    other.close()
    assert count(database) == 1
    database.close()


def test_a_conflict_is_tried_again_and_then_named(tmp_path: Path) -> None:
    database, tries = open_database(tmp_path / "bot.db"), list[int]()

    def busy(session: Session) -> int:
        tries.append(1)
        if len(tries) < 3:
            locked = sqlite3.OperationalError("database is locked")
            locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("INSERT", {}, locked)
        return len(tries)

    assert database.write_now(busy) == 3
    database.write_now(lambda session: session.add(agent("小林")))
    with pytest.raises(PartUnavailable):
        database.write_now(lambda session: session.add(agent("小林")))
    database.close()


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "sqlite:///:memory:"])
def test_unusable_urls_are_named(url: str) -> None:
    with pytest.raises(ConfigurationError):
        Database(url)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_bytes(b"this is no database, for sure" * 100)
    database = Database(f"sqlite:///{tmp_path / 'bot.db'}")
    with pytest.raises(ConfigurationError, match="cannot be opened or migrated"):
        database.migrate()
    database.close()
