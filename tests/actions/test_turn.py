"""Which answer a fragment may go on from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.turn import Turn
from bot.messages import DecisionRecord, Effects
from tests.actions.conftest import heard, said, tracker


def answered(*entries: str) -> dict[str, Any]:
    """A bot event with an answer, as Rasa keeps it."""
    record = DecisionRecord("answer", entries[0], 0.9, 0.9, also=entries[1:])
    return {**said("答案"), "data": {"custom": Effects(decision=record).to_custom(), "buttons": None}}


def clarified() -> dict[str, Any]:
    """A bot event that asks back."""
    record = DecisionRecord("clarify", None, 0.5, 0.9)
    return {**said("您想问哪个？"), "data": {"custom": Effects(decision=record).to_custom()}}


@pytest.mark.parametrize(
    ("before", "entry"),
    [
        ([], None),
        ([heard("你好"), said("您好")], None),
        ([heard("怎么退货"), answered("how")], "how"),
        ([heard("怎么退货，运费谁出"), answered("how", "freight")], "freight"),
        ([heard("怎么退货"), answered("how"), heard("怎么开票"), answered("invoice")], "invoice"),
        ([heard("怎么退货"), answered("how"), heard("嗯"), said("好的")], "how"),
        ([heard("怎么退货"), answered("how"), heard("那个"), clarified()], "how"),
        ([heard("怎么退货"), answered("how"), *[heard("嗯"), said("好的")] * 2], "how"),
        ([heard("怎么退货"), answered("how"), *[heard("嗯"), said("好的")] * 3], None),
        ([heard("嗯"), {**said("好"), "data": None}], None),
        ([heard("嗯"), {**said("好"), "data": {"custom": None}}], None),
    ],
)
def test_the_last_answer_of_three_turns_counts(
    before: Sequence[Mapping[str, Any]], entry: str | None
) -> None:
    state = tracker("多久？", "faq", before=before)
    assert Turn.of(Tracker.from_dict(state)).answered == entry
