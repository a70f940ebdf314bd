"""What customers may not read today is not shown to them, by whatever way they come to it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.faq.build import build_release
from bot.faq.encoder import HashEncoder
from bot.faq.release import load_release
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
