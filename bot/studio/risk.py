"""What a release's report says about its risk, as the plot of the report page draws it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.faq.decision import Thresholds
from bot.faq.report import Report
from bot.faq.thresholds import CONFIDENCE_Z, estimate
from bot.intervals import wilson

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
