"""Development lines compare models only while no model was taught them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.handoff.request_training import read_training_lines
from bot.nlu.lines import read_lines

TESTS = Path(__file__).resolve().parents[1]
SETS = [
    *sorted((TESTS / "nlu" / "development").glob("*.jsonl")),
    *sorted((TESTS / "handoff").glob("human_development*.jsonl")),
]


def bare(text: str) -> str:
    """What must not be alike: letters and digits, and where there are none, the marks."""
    return re.sub(r"[\W_]+", "", text).lower() or text


@pytest.fixture(scope="module")
def taught() -> set[str]:
    texts, _ = read_training_lines(TESTS.parent / "data" / "nlu")
    return {bare(text) for text in texts}


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_no_development_line_is_taught(path: Path, taught: set[str]) -> None:
    assert [line.text for line in read_lines(path) if bare(line.text) in taught] == []


def test_every_intent_is_in_the_even_set() -> None:
    lines = (TESTS / "nlu" / "development" / "intents_2.jsonl").read_text("utf-8").splitlines()
    counts: dict[str, int] = {}
    for line in lines:
        intent = json.loads(line)["intent"]
        counts[intent] = counts.get(intent, 0) + 1
    assert len(counts) == 31
    assert min(counts.values()) >= 8
