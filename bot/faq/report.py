"""What a release's held-out questions say about its risk: the content of report.json."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.faq.cross_validation import HeldOut
from bot.faq.decision import Thresholds
from bot.faq.entry import Entry
from bot.faq.prior import Prediction
from bot.faq.thresholds import Estimate, estimate, expected_wrong
from bot.faq.trial import Trial

PAIRS = 50
QUESTIONS_A_PAIR = 8
PLACES = 6
NEXT_ANSWERS = 1_000


@dataclass(frozen=True)
class Coverage:
    """How a topic's held-out questions fare; all are counts."""

    topic: str
    questions: int
    found: int
    answered: int
    answered_right: int
    clarified: int
    given_up: int


@dataclass(frozen=True)
class Confusion:
    """A held-out question for which another entry than `expected` came first, with its probability."""

    question: str
    expected: str
    found: str
    probability: float
    answered: bool


@dataclass(frozen=True)
class ConfusablePair:
    """Two entries whose questions find each other, and examples; those answered wrong come first."""

    entries: tuple[str, str]
    times: int
    answered: int
    questions: tuple[Confusion, ...]


@dataclass(frozen=True)
class Report:
    """See docs/faq-releases.md.

    `own_calibration` is false when the predictions are the package's, for want of held-out questions;
    then `coverage` and `confusable` are empty. `trials` are the steps of retrieval that were tried.
    """

    estimate: Estimate
    own_calibration: bool
    predictions: tuple[Prediction, ...]
    coverage: tuple[Coverage, ...] = ()
    confusable: tuple[ConfusablePair, ...] = ()
    trials: tuple[Trial, ...] = ()

    @classmethod
    def of(
        cls,
        entries: Sequence[Entry],
        asked: Sequence[HeldOut],
        predictions: Sequence[Prediction],
        thresholds: Thresholds,
        own: bool,
    ) -> Report:
        """`asked` and `predictions` go together, one by one; only an own calibration has `asked`."""
        predictions = tuple(
            Prediction(round(p.right, PLACES), round(p.scope, PLACES), p.is_right, p.off_topic)
            for p in predictions
        )
        found = list(zip(asked, predictions, strict=True)) if own else []
        inside = [(h, p) for h, p in found if h.entry is not None]
        return cls(
            estimate(predictions, thresholds),
            own,
            predictions,
            _coverage(entries, inside, thresholds),
            _confusable(entries, inside, thresholds),
        )

    def under(self, thresholds: Thresholds) -> Report:
        """The same predictions under other thresholds; counts of topics and pairs stay as they were."""
        return replace(self, estimate=estimate(self.predictions, thresholds))

    def expected_wrong(self) -> tuple[int, int] | None:
        """How many of the next 1,000 answers will be wrong, with 95 % probability; None if none is given."""
        return expected_wrong(self.estimate, NEXT_ANSWERS) if self.estimate.answered else None

    def to_json(self) -> dict[str, Any]:
        """The documented layout."""
        return {
            "estimate": asdict(self.estimate),
            "own_calibration": self.own_calibration,
            "summary": self.summary(),
            "predictions": [[p.right, p.scope, int(p.is_right), int(p.off_topic)] for p in self.predictions],
            "coverage": [asdict(coverage) for coverage in self.coverage],
            "confusable": [asdict(pair) for pair in self.confusable],
            "trials": [trial.to_json() for trial in self.trials],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Report:
        """The inverse of `to_json`. Raises KeyError, TypeError or ValueError for another layout."""
        return cls(
            Estimate(**value["estimate"]),
            value["own_calibration"],
            tuple(Prediction(p[0], p[1], bool(p[2]), bool(p[3])) for p in value["predictions"]),
            tuple(Coverage(**coverage) for coverage in value["coverage"]),
            tuple(
                ConfusablePair(
                    (pair["entries"][0], pair["entries"][1]),
                    pair["times"],
                    pair["answered"],
                    tuple(Confusion(**question) for question in pair["questions"]),
                )
                for pair in value["confusable"]
            ),
            tuple(Trial.from_json(trial) for trial in value.get("trials", ())),
        )

    def summary(self) -> list[str]:
        """The risk in plain words, one line each."""
        e = self.estimate
        held_out = (
            f"{e.in_scope_questions} held-out questions: {e.answered:.0%} answered, {e.clarified:.0%} "
            f"clarified, {e.given_up:.0%} given up; {e.answered_right:.1%} of the answers are right"
        )
        lines = [
            held_out,
            f"{e.off_topic_questions} off-topic questions: {e.off_topic_answered:.1%} answered",
            f"wrong answers: {e.wrong:.1%} of all answers, at most {e.wrong_bound:.1%} with 90 % confidence",
        ]
        if expected := self.expected_wrong():
            least, most = expected
            lines.append(f"of the next {NEXT_ANSWERS:,} answers {least} to {most} will be wrong (95 %)")
        if not self.own_calibration:
            lines.append(
                "too few similar questions to calibrate on: these figures are the shop FAQ's, not this FAQ's"
            )
        return [*lines, *(trial.summary() for trial in self.trials)]


def _coverage(
    entries: Sequence[Entry], asked: Sequence[tuple[HeldOut, Prediction]], thresholds: Thresholds
) -> tuple[Coverage, ...]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for held, prediction in asked:
        assert held.entry is not None
        count = counts[entries[held.entry].topic]
        answered = prediction.right >= thresholds.answer
        given_up = not answered and prediction.scope < thresholds.scope
        count["questions"] += 1
        count["found"] += prediction.is_right
        count["answered"] += answered
        count["answered_right"] += answered and prediction.is_right
        count["given_up"] += given_up
        count["clarified"] += not answered and not given_up
    names = ("questions", "found", "answered", "answered_right", "clarified", "given_up")
    return tuple(Coverage(topic, *(count[name] for name in names)) for topic, count in counts.items())


def _confusable(
    entries: Sequence[Entry], asked: Sequence[tuple[HeldOut, Prediction]], thresholds: Thresholds
) -> tuple[ConfusablePair, ...]:
    pairs: dict[tuple[str, str], list[Confusion]] = defaultdict(list)
    for held, prediction in asked:
        if prediction.is_right:
            continue
        assert held.entry is not None
        first, second = entries[held.entry].id, entries[held.ranking.entries[0].entry].id
        pairs[min(first, second), max(first, second)].append(
            Confusion(
                held.ranking.question, first, second, prediction.right, prediction.right >= thresholds.answer
            )
        )
    worst = sorted(
        pairs.items(), key=lambda item: (-sum(c.answered for c in item[1]), -len(item[1]), item[0])
    )
    return tuple(
        ConfusablePair(
            pair,
            len(found),
            sum(confusion.answered for confusion in found),
            tuple(sorted(found, key=lambda confusion: -confusion.probability)[:QUESTIONS_A_PAIR]),
        )
        for pair, found in worst[:PAIRS]
    )
