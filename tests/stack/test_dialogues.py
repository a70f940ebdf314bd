"""The written conversations of tests/conversations/dialogues against the running product."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.dialogue_file import DialogueScript, read_dialogues
from tests.stack.dialogue_player import DialoguePlayer

FOLDER = Path(__file__).resolve().parents[1] / "conversations" / "dialogues"
SCRIPTS = [script for path in sorted(FOLDER.glob("*.yml")) for script in read_dialogues(path)]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_written_conversation(player: DialoguePlayer, script: DialogueScript) -> None:
    player.play(script)
