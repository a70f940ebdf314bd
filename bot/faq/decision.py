"""Answer, clarify or give up: the FAQ decision as a pure function."""

from __future__ import annotations

from dataclasses import dataclass

CLARIFIED_ENTRIES = 3
MIN_CLARIFIED_PROBABILITY = 0.03


@dataclass(frozen=True)
class Judged:
    """An entry (row number in the release) with the calibrated probability that it is the right one.

    `line` is the row of its best question line, `score` the fused score.
    """

    entry: int
    line: int
    probability: float
    score: float


@dataclass(frozen=True)
class Judgement:
    """One question's candidates, most probable first, and the probability that any entry answers it."""

    candidates: tuple[Judged, ...]
    in_scope: float


@dataclass(frozen=True)
class Thresholds:
    """Answer from this probability of the best entry on; give up below this probability of scope."""

    answer: float
    scope: float

    def __post_init__(self) -> None:
        for name, value in (("answer", self.answer), ("scope", self.scope)):
            if not 0 <= value <= 1:
                raise ValueError(f"threshold {name} must lie in 0..1, got {value}")


@dataclass(frozen=True)
class Answer:
    """Give the answer of this entry."""

    candidate: Judged


@dataclass(frozen=True)
class Clarify:
    """Ask which of up to three entries is meant, most probable first."""

    candidates: tuple[Judged, ...]


@dataclass(frozen=True)
class NoAnswer:
    """No entry answers this."""


Decision = Answer | Clarify | NoAnswer


def decide(judgement: Judgement, thresholds: Thresholds) -> Decision:
    """Answer, ask or give up, by probabilities alone, never by a raw score.

    Answer when the best entry is probably right, give up when the question is probably out of scope,
    otherwise ask.
    """
    if not judgement.candidates:
        return NoAnswer()
    best = judgement.candidates[0]
    if best.probability >= thresholds.answer:
        return Answer(best)
    if judgement.in_scope < thresholds.scope:
        return NoAnswer()
    likely = [c for c in judgement.candidates if c.probability >= MIN_CLARIFIED_PROBABILITY]
    return Clarify(tuple(likely[:CLARIFIED_ENTRIES]) or (best,))
