"""Yes, and what only looks like one."""

from __future__ import annotations

import asyncio

import pytest

from tests.actions.conftest import Run, effects, heard, said

OFFERED = [heard("asdf"), said("要不要转人工？", "utter_offer_human")]


def test_yes_after_an_offer_is_a_wish_for_a_human(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_affirm", "好的", "affirm", 0.9, before=OFFERED))
    assert effects(response).handoff is not None


@pytest.mark.parametrize("text", ["。。。。。。", "，", "？？", "!!!"])
def test_marks_alone_are_not_understood(run: Run, text: str) -> None:
    (response,), _ = asyncio.run(run("action_affirm", text, "affirm", 0.9, before=OFFERED))
    assert effects(response).handoff is None
    decision = effects(response).decision
    assert decision is not None
    assert decision.decision == "no_answer"
