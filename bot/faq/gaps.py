"""What the FAQ lacks: questions asked in vain, grouped by wish, each group with what may mend it."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import numpy as np

from bot.faq.density import density_groups
from bot.faq.encoder import Vectors
from bot.faq.normalize import normalize
from bot.messages import Candidate

Reason = Literal["unresolved", "unclicked", "clicked", "handed_off", "unhelpful"]
REASONS: tuple[Reason, ...] = get_args(Reason)
Remedy = Literal["similar", "new", "review"]
NEIGHBOURS_SHOWN = 3
# Calibrated: more likely right than not.
LIKELY = 0.5


@dataclass(frozen=True)
class Asked:
    """A question that a customer asked in vain. `text` is masked, `key` names the message.

    `reasons`: `unresolved` (no answer), `unclicked` (asked back, none of the entries taken), `clicked` (asked
    back, `chosen` taken), `handed_off` (a human was asked for next), `unhelpful` (the customer said so).
    `shown` is the entry that was answered.
    """

    key: str
    text: str
    customer: str
    reasons: tuple[Reason, ...]
    at: datetime
    chosen: str | None = None
    shown: str | None = None

    def __post_init__(self) -> None:
        unknown = set(self.reasons) - set(REASONS)
        if unknown or not self.reasons:
            raise ValueError(f"reasons must be some of {', '.join(REASONS)}, got {self.reasons!r}")


@dataclass(frozen=True)
class Lookup:
    """What the current release makes of a question: its answer's entry, its candidates, its unit vector."""

    answer: str | None
    candidates: tuple[Candidate, ...]
    vector: Vectors


@dataclass(frozen=True)
class Suggestion:
    """How to mend a gap: add it as 相似问 to `entry`, write a new entry, or review the answer of `entry`.

    `clicks` customers chose `entry` when they were asked back; `probability` (0..1) is the mean over the
    questions that `entry` is the right one.
    """

    remedy: Remedy
    entry: str | None = None
    probability: float = 0.0
    clicks: int = 0


@dataclass(frozen=True)
class Answered:
    """An entry that was answered `times` and did not help.

    `question` and `probability` (0..1, mean over the customers) are those of the current release: '' and 0
    where the entry is no candidate any more.
    """

    entry: str
    question: str
    probability: float
    times: int


@dataclass(frozen=True)
class Gap:
    """Questions for one thing. `question` is the most central, `examples` are all wordings, nearest first.

    `customers` counts those whom an answer would have helped. `texts` are the wordings in normal form.
    """

    key: str
    question: str
    examples: tuple[str, ...]
    texts: frozenset[str]
    asked: tuple[Asked, ...]
    customers: int
    reasons: Mapping[Reason, int]
    neighbours: tuple[Candidate, ...]
    answered: tuple[Answered, ...]
    suggestion: Suggestion


@dataclass(frozen=True)
class Gaps:
    """All gaps, the one that would have helped most customers first; `settled`: answered by now."""

    gaps: tuple[Gap, ...]
    settled: tuple[Asked, ...]


def find_gaps(asked: Sequence[Asked], lookups: Mapping[str, Lookup], background: Vectors) -> Gaps:
    """Group what was asked. Pure: the order of `asked` changes nothing, and no question is lost.

    `lookups` maps the normal form of each text to what the current release makes of it, `background` are the
    vectors of the release's 标准问 (see `density_groups`). A question that the release answers now, with
    another entry than the one that did not help, is settled.
    """
    open_, settled = list[Asked](), list[Asked]()
    for one in sorted(asked, key=lambda one: one.key):
        answer = lookups[normalize(one.text)].answer
        (settled if answer is not None and answer != one.shown else open_).append(one)
    by_text: dict[str, list[Asked]] = defaultdict(list)
    for one in open_:
        by_text[normalize(one.text)].append(one)
    texts = sorted(by_text)
    if not texts:
        return Gaps((), tuple(settled))
    vectors = np.stack([lookups[text].vector for text in texts])
    gaps = [
        _gap([texts[row] for row in rows], vectors[list(rows)], by_text, lookups)
        for rows in density_groups(vectors, background)
    ]
    gaps.sort(key=lambda gap: (-gap.customers, -len(gap.asked), gap.question, gap.key))
    return Gaps(tuple(gaps), tuple(settled))


