"""A short random walk; the long one is `python -m tests.stack.walk`."""

from __future__ import annotations

import pytest

from tests.stack.dialogue_player import DialoguePlayer
from tests.stack.walk import Walker

TURNS = 150


@pytest.mark.parametrize("seed", [7, 2026])
def test_no_promise_is_broken_on_the_way(player: DialoguePlayer, seed: int) -> None:
    summary = Walker(player, seed).walk(TURNS)
    assert not summary.broken, str(summary)
