"""Whether the stated risk holds: python -m benchmarks.calibration [--faq FAQ] [--questions FILE].

Builds the FAQ in memory as `bot faq evaluate` does and prints, for its own cross-validation and for the
questions of FILE: reliability bins of both probabilities, of questions as they are typed, and the share of
wrong answers among answers at several targets against the band that the report states for it. Off-topic
questions count by their share of customers' questions everywhere (`bot/faq/traffic.py`).

The targets are tried on cross-validation by halves: thresholds and bands from one half, answers from the
other. The questions of FILE are asked as customers ask them, with everything that is understood before.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.config import Settings
from bot.faq.decision import Thresholds
from bot.faq.encoder import load_encoder
from bot.faq.evaluate import Outcome, ask, fit_in_memory, read_faq, read_questions
from bot.faq.fit import Fitted
from bot.faq.off_topic import load_off_topic
from bot.faq.prior import Prediction
from bot.faq.release import Sources
from bot.faq.reliability import Bin, right_bins, scope_bins
from bot.faq.responder import Responder
from bot.faq.sounds import Sounds
from bot.faq.thresholds import CONFIDENCE_Z, NEVER, Estimate, choose_thresholds, estimate, expected_wrong
from bot.faq.understanding import Understanding
from bot.intervals import Interval, wilson

TARGETS = (0.01, 0.02, 0.05)
ENOUGH, TOLERANCE = 50, 0.05
HALVES = 100


@dataclass(frozen=True)
class Observed:
    """Answers at a target: what was estimated, and what came out."""

    target: float
    threshold: float
    estimated: Estimate
    outcome: Estimate

    @property
    def stated(self) -> Interval:
        """The band of the share of wrong answers that the report states: 90 % to each side."""
        return wilson(self.estimated.wrong, answers(self.estimated), CONFIDENCE_Z)

    @property
    def expected(self) -> Interval:
        """What the report states for so many answers: its 95 % prediction interval, as shares."""
        n = max(answers(self.outcome), 1)
        least, most = expected_wrong(self.estimated, n)
        return least / n, most / n


def answers(found: Estimate) -> int:
    """How many in-scope questions were answered."""
    return round(found.answered * found.in_scope_questions)


def typed(outcomes: Sequence[Outcome]) -> list[Prediction]:
    """The stated probabilities and the truth, for questions as they were typed."""
    return [
        Prediction(
            o.probability, o.in_scope, o.ranked[:1] == (o.question.expected,), o.question.expected is None
        )
        for o in outcomes
    ]


def decided(outcomes: Sequence[Outcome]) -> Estimate:
    """The figures of the decisions themselves."""
    decisions = {"answer": (1.0, 1.0), "clarify": (0.0, 1.0), "no_answer": (0.0, 0.0)}
    made = [
        Prediction(*decisions[o.decision], o.question.expected in o.offered, o.question.expected is None)
        for o in outcomes
    ]
    return estimate(made, Thresholds(answer=0.5, scope=0.5))


def observe(fitted: Fitted, outcomes: dict[float, tuple[Outcome, ...]]) -> list[Observed]:
    """What was stated and what came out, a target each."""
    found = []
    for target, made in outcomes.items():
        thresholds = choose_thresholds(fitted.report.predictions, target)
        estimated = estimate(fitted.report.predictions, thresholds)
        found.append(Observed(target, thresholds.answer, estimated, decided(made)))
    return found


def show_bins(console: Console, title: str, bins: Sequence[Bin]) -> None:
    """Print a reliability table."""
    table = Table("stated", "n", "mean stated", "observed", "95 %", f"within {TOLERANCE}", title=title)
    for one in bins:
        near = abs(one.observed - one.promised) <= TOLERANCE
        verdict = (
            ("yes" if near else "NO")
            if one.questions >= ENOUGH
            else f"({'yes' if near else 'no'}, n < {ENOUGH})"
        )
        table.add_row(
            f"{one.low:.1f}–{one.high:.1f}",
            str(one.questions),
            f"{one.promised:.3f}",
            f"{one.observed:.3f}",
            f"{one.least:.3f}–{one.most:.3f}",
            verdict,
        )
    console.print(table)


def show_halves(console: Console, predictions: Sequence[Prediction]) -> None:
    """Print how thresholds and bands of random halves of cross-validation do on the other halves."""
    table = Table(
        "target", "threshold", "stated, mean", "observed, mean", "above the band", "above the target"
    )
    for target in TARGETS:
        tried = []
        for seed in range(HALVES):
            first = np.random.default_rng(seed).random(len(predictions)) < 0.5
            seen = [p for p, chosen in zip(predictions, first, strict=True) if chosen]
            fresh = [p for p, chosen in zip(predictions, first, strict=True) if not chosen]
            thresholds = choose_thresholds(seen, target)
            if thresholds.answer < NEVER:
                estimated, outcome = estimate(seen, thresholds), estimate(fresh, thresholds)
                tried.append(Observed(target, thresholds.answer, estimated, outcome))
        if not tried:
            table.add_row(f"{target:.0%}", "never answers", "–", "–", "–", "–")
            continue
        table.add_row(
            f"{target:.0%}",
            f"{np.mean([o.threshold for o in tried]):.3f}",
            f"{np.mean([o.estimated.wrong for o in tried]):.4f}",
            f"{np.mean([o.outcome.wrong for o in tried]):.4f}",
            f"{np.mean([o.outcome.wrong > o.stated[1] for o in tried]):.2f} of {len(tried)}",
            f"{np.mean([o.outcome.wrong > target for o in tried]):.2f}",
        )
    table.title = "wrong answers, cross-validation by halves"
    console.print(table)


def show_observed(console: Console, title: str, rows: Sequence[Observed]) -> None:
    """Print the table of targets."""
    table = Table(
        "target", "threshold", "share stated", "stated of n", "observed", "95 %", "within", title=title
    )
    for name in ("answered", "n", "off topic answered"):
        table.add_column(name)
    for row in rows:
        n, wrong = answers(row.outcome), row.outcome.wrong
        low, high = row.expected
        table.add_row(
            f"{row.target:.0%}",
            f"{row.threshold:.3f}",
            span(row.stated),
            span(row.expected),
            f"{wrong:.4f}",
            span(wilson(wrong, n)),
            "yes" if low <= wrong <= high else "NO",
            f"{row.outcome.answered:.3f}",
            str(n),
            f"{row.outcome.off_topic_answered:.3f}",
        )
    console.print(table)


def span(interval: Interval) -> str:
    """`.0141–.0194`."""
    return f"{interval[0]:.4f}–{interval[1]:.4f}"


def main() -> None:
    """Measure one FAQ."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    settings = Settings()
    parser.add_argument("--faq", type=Path, default=settings.faq)
    parser.add_argument("--questions", type=Path)
    arguments = parser.parse_args()
    sources = Sources.beside(settings.faq)
    entries = read_faq(arguments.faq)
    questions = read_questions(arguments.questions, entries) if arguments.questions else ()
    fitted = fit_in_memory(
        entries,
        load_encoder(settings.models),
        load_off_topic(sources.off_topic),
        sources.dictionary(),
        settings.wrong_answer_target,
        print,
    )
    console = Console(width=140)
    predictions = fitted.report.predictions
    own = (
        "this FAQ's"
        if fitted.report.own_calibration
        else "NOT this FAQ's (too few similar questions): the package's"
    )
    console.print(f"{len(entries)} entries; cross-validation is {own}")
    show_bins(console, "best entry right, cross-validation", right_bins(predictions))
    show_bins(console, "in scope, cross-validation", scope_bins(predictions))
    show_halves(console, predictions)
    if questions:
        responder, sounds = fitted.responder, Sounds.load()
        made = {}
        for target in TARGETS:
            thresholds = choose_thresholds(predictions, target)
            at_target = Responder(
                responder.entries, responder.retriever, responder.calibration, thresholds, responder.encoder
            )
            made[target] = ask(Understanding.of(at_target, sounds), questions, print)
        name = arguments.questions
        show_bins(console, f"best entry right, {name}", right_bins(typed(made[TARGETS[0]])))
        show_bins(console, f"in scope, {name}", scope_bins(typed(made[TARGETS[0]])))
        show_observed(console, f"wrong answers, {name}", observe(fitted, made))


if __name__ == "__main__":
    main()