def gap_key(text: str) -> str:
    """The name of the gap whose central question is `text`: 16 hex digits."""
    return hashlib.sha256(normalize(text).encode()).hexdigest()[:16]


def _gap(
    texts: Sequence[str],
    vectors: Vectors,
    by_text: Mapping[str, Sequence[Asked]],
    lookups: Mapping[str, Lookup],
) -> Gap:
    asked = sorted((one for text in texts for one in by_text[text]), key=lambda one: (one.at, one.key))
    weights = np.array([len({one.customer for one in by_text[text]}) for text in texts], np.float64)
    # Rounded: sums in another order differ in their last digits.
    closeness = np.round(vectors @ (weights @ vectors), 6).tolist()
    order = sorted(range(len(texts)), key=lambda row: (-closeness[row], len(texts[row]), texts[row]))
    medoid = order[0]
    cosines = np.round(vectors @ vectors[medoid], 6).tolist()
    near = [medoid] + [
        row for row in sorted(order, key=lambda row: (-cosines[row], texts[row])) if row != medoid
    ]
    neighbours = _neighbours([(lookups[text], weight) for text, weight in zip(texts, weights, strict=True)])
    examples = tuple(_wording(by_text[texts[row]]) for row in near)
    return Gap(
        key=gap_key(texts[medoid]),
        question=examples[0],
        examples=examples,
        texts=frozenset(texts),
        asked=tuple(asked),
        customers=len({one.customer for one in asked}),
        reasons={
            reason: count for reason in REASONS if (count := sum(reason in one.reasons for one in asked))
        },
        neighbours=neighbours[:NEIGHBOURS_SHOWN],
        answered=_answered(asked, neighbours),
        suggestion=_suggest(asked, neighbours),
    )


def _wording(asked: Sequence[Asked]) -> str:
    """How the text is typed most often."""
    counts = Counter(one.text for one in asked)
    return min(counts, key=lambda text: (-counts[text], text))


def _neighbours(found: Sequence[tuple[Lookup, float]]) -> tuple[Candidate, ...]:
    """The release's entries by their mean probability over the customers, best first."""
    total = sum(weight for _, weight in found)
    sums: dict[str, list[tuple[float, Candidate]]] = defaultdict(list)
    for lookup, weight in found:
        for candidate in lookup.candidates:
            sums[candidate.entry].append((weight, candidate))
    merged = [
        Candidate(
            entry=entry,
            question=seen[0][1].question,
            probability=round(sum(weight * c.probability for weight, c in seen) / total, 6),
            score=round(sum(weight * c.score for weight, c in seen) / sum(w for w, _ in seen), 6),
        )
        for entry, seen in sums.items()
    ]
    return tuple(sorted(merged, key=lambda c: (-c.probability, -c.score, c.entry)))


def _answered(asked: Sequence[Asked], neighbours: Sequence[Candidate]) -> tuple[Answered, ...]:
    """What was answered in vain, most often first."""
    known = {candidate.entry: candidate for candidate in neighbours}
    shown = Counter(one.shown for one in asked if one.shown)
    return tuple(
        Answered(
            entry=entry,
            question=known[entry].question if entry in known else "",
            probability=known[entry].probability if entry in known else 0.0,
            times=shown[entry],
        )
        for entry in sorted(shown, key=lambda entry: (-shown[entry], entry))
    )


def _suggest(asked: Sequence[Asked], neighbours: Sequence[Candidate]) -> Suggestion:
    """What customers did counts before what the release thinks."""
    probability = {candidate.entry: candidate.probability for candidate in neighbours}
    clicks = Counter(one.chosen for one in asked if one.chosen and "unhelpful" not in one.reasons)
    shown = Counter(one.shown for one in asked if one.shown)
    for remedy, votes, enough in (
        ("similar", clicks, sum(clicks.values()) / 2),
        ("review", shown, len(asked) / 2),
    ):
        if votes:
            entry = min(votes, key=lambda entry: (-votes[entry], entry))
            if votes[entry] >= enough:
                clicked = votes[entry] if votes is clicks else 0
                return Suggestion(remedy, entry, probability.get(entry, 0.0), clicked)  # type: ignore[arg-type]
    if neighbours and neighbours[0].probability >= LIKELY:
        return Suggestion("similar", neighbours[0].entry, neighbours[0].probability)
    return Suggestion("new", None, neighbours[0].probability if neighbours else 0.0)
