"""How labels were predicted: shares with intervals, and what was taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bot.intervals import Interval, wilson

_RESAMPLES = 1000


@dataclass(frozen=True)
class LabelScore:
    """One label: `n` lines have it, `predicted` lines got it, `right` lines are in both."""

    n: int
    predicted: int
    right: int

    @property
    def precision(self) -> float:
        """Share 0..1; 0 where there is nothing to divide by."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share 0..1; 0 where there is nothing to divide by."""
        return self.right / self.n if self.n else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.n + self.predicted) if self.n + self.predicted else 0.0

    def to_json(self) -> dict[str, Any]:
        """The documented JSON."""
        return {
            "n": self.n,
            "precision": round(self.precision, 4),
            "precision_interval": rounded(wilson(self.precision, self.predicted)),
            "recall": round(self.recall, 4),
            "recall_interval": rounded(wilson(self.recall, self.n)),
            "f1": round(self.f1, 4),
        }


@dataclass(frozen=True)
class Score:
    """All (expected, predicted) pairs of one column of the file, counted."""

    pairs: Mapping[tuple[str, str], int]

    @property
    def n(self) -> int:
        """The number of lines."""
        return sum(self.pairs.values())

    @property
    def right(self) -> int:
        """The number of lines that were predicted as expected."""
        return sum(count for (expected, predicted), count in self.pairs.items() if expected == predicted)

    @property
    def accuracy(self) -> float:
        """Share 0..1."""
        return self.right / self.n

    @cached_property
    def labels(self) -> dict[str, LabelScore]:
        """Every label that was expected or predicted."""
        expected: Counter[str] = Counter()
        predicted: Counter[str] = Counter()
        for (truth, guess), count in self.pairs.items():
            expected[truth] += count
            predicted[guess] += count
        return {
            label: LabelScore(expected[label], predicted[label], self.pairs.get((label, label), 0))
            for label in sorted(expected | predicted)
        }

    @property
    def confusions(self) -> tuple[tuple[str, str, int], ...]:
        """What was taken for what (expected, predicted, how often), most frequent first."""
        wrong = [(e, p, count) for (e, p), count in self.pairs.items() if e != p]
        return tuple(sorted(wrong, key=lambda one: (-one[2], one[0], one[1])))

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the labels that occur in the file."""
        return _macro_f1(self.labels.values())

    @cached_property
    def macro_f1_interval(self) -> Interval:
        """95 % of 1,000 bootstrap samples of the lines (Efron 1979), always the same ones."""
        counts = np.array(list(self.pairs.values()))
        samples = np.random.default_rng(0).multinomial(self.n, counts / self.n, _RESAMPLES)
        found = [Score(dict(zip(self.pairs, row.tolist(), strict=True))).macro_f1 for row in samples]
        low, high = np.percentile(found, [2.5, 97.5])
        return float(low), float(high)

    def to_json(self) -> dict[str, Any]:
        """The documented JSON; shares rounded to four places."""
        return {
            "n": self.n,
            "accuracy": round(self.accuracy, 4),
            "accuracy_interval": rounded(wilson(self.accuracy, self.n)),
            "macro_f1": round(self.macro_f1, 4),
            "macro_f1_interval": rounded(self.macro_f1_interval),
            "labels": {label: one.to_json() for label, one in self.labels.items()},
            "confusions": [list(one) for one in self.confusions],
        }


def rounded(interval: Interval) -> list[float]:
    """For JSON."""
    return [round(end, 4) for end in interval]


def score(pairs: Sequence[tuple[str, str]]) -> Score | None:
    """Score (expected, predicted) pairs; None when there are none."""
    return Score(dict(Counter(pairs))) if pairs else None


def _macro_f1(labels: Any) -> float:
    occurring = [one.f1 for one in labels if one.n]
    return sum(occurring) / len(occurring) if occurring else 0.0
