"""Bins of stated probabilities against what came true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.prior import Prediction
from bot.faq.reliability import right_bins, scope_bins
from bot.faq.traffic import OFF_TOPIC_TRAFFIC, traffic_weights

PREDICTIONS = st.lists(
    st.builds(
        lambda right, is_right, off_topic: Prediction(
            right, max(right, 0.5), is_right and not off_topic, off_topic
        ),
        st.floats(0, 1),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=300,
)


@given(PREDICTIONS)
def test_every_question_lies_in_one_bin(predictions: list[Prediction]) -> None:
    for bins in (right_bins(predictions), scope_bins(predictions)):
        assert sum(found.questions for found in bins) == len(predictions)
        for found in bins:
            assert found.low - 1e-9 <= found.promised <= found.high + 1e-9
            assert -1e-9 <= found.least - 1e-9 <= found.observed <= found.most + 1e-9 <= 1 + 1e-6


def test_off_topic_questions_weigh_as_much_as_customers_ask_them() -> None:
    inside = [Prediction(0.95, 0.9, True, False)] * 9
    outside = [Prediction(0.95, 0.9, False, True)] * 500
    (found,) = right_bins([*inside, *outside])
    assert found.questions == 509
    assert found.observed == pytest.approx(1 - OFF_TOPIC_TRAFFIC)
    # Nine questions carry nine tenths of the weight, so the interval is that of a dozen.
    assert found.most - found.least > 0.25


@pytest.mark.parametrize("off_topic", [[True], [False], [True, False, False], [False] * 7 + [True] * 400])
def test_weights_are_shares(off_topic: list[bool]) -> None:
    weights = traffic_weights(off_topic)
    assert weights.sum() == pytest.approx(1)
    if len(set(off_topic)) == 2:
        assert weights[np.array(off_topic)].sum() == pytest.approx(OFF_TOPIC_TRAFFIC)


def test_a_probability_that_holds_lies_in_its_interval() -> None:
    rng = np.random.default_rng(0)
    stated = rng.random(20_000)
    predictions = [Prediction(p, p, bool(rng.random() < p), off_topic=False) for p in stated.tolist()]
    for found in right_bins(predictions):
        assert found.promised == pytest.approx(found.observed, abs=0.04)
        assert found.least - 0.02 <= found.promised <= found.most + 0.02
