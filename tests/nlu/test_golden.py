"""Golden lines: what breaks them is named and does not serve, unless somebody gives a reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.nlu.evaluate import Parsed
from bot.nlu.golden import HISTORY, broken_lines, check_golden
from bot.nlu.lines import LabelledLine

LINES = (LabelledLine("在吗", intent="greet"), LabelledLine("转人工", human=True))


def parse(texts: Sequence[str]) -> list[Parsed]:
    return [Parsed("greet", 0.9, "greet") for _ in texts]


def test_what_is_understood_is_not_broken() -> None:
    assert broken_lines(LINES, parse, lambda text, _parsed: text == "转人工") == ()


def test_an_intent_and_a_wish_can_break() -> None:
    broken = broken_lines(
        LINES, lambda texts: [Parsed("faq", 0.9, "thanks") for _ in texts], lambda _text, _parsed: False
    )
    assert [str(line) for line in broken] == [
        "在吗: greet expected, thanks found",
        "转人工: a wish for a human expected, no wish for a human found",
    ]


def test_a_model_that_breaks_lines_is_refused_or_taken_for_a_reason(tmp_path: Path) -> None:
    broken = broken_lines(LINES, parse, lambda _text, _parsed: False)
    with pytest.raises(ConfigurationError, match="breaks 1 golden lines"):
        check_golden(broken, tmp_path / "m.tar.gz")
    check_golden(broken, tmp_path / "m.tar.gz", "the line is wrong")
    history = [json.loads(line) for line in (tmp_path / HISTORY).read_text("utf-8").splitlines()]
    assert [record["override"] for record in history] == ["", "the line is wrong"]
    check_golden((), tmp_path / "m.tar.gz")
