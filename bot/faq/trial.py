"""Whether a step of retrieval pays, judged on the same held-out questions with and without it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from bot.intervals import Z95

BOOTSTRAPS = 2_000
PLACES = 5
Figure = Literal[
    "hit1", "likelihood", "answered_right", "answered_wrong", "wrong_of_answers", "off_topic_answered"
]
# More is better of all figures but these.
FALLING: frozenset[Figure] = frozenset({"answered_wrong", "wrong_of_answers", "off_topic_answered"})


@dataclass(frozen=True)
class Gain:
    """A figure before and after, over the same questions, and the 95 % interval of the difference.

    `hit1`: share of in-scope questions whose entry comes first; `likelihood`: mean log probability of the
    right entry, in nats; `answered_right`, `answered_wrong` and `off_topic_answered`: shares of
    in-scope and of off-topic questions; `wrong_of_answers`: of the answers to in-scope questions.
    """

    figure: Figure
    questions: int
    before: float
    after: float
    low: float
    high: float

    @classmethod
    def of(
        cls,
        figure: Figure,
        before: Sequence[float],
        after: Sequence[float],
        groups: Sequence[int],
        among: tuple[Sequence[bool], Sequence[bool]] | None = None,
    ) -> Gain:
        """Means over each question's value before and after; `groups` are the questions' entries.

        `among` says which questions count before and after, all by default. Questions of one entry rise
        and fall together, so the bootstrap draws entries (2,000 samples). Raises ValueError when there
        are not as many values before as after.
        """
        if not len(before) == len(after) == len(groups):
            raise ValueError(f"{len(before)} questions before, {len(after)} after, {len(groups)} groups")
        if not len(groups):
            return cls(figure, 0, 0.0, 0.0, 0.0, 0.0)
        rows = np.unique(np.array(groups), return_inverse=True)[1]
        count = int(rows.max()) + 1
        drawn = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), BOOTSTRAPS)
        weights = np.concatenate([np.ones((1, count)), drawn])
        means = []
        everything = [True] * len(rows)
        for values, chosen in zip((before, after), among or (everything, everything), strict=True):
            counted = np.array(chosen, float)
            sizes = weights @ np.bincount(rows, counted, count)
            totals = weights @ np.bincount(rows, np.array(values, float) * counted, count)
            means.append(totals / np.maximum(sizes, 1e-9))
        low, high = np.quantile(means[1][1:] - means[0][1:], [0.025, 0.975])
        found = (means[0][0], means[1][0], low, high)
        return cls(figure, len(rows), *(round(float(value), PLACES) for value in found))

    @classmethod
    def paired(cls, figure: Figure, before: Sequence[bool], after: Sequence[bool]) -> Gain:
        """Shares of questions that have nothing to do with each other.

        The interval is that of Agresti and Min (2005) for matched pairs, which adds half a question to
        each of the four outcomes and so stays honest with few questions, where a bootstrap does not.
        Raises ValueError when there are not as many values before as after.
        """
        count = len(before)
        if count != len(after):
            raise ValueError(f"{count} questions before, {len(after)} after")
        if not count:
            return cls(figure, 0, 0.0, 0.0, 0.0, 0.0)
        better, worse = (
            sum(a != b and b == value for a, b in zip(before, after, strict=True)) + 0.5
            for value in (True, False)
        )
        middle = (better - worse) / (count + 2)
        spread = Z95 * math.sqrt(better + worse - (better - worse) ** 2 / (count + 2)) / (count + 2)
        change = (sum(after) - sum(before)) / count
        # At the ends the interval's middle, drawn to 0, would leave the change itself out.
        low, high = min(max(middle - spread, -1), change), max(min(middle + spread, 1), change)
        values = (sum(before) / count, sum(after) / count, low, high)
        return cls(figure, count, *(round(value, PLACES) for value in values))

    @property
    def rises(self) -> bool:
        """Better beyond chance."""
        return self.high < 0 if self.figure in FALLING else self.low > 0

    @property
    def falls(self) -> bool:
        """Worse beyond chance."""
        return self.low > 0 if self.figure in FALLING else self.high < 0

    def __str__(self) -> str:
        change = f"{self.after - self.before:+.4f} (95 %: {self.low:+.4f} to {self.high:+.4f})"
        return f"{self.figure} {self.before:.4f} → {self.after:.4f}, {change}, {self.questions} questions"


@dataclass(frozen=True)
class Tried:
    """A held-out question, the row of its entry (None: off topic) and what became of it."""

    question: str
    entry: int | None
    right: bool
    answered: bool


def gains_between(before: Sequence[Tried], after: Sequence[Tried]) -> tuple[Gain, ...]:
    """The gains over the questions that both were asked, `hit1` first; none where there are none."""
    then = {(tried.question, tried.entry): tried for tried in before}
    pairs = [(then[key], tried) for tried in after if (key := (tried.question, tried.entry)) in then]
    inside = [(a, b) for a, b in pairs if b.entry is not None]
    outside = [(a, b) for a, b in pairs if b.entry is None]
    if not inside:
        return ()
    entries = [b.entry or 0 for _, b in inside]
    sides = tuple(zip(*inside, strict=True))
    right = [[tried.right for tried in side] for side in sides]
    answered = [[tried.answered for tried in side] for side in sides]
    both = [[tried.right and tried.answered for tried in side] for side in sides]
    wrong = [[not tried.right for tried in side] for side in sides]
    off_topic = [[a.answered for a, _ in outside], [b.answered for _, b in outside]]
    return (
        Gain.of("hit1", right[0], right[1], entries),
        Gain.of("answered_right", both[0], both[1], entries),
        Gain.of("wrong_of_answers", wrong[0], wrong[1], entries, (answered[0], answered[1])),
        Gain.paired("off_topic_answered", off_topic[0], off_topic[1]),
    )


@dataclass(frozen=True)
class Trial:
    """What became of a step: kept when its first figure rises and none of the others falls."""

    step: str
    gains: tuple[Gain, ...]

    @property
    def kept(self) -> bool:
        """Whether the release has it."""
        return bool(self.gains) and self.gains[0].rises and not any(gain.falls for gain in self.gains)

    def summary(self) -> str:
        """One line with the verdict and the figure that decides it."""
        if not self.gains:
            return f"{self.step}: refused, there are too few questions to learn from"
        falling = [gain for gain in self.gains if gain.falls]
        if falling:
            return f"{self.step}: refused, {falling[0]} falls"
        if self.kept:
            return f"{self.step}: kept, " + "; ".join(map(str, self.gains))
        return f"{self.step}: refused, it does not rise beyond chance: {self.gains[0]}"

    def to_json(self) -> dict[str, Any]:
        """The layout in report.json."""
        return {**asdict(self), "kept": self.kept, "summary": self.summary()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Trial:
        """The inverse of `to_json`. Raises KeyError or TypeError for another layout."""
        return cls(value["step"], tuple(Gain(**gain) for gain in value["gains"]))
