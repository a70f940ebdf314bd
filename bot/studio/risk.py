"""What a release's report says about its risk, as the two plots of the report page draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.faq.decision import Thresholds
from bot.faq.prior import Prediction
from bot.faq.report import Report
from bot.faq.thresholds import CONFIDENCE_Z, OFF_TOPIC_TRAFFIC, estimate
from bot.intervals import wilson

BINS = 10
POINTS = 60


@dataclass(frozen=True)
class RiskPoint:
    """What a threshold would do: share of in-scope questions answered, and of wrong answers among answers.

    `low` and `high` bound `wrong` from one side each with 90 % confidence.
    """

    threshold: float
    answered: float
    wrong: float
    low: float
    high: float


@dataclass(frozen=True)
class CalibrationBin:
    """Questions whose probability of being answered right lies in a tenth: promised and observed share.

    `questions` is their number; off-topic ones weigh as much as their share of customers' questions.
    """

    low: float
    high: float
    questions: int
    promised: float
    observed: float


def risk_curve(report: Report, scope: float) -> tuple[RiskPoint, ...]:
    """From the threshold that answers most to the one that answers least; at most 60 points."""
    rights = sorted({round(p.right, 4) for p in report.predictions if not p.off_topic})
    step = max(1, -(-len(rights) // POINTS))
    points = []
    for threshold in rights[::step]:
        figures = estimate(report.predictions, Thresholds(threshold, scope))
        answers = round(figures.answered * figures.in_scope_questions)
        if answers:
            low = wilson(figures.wrong, answers, CONFIDENCE_Z)[0]
            points.append(RiskPoint(threshold, figures.answered, figures.wrong, low, figures.wrong_bound))
    return tuple(points)


def calibration_bins(predictions: Sequence[Prediction]) -> tuple[CalibrationBin, ...]:
    """Tenths that hold a question, from the lowest."""
    outside = sum(p.off_topic for p in predictions)
    weight = {
        True: OFF_TOPIC_TRAFFIC / max(outside, 1),
        False: (1 - OFF_TOPIC_TRAFFIC) / max(len(predictions) - outside, 1),
    }
    bins = []
    for number in range(BINS):
        inside = [p for p in predictions if min(int(p.right * BINS), BINS - 1) == number]
        total = sum(weight[p.off_topic] for p in inside)
        if inside:
            promised = sum(weight[p.off_topic] * p.right for p in inside) / total
            right = sum(weight[p.off_topic] for p in inside if p.is_right and not p.off_topic)
            bins.append(
                CalibrationBin(number / BINS, (number + 1) / BINS, len(inside), promised, right / total)
            )
    return tuple(bins)
