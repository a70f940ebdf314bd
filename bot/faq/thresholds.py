"""Thresholds that follow from the accepted share of wrong answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.faq.decision import Thresholds
from bot.faq.prior import Prediction
from bot.faq.traffic import OFF_TOPIC_TRAFFIC
from bot.intervals import wilson

MAX_OFF_TOPIC_ANSWERED = 0.03
CONFIDENCE_Z = 1.282  # one-sided 90 %
EXPECTED_LOW, EXPECTED_HIGH = 0.025, 0.975
MIN_SCOPE_PROBABILITY = 0.35
NEVER = 1.0


@dataclass(frozen=True)
class Estimate:
    """What held-out questions say about a release: shares 0..1.

    `wrong` counts wrong answers among all answers when one question in ten is off topic, `wrong_bound`
    is its 90 % upper bound; the others are shares of in-scope or off-topic questions.
    """

    in_scope_questions: int
    off_topic_questions: int
    hit1: float
    answered: float
    clarified: float
    given_up: float
    answered_right: float
    wrong: float
    wrong_bound: float
    off_topic_answered: float
    off_topic_clarified: float


def choose_thresholds(predictions: Sequence[Prediction], target: float) -> Thresholds:
    """The lowest answer threshold whose wrong answers stay within `target` with 90 % confidence.

    It also answers at most 3 % of off-topic questions; it is 1 where no threshold does both. One
    question in ten is assumed to be off topic; answering it counts as a wrong answer.
    """
    if not 0 < target < 0.5:
        raise ValueError(f"target must lie in 0..0.5, got {target}")
    table = _Table(predictions)
    grid = np.round(np.arange(0.3, 0.9995, 0.0025), 4)
    allowed = [
        float(t)
        for t in grid
        if table.wrong(t)[1] <= target and table.off_topic_answered(t) <= MAX_OFF_TOPIC_ANSWERED
    ]
    return Thresholds(min(allowed, default=NEVER), MIN_SCOPE_PROBABILITY)


def estimate(predictions: Sequence[Prediction], thresholds: Thresholds) -> Estimate:
    """What to expect of these thresholds."""
    table = _Table(predictions)
    inside, outside = ~table.off_topic, table.off_topic
    answered = table.right_probability >= thresholds.answer
    given_up = ~answered & (table.scope_probability < thresholds.scope)
    clarified = ~answered & ~given_up

    def share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
        return float(of[among].mean()) if among.any() else 0.0

    wrong, bound = table.wrong(thresholds.answer)
    return Estimate(
        in_scope_questions=int(inside.sum()),
        off_topic_questions=int(outside.sum()),
        hit1=share(table.is_right, inside),
        answered=share(answered, inside),
        clarified=share(clarified, inside),
        given_up=share(given_up, inside),
        answered_right=share(table.is_right, inside & answered),
        wrong=wrong,
        wrong_bound=bound,
        off_topic_answered=share(answered, outside),
        off_topic_clarified=share(clarified, outside),
    )


def expected_wrong(found: Estimate, answers: int) -> tuple[int, int]:
    """How many of the next `answers` will be wrong: least and most, with 95 % probability.

    The prediction interval of the beta-binomial distribution, whose share is as uncertain as the held-out
    answers leave it (Jeffreys' prior). Answers count as independent: questions of one entry err no more
    alike than others do (design effect .98 to 1.04 on the shop's FAQ). Raises ValueError for no answers.
    """
    from scipy.stats import betabinom

    if answers < 1:
        raise ValueError(f"answers must be at least 1, got {answers}")
    seen = found.answered * found.in_scope_questions
    spread = betabinom(answers, found.wrong * seen + 0.5, (1 - found.wrong) * seen + 0.5)
    return int(spread.ppf(EXPECTED_LOW)), int(spread.ppf(EXPECTED_HIGH))


class _Table:
    def __init__(self, predictions: Sequence[Prediction]) -> None:
        self.right_probability = np.array([p.right for p in predictions])
        self.scope_probability = np.array([p.scope for p in predictions])
        self.is_right = np.array([p.is_right for p in predictions], bool)
        self.off_topic = np.array([p.off_topic for p in predictions], bool)

    def off_topic_answered(self, threshold: float) -> float:
        return (
            float((self.right_probability[self.off_topic] >= threshold).mean())
            if self.off_topic.any()
            else 0.0
        )

    def wrong(self, threshold: float) -> tuple[float, float]:
        """Share of wrong answers among answers, and its Wilson upper bound."""
        inside = ~self.off_topic
        answered = inside & (self.right_probability >= threshold)
        if not answered.any():
            return 0.0, 1.0
        per_question = (1 - OFF_TOPIC_TRAFFIC) / max(int(inside.sum()), 1)
        off_topic = OFF_TOPIC_TRAFFIC * self.off_topic_answered(threshold)
        total = per_question * answered.sum() + off_topic
        wrong = float((per_question * (answered & ~self.is_right).sum() + off_topic) / total)
        return wrong, wilson(wrong, int(answered.sum()), CONFIDENCE_Z)[1]
