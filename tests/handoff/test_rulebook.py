"""The settings in force: saved once, seen by every replica, never taken back by an older look."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.database import Database
from bot.errors import Conflict, InvalidInput
from bot.handoff.policy import Thresholds
from bot.handoff.rulebook import LOOK_SECONDS, Rulebook
from bot.tables import AgentRow, PolicyRevisionRow
from tests.desk import MORNING, Clock, open_database, until

pytestmark = pytest.mark.anyio

DEFAULTS = Thresholds(misses_handoff=4)
STRICT = replace(DEFAULTS, misses_handoff=2, important_levels=frozenset({"gold", "black"}))
XIAOMEI = (1, "小梅")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "bot.db")
    row = AgentRow(name="mei", display_name="小梅", role="maintainer", password_hash="", created_at=MORNING)
    opened.write_now(lambda session: session.add(row))
    yield opened
    opened.close()


async def test_before_the_first_save_the_defaults_hold(database: Database) -> None:
    book = Rulebook(database, DEFAULTS)
    await book.refresh()
    assert (book.current, book.revision) == (DEFAULTS, 0)
    assert list(await book.history()) == []


async def test_a_save_holds_at_once_and_after_a_restart(database: Database) -> None:
    book = Rulebook(database, DEFAULTS, clock=Clock())
    await book.save(STRICT, "大促期间尽早转人工", 0, XIAOMEI)
    assert (book.current, book.revision) == (STRICT, 1)
    again = Rulebook(database, DEFAULTS)
    await again.refresh()
    assert again.current == STRICT
    (revision,) = await again.history()
    shown = revision.public(DEFAULTS)
    assert (shown["author"], shown["note"], shown["reset"]) == ("小梅", "大促期间尽早转人工", False)
    assert shown["at"] == "2026-11-18T02:00:00+00:00"
    assert shown["values"]["misses_handoff"] == 2


async def test_another_replica_follows(database: Database) -> None:
    here, there = Rulebook(database, DEFAULTS), Rulebook(database, DEFAULTS)
    watching = asyncio.create_task(there.watch())
    await here.save(STRICT, "试一下", 0, XIAOMEI)
    await until(lambda: there.current == STRICT)
    watching.cancel()
    assert LOOK_SECONDS <= 2


async def test_the_defaults_come_back_and_follow_the_environment(database: Database) -> None:
    book = Rulebook(database, DEFAULTS)
    await book.save(STRICT, "试一下", 0, XIAOMEI)
    await book.save(None, "恢复", 1, XIAOMEI)
    assert (book.current, book.revision) == (DEFAULTS, 2)
    elsewhere = Rulebook(database, replace(DEFAULTS, misses_handoff=5))
    await elsewhere.refresh()
    assert elsewhere.current.misses_handoff == 5
    assert [revision.number for revision in await book.history()] == [2, 1]


async def test_who_has_not_seen_the_newest_is_told(database: Database) -> None:
    here, there = Rulebook(database, DEFAULTS), Rulebook(database, DEFAULTS)
    await here.save(STRICT, "我先改", 0, XIAOMEI)
    with pytest.raises(Conflict):
        await there.save(DEFAULTS, "我后改", 0, XIAOMEI)
    saved = await asyncio.gather(
        here.save(DEFAULTS, "同时一", 1, XIAOMEI),
        there.save(DEFAULTS, "同时二", 1, XIAOMEI),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in saved) == ["Conflict", "NoneType"]


@pytest.mark.parametrize("note", ["", "   ", "长" * 201])
async def test_a_change_says_why(database: Database, note: str) -> None:
    with pytest.raises(InvalidInput):
        await Rulebook(database, DEFAULTS).save(STRICT, note, 0, XIAOMEI)


async def test_a_version_from_before_a_setting_came_has_its_default(database: Database) -> None:
    book = Rulebook(database, DEFAULTS)
    await book.save(STRICT, "试一下", 0, XIAOMEI)
    older = sa.update(PolicyRevisionRow).values(values={"misses_handoff": 2, "long_gone": True})
    await database.write(lambda session: session.execute(older) and None)
    again = Rulebook(database, DEFAULTS)
    await again.refresh()
    assert again.current == replace(DEFAULTS, misses_handoff=2)


async def test_an_unusable_version_leaves_the_defaults(database: Database) -> None:
    book = Rulebook(database, DEFAULTS)
    await book.save(STRICT, "试一下", 0, XIAOMEI)
    broken = sa.update(PolicyRevisionRow).values(values={"misses_handoff": 0})
    await database.write(lambda session: session.execute(broken) and None)
    again = Rulebook(database, DEFAULTS)
    await again.refresh()
    assert again.current == DEFAULTS
