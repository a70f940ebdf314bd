from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.decision import Thresholds
from bot.faq.prior import Prediction, Prior
from bot.faq.thresholds import NEVER, choose_thresholds, estimate, expected_wrong


def calibrated(n: int, off_topic: int, seed: int = 0) -> list[Prediction]:
    """Predictions that are right as often as they say; off-topic ones are mostly low."""
    rng = np.random.default_rng(seed)
    clear, vague = rng.beta(200, 1, n), rng.beta(3, 2, n)
    chances = np.where(rng.random(n) < 0.7, clear, vague).tolist()
    inside = [Prediction(p, 0.95, bool(rng.random() < p), off_topic=False) for p in chances]
    return inside + [
        Prediction(p, p, is_right=False, off_topic=True) for p in rng.beta(1, 12, off_topic).tolist()
    ]


@pytest.mark.parametrize("target", [0.01, 0.02, 0.05])
def test_fresh_questions_stay_within_the_target(target: float) -> None:
    thresholds = choose_thresholds(calibrated(3000, 700), target)
    fresh = estimate(calibrated(30000, 7000, seed=1), thresholds)
    assert 0 < fresh.wrong <= target
    assert fresh.answered > 0.2
    assert fresh.off_topic_answered <= 0.03


def test_a_larger_target_answers_more() -> None:
    predictions = calibrated(3000, 700)
    strict, lax = (choose_thresholds(predictions, target) for target in (0.01, 0.05))
    assert strict.answer > lax.answer
    assert estimate(predictions, strict).answered < estimate(predictions, lax).answered


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.booleans()), min_size=1, max_size=300),
    st.floats(0.001, 0.4),
    st.floats(0.001, 0.4),
)
def test_a_stricter_target_never_answers_more(
    drawn: list[tuple[float, bool, bool]], first: float, second: float
) -> None:
    predictions = [Prediction(p, p, right and not off, off) for p, right, off in drawn]
    strict, lax = sorted((first, second))
    assert choose_thresholds(predictions, strict).answer >= choose_thresholds(predictions, lax).answer


@pytest.mark.parametrize("answers", [200, 2000])
@pytest.mark.parametrize("share", [0.005, 0.02, 0.1])
def test_as_many_answers_are_wrong_as_was_stated(share: float, answers: int) -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        right = (rng.random(1500) >= share).tolist()
        seen = [Prediction(0.9, 0.9, is_right, off_topic=False) for is_right in right]
        least, most = expected_wrong(estimate(seen, Thresholds(0.5, 0.3)), answers)
        held += least <= rng.binomial(answers, share) <= most
    # 95 % and four standard errors of so many trials; counts are whole, which widens the interval.
    assert 0.9 < held / 400 <= 1


def test_nothing_is_stated_of_no_answers() -> None:
    found = estimate(calibrated(300, 70), Thresholds(0.5, 0.3))
    with pytest.raises(ValueError, match="answers must be at least 1, got 0"):
        expected_wrong(found, 0)


@pytest.mark.parametrize("with_answers", [True, False])
def test_the_packaged_priors_answer_more_at_a_larger_target(with_answers: bool) -> None:
    predictions = Prior.load(with_answers).predictions
    shares = [
        estimate(predictions, choose_thresholds(predictions, target)).answered
        for target in (0.02, 0.03, 0.05, 0.1)
    ]
    assert shares == sorted(shares)
    assert shares[-1] > 0.2
    # One question an entry and no answer text: nothing is certain to 2 %, so everything is clarified.
    assert shares[0] > 0.1 if with_answers else shares[0] == 0


def test_off_topic_questions_alone_can_raise_the_threshold() -> None:
    predictions = [Prediction(0.99, 0.99, is_right=True, off_topic=False)] * 2000
    predictions += [Prediction(0.9, 0.9, is_right=False, off_topic=True)] * 5
    predictions += [Prediction(0.1, 0.1, is_right=False, off_topic=True)] * 95
    assert choose_thresholds(predictions, 0.02).answer > 0.9


def test_nothing_is_answered_where_no_threshold_is_safe() -> None:
    predictions = [Prediction(0.9, 0.9, is_right=i % 2 == 0, off_topic=False) for i in range(500)]
    thresholds = choose_thresholds(predictions, 0.02)
    assert thresholds.answer == NEVER
    assert estimate(predictions, thresholds).answered == 0


def test_few_questions_are_not_trusted() -> None:
    few = [Prediction(0.99, 0.99, is_right=True, off_topic=False)] * 20
    assert choose_thresholds(few, 0.02).answer == NEVER
    assert choose_thresholds(few * 20, 0.02).answer < NEVER


@pytest.mark.parametrize("target", [0, 0.5, -1])
def test_an_impossible_target_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match="target"):
        choose_thresholds([], target)
