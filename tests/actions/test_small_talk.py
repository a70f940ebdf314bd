"""Small talk never stands before an answer, nor before a good choice of entries."""

from __future__ import annotations

import asyncio

import pytest

from tests.actions.conftest import VAGUE, Run, payloads


@pytest.mark.parametrize(("confidence", "response"), [(0.6, "utter_clarify"), (0.9, "utter_rate_service")])
def test_only_plain_small_talk_comes_before_a_choice(run: Run, confidence: float, response: str) -> None:
    (said,), _ = asyncio.run(run("action_answer_faq", VAGUE, "rate_service", confidence))
    assert said["response"] == response


@pytest.mark.parametrize("intent", ["helpful", "stop", "rate_service"])
def test_a_misheard_reaction_hides_no_answer(run: Run, intent: str) -> None:
    (said,), _ = asyncio.run(run("action_answer_faq", "运费怎么算？", intent, 0.95))
    assert said["text"] == "满 99 元包邮。"
    assert payloads(said)
