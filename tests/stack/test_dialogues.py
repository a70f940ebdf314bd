"""The written conversations of tests/conversations/dialogues against the running product."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.dialogue_file import DialogueScript, read_dialogues
from tests.stack.dialogue_player import DialoguePlayer
from tests.stack.stack import running_stack

FOLDER = Path(__file__).resolve().parents[1] / "conversations" / "dialogues"
SCRIPTS = [script for path in sorted(FOLDER.glob("*.yml")) for script in read_dialogues(path)]


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DialoguePlayer]:
    """One service for all of them."""
    folder = tmp_path_factory.mktemp("dialogues")
    with running_stack(folder, hours="09:00-21:00", message_rate=1000) as stack:
        yield DialoguePlayer(stack, folder)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_written_conversation(player: DialoguePlayer, script: DialogueScript) -> None:
    player.play(script)
