"""A wish for a human that neither the desk nor Rasa is sure of alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.handoff.request_detector import Wish
from tests.desk import open_desk
from tests.dialogue import FakeDialogue, said

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("heard", "ranked", "tickets"), [(0.6, 0.3, 1), (0.6, 0.1, 0), (0.1, 0.35, 0)])
async def test_both_in_doubt_are_a_wish_together(
    tmp_path: Path, heard: float, ranked: float, tickets: int
) -> None:
    dialogue = FakeDialogue(lambda *_: replace(said("您好"), request=ranked))
    async with open_desk(tmp_path / "bot.db", dialogue, hear=lambda _: Wish(False, heard)) as desk:
        await desk.say("财务在吗")
        assert [ticket.reason for ticket in await desk.tickets()] == ["requested"] * tickets
        assert (await desk.trace())["policy"]["wants_human"] == bool(tickets)
        assert ((await desk.last()).text == "您好") != bool(tickets)
