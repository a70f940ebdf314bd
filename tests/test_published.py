"""The newest release serves while customers ask; what may not be read today is not shown by any way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from bot import published as module
from bot.faq.build import build_release
from bot.faq.encoder import HashEncoder
from bot.faq.publication import publish, serving
from bot.faq.release import Sources, load_release
from bot.faq.sounds import Sounds
from bot.faq.understanding import Understanding
from bot.published import PublishedFaq
from tests.faq.small_faq import write_sources

pytestmark = pytest.mark.anyio
LAST_DAY = date(2026, 11, 20)


async def test_an_offer_that_is_over_is_not_answered_clicked_or_offered(tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "data")
    file = sources.entries / "library.yml"
    text = file.read_text("utf-8")
    text = text.replace("  - id: print\n", f"  - id: print\n    valid_until: {LAST_DAY}\n")
    button = "    buttons: [{title: 打印多少钱, entry: print}, {title: 几点开门, entry: hours}]\n"
    file.write_text(text.replace("  - id: seat\n", f"  - id: seat\n{button}"), "utf-8")
    folder = build_release(sources, tmp_path, HashEncoder(), 0.02, lambda line: None)
    today = [LAST_DAY]
    responder = load_release(folder, HashEncoder(), lambda: today[0])
    published = PublishedFaq(Understanding.of(responder, Sounds.load()), tmp_path)

    async def candidates() -> set[str]:
        return {candidate.entry for candidate in (await published.answer("馆里能打印吗")).record.candidates}

    def follow_ups() -> list[str]:
        seat = published.entry("seat")
        assert seat is not None
        return [follow_up.entry for follow_up in seat.follow_ups]

    assert "print" in await candidates()
    assert published.entry("print") is not None
    assert follow_ups() == ["print", "hours"]
    today[0] = date(2026, 11, 21)
    assert "print" not in await candidates()
    assert published.entry("print") is None
    assert published.entry("print", responder.name) is None
    assert published.entry("print", "20261101-000000-00000000") is None
    assert follow_ups() == ["hours"]


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    return write_sources(tmp_path / "data")


def release(sources: Sources, models: Path, price: str) -> Path:
    """Build a release in which a printed page costs `price`."""
    file = sources.entries / "library.yml"
    lines = [
        f"    answer: 二楼有自助打印机，一页{price}。" if "自助打印机" in line else line
        for line in file.read_text("utf-8").splitlines()
    ]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return build_release(sources, models, HashEncoder(), 0.02, lambda line: None)


def publish_now(models: Path, folder: Path) -> None:
    current = serving(models)
    publish(models, folder.name, seen=current.release if current else None, by="li")


def loaded(folder: Path, models: Path) -> PublishedFaq:
    return PublishedFaq(Understanding.of(load_release(folder, HashEncoder()), Sounds.load()), models)


@contextlib.asynccontextmanager
async def watched(published: PublishedFaq) -> AsyncIterator[None]:
    watching = asyncio.create_task(published.watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def until_serving(published: PublishedFaq, name: str) -> None:
    async with asyncio.timeout(60):
        while published.release != name:
            await asyncio.sleep(0.01)


def price(published: PublishedFaq, release: str = "") -> str:
    entry = published.entry("print", release)
    assert entry is not None
    return entry.answer


async def test_what_is_published_serves_at_once_and_no_question_is_lost(
    sources: Sources, tmp_path: Path
) -> None:
    first, second = (release(sources, tmp_path, price) for price in ("两角", "三角"))
    publish_now(tmp_path, first)
    published = loaded(first, tmp_path)
    seen = set()
    async with watched(published):
        asking = [asyncio.create_task(published.answer("馆里能打印吗")) for _ in range(30)]
        publish_now(tmp_path, second)
        while published.release != second.name or not all(task.done() for task in asking):
            seen.add((await published.answer("馆里能打印吗")).record.release)
        seen |= {(await task).record.release for task in asking}
    assert seen <= {first.name, second.name}
    assert (await published.answer("馆里能打印吗")).record.release == second.name
    assert "三角" in price(published)


async def test_a_choice_shows_the_entry_as_it_was_offered(sources: Sources, tmp_path: Path) -> None:
    folders = [release(sources, tmp_path, price) for price in ("两角", "三角", "四角")]
    publish_now(tmp_path, folders[0])
    published = loaded(folders[0], tmp_path)
    async with watched(published):
        for folder in folders[1:]:
            publish_now(tmp_path, folder)
            await until_serving(published, folder.name)
    for asked in (published, loaded(folders[2], tmp_path)):
        assert "两角" in price(asked, folders[0].name)
        assert "三角" in price(asked, folders[1].name)
        assert "四角" in price(asked, folders[2].name)
        assert "四角" in price(asked)
        assert "四角" in price(asked, "20261101-000000-00000000")


async def test_a_damaged_release_is_named_and_the_old_one_serves_on(
    sources: Sources, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (release(sources, tmp_path, price) for price in ("两角", "三角"))
    publish_now(tmp_path, first)
    published = loaded(first, tmp_path)
    whole = (second / "entries.npz").read_bytes()
    publish_now(tmp_path, second)
    (second / "entries.npz").write_bytes(whole[:-1])
    with caplog.at_level(logging.ERROR):
        async with watched(published):
            async with asyncio.timeout(60):
                while "entries.npz" not in caplog.text:
                    await asyncio.sleep(0.01)
            assert (await published.answer("馆里能打印吗")).record.release == first.name
            await asyncio.sleep(0.3)
            assert caplog.text.count("entries.npz") == 1
            (second / "entries.npz").write_bytes(whole)
            await until_serving(published, second.name)
    assert "三角" in price(published)


async def test_going_back_serves_the_release_before(sources: Sources, tmp_path: Path) -> None:
    first, second = (release(sources, tmp_path, price) for price in ("两角", "三角"))
    publish_now(tmp_path, first)
    published = loaded(first, tmp_path)
    async with watched(published):
        publish_now(tmp_path, second)
        await until_serving(published, second.name)
        publish_now(tmp_path, first)
        await until_serving(published, first.name)
    assert "两角" in price(published)
    assert "三角" in price(published, second.name)
