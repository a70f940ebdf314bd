"""The detector on the development lines: written before its errors were looked at, then used to mend them.

They guard what was reached; they are no exam. `everyday` holds shop questions and words that only sound like
a risk, `no_crisis` what is said every day in the words of `crisis` (我不在家, 不想再等).
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


def test_a_crisis_is_heard_and_who_is_not_at_home_is_in_none(found: list[tuple[Example, str, str]]) -> None:
    crisis = [risk for line, _, risk in found if line.writer == "crisis"]
    everyday = [risk for line, _, risk in found if line.writer == "no_crisis"]
    assert min(len(crisis), len(everyday)) >= 40
    assert crisis.count("self_harm") == len(crisis)
    assert everyday.count("self_harm") <= 1


def test_an_address_is_no_feeling(found: list[tuple[Example, str, str]]) -> None:
    contacts = [(line, label, risk) for line, label, risk in found if line.writer == "contacts"]
    assert len(contacts) >= 20
    assert [line.text for line, label, risk in contacts if (label, risk) != (line.label, line.risk)] == []
