"""The risk curve of the report follows from the held-out predictions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.faq.decision import Thresholds
from bot.faq.prior import Prediction
from bot.faq.report import Report
from bot.faq.thresholds import estimate
from bot.studio.risk import risk_curve

PREDICTIONS = st.lists(
    st.builds(
        lambda right, is_right, off_topic: Prediction(
            right, max(right, 0.5), is_right and not off_topic, off_topic
        ),
        st.floats(0, 0.999),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=300,
)


def report(predictions: list[Prediction]) -> Report:
    return Report(estimate(predictions, Thresholds(0.8, 0.35)), True, tuple(predictions))


@given(PREDICTIONS)
def test_a_higher_threshold_answers_less_and_the_band_holds_the_curve(predictions: list[Prediction]) -> None:
    curve = risk_curve(report(predictions), 0.35)
    assert len(curve) <= 60
    assert [point.answered for point in curve] == sorted((point.answered for point in curve), reverse=True)
    for point in curve:
        assert 0 <= point.low <= point.wrong + 1e-9
        assert point.wrong <= point.high + 1e-9 <= 1 + 1e-6
