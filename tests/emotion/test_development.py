"""The detector on the development lines: written before its errors were looked at, then used to mend them.

They guard what was reached; they are no exam. `everyday` holds shop questions and words that only sound like
a risk.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.emotion import RISKS, EmotionDetector
from bot.emotion.model import Example
from bot.emotion.training import read_examples

FOLDER = Path(__file__).parent / "development"
LINES = [line for path in sorted(FOLDER.glob("*.jsonl")) for line in read_examples(path)]


@pytest.fixture(scope="session")
def found(detector: EmotionDetector) -> list[tuple[Example, str, str]]:
    judged = [(line, detector.detect(line.text)) for line in LINES]
    return [(line, emotion.label, emotion.risk) for line, emotion in judged]


def test_the_lines_are_varied_enough() -> None:
    counts = Counter(line.risk for line in LINES)
    assert len({line.text for line in LINES}) == len(LINES) >= 600
    assert all(counts[risk] >= 50 for risk in RISKS[:-1])
    assert counts["none"] >= 250


@pytest.mark.parametrize("risk", RISKS[:-1])
def test_a_risk_is_heard_and_seldom_imagined(found: list[tuple[Example, str, str]], risk: str) -> None:
    wanted = [one == risk for line, _, one in found if line.risk == risk]
    named = [line.risk == risk for line, _, one in found if one == risk]
    assert sum(wanted) >= 0.95 * len(wanted)
    assert sum(named) >= 0.9 * len(named)


def test_anger_is_heard_and_calm_is_left_in_peace(found: list[tuple[Example, str, str]]) -> None:
    angry = [one == "angry" for line, one, _ in found if line.label == "angry"]
    calm = [one == "angry" for line, one, _ in found if line.label == "calm"]
    assert sum(angry) >= 0.95 * len(angry)
    assert sum(calm) <= 0.03 * len(calm)
