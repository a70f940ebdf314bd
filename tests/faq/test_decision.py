from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.decision import Answer, Clarify, Judged, Judgement, NoAnswer, Thresholds, decide

SHARE = st.floats(0, 1)
JUDGEMENTS = st.builds(
    lambda shares, scope: Judgement(
        tuple(Judged(i, i, p, 0.0) for i, p in enumerate(sorted(shares, reverse=True))), scope
    ),
    st.lists(SHARE, max_size=8),
    SHARE,
)
THRESHOLDS = st.builds(Thresholds, SHARE, SHARE)


@given(JUDGEMENTS, THRESHOLDS)
def test_an_answer_is_given_exactly_when_the_best_entry_is_probable_enough(
    judgement: Judgement, thresholds: Thresholds
) -> None:
    best = judgement.candidates[0] if judgement.candidates else None
    expected = best is not None and best.probability >= thresholds.answer
    decision = decide(judgement, thresholds)
    assert isinstance(decision, Answer) == expected
    if isinstance(decision, Answer):
        assert decision.candidate is best


@given(JUDGEMENTS, THRESHOLDS)
def test_a_clarification_offers_one_to_three_entries_with_the_best_first(
    judgement: Judgement, thresholds: Thresholds
) -> None:
    decision = decide(judgement, thresholds)
    if isinstance(decision, Clarify):
        assert judgement.in_scope >= thresholds.scope
        assert 1 <= len(decision.candidates) <= 3
        assert decision.candidates == judgement.candidates[: len(decision.candidates)]


@given(JUDGEMENTS, SHARE, SHARE, SHARE)
def test_a_stricter_threshold_never_answers_more(j: Judgement, low: float, high: float, scope: float) -> None:
    low, high = sorted((low, high))
    if isinstance(decide(j, Thresholds(high, scope)), Answer):
        assert isinstance(decide(j, Thresholds(low, scope)), Answer)


def test_nothing_found_is_no_answer() -> None:
    assert decide(Judgement((), 1.0), Thresholds(0, 0)) == NoAnswer()


@pytest.mark.parametrize("values", [(1.2, 0.3), (0.5, -0.1)])
def test_thresholds_are_probabilities(values: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match=r"must lie in 0\.\.1"):
        Thresholds(*values)
