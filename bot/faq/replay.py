"""Replay: what customers really asked, put to two releases, and where the second decides otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from bot.faq.understanding import Understanding
from bot.messages import DecisionKind

ChangeKind = Literal[
    "answered_differently",
    "reworded",
    "newly_answered",
    "newly_missed",
    "no_longer_answered",
    "newly_offered",
    "offered_differently",
]
CHANGES: tuple[ChangeKind, ...] = get_args(ChangeKind)


@dataclass(frozen=True)
class AskedQuestion:
    """A masked question of customers: how often it was asked, and what the bot last made of it."""

    text: str
    times: int
    decision: str
    entry: str | None


@dataclass(frozen=True)
class Outcome:
    """What the bot makes of a question by a release: `entries` are answered with or offered, best first."""

    decision: DecisionKind
    entries: tuple[str, ...]
    answer: str
    probability: float


@dataclass(frozen=True)
class Change:
    """A question about which two releases decide differently.

    `answered_differently`: another entry answers; `reworded`: the same entry, with another answer;
    `newly_answered`: was asked back or left unanswered; `no_longer_answered`: is asked back now;
    `newly_missed`: was answered or asked back, is left unanswered now; `newly_offered`: was left
    unanswered, is asked back now; `offered_differently`: asked back with other choices.
    """

    kind: ChangeKind
    question: AskedQuestion
    before: Outcome
    after: Outcome


@dataclass(frozen=True)
class Replay:
    """`asked` counts the questions that were put, every one as often as customers asked it."""

    before: str
    after: str
    asked: int
    changes: tuple[Change, ...]

    def count(self, kind: ChangeKind) -> int:
        """How often customers asked what changes in this way."""
        return sum(change.question.times for change in self.changes if change.kind == kind)

    def to_json(self) -> dict[str, Any]:
        """`before, after, asked, counts{kind: times}, changes[]`, those asked most often first."""
        return {
            "before": self.before,
            "after": self.after,
            "asked": self.asked,
            "counts": {kind: self.count(kind) for kind in CHANGES},
            "changes": [asdict(change) for change in self.changes],
        }


def replay(
    questions: Sequence[AskedQuestion],
    before: Understanding,
    after: Understanding,
    tell: Callable[[int], None] = lambda _done: None,
) -> Replay:
    """Put every question to both releases, each by itself; about 6 ms each, most of it the encoder's.

    `tell` hears after each question how many were put.
    """
    changes = []
    for done, question in enumerate(questions, 1):
        old, new = _ask(before, question.text), _ask(after, question.text)
        kind = _kind(old, new)
        if kind is not None:
            changes.append(Change(kind, question, old, new))
        tell(done)
    changes.sort(key=lambda change: (CHANGES.index(change.kind), -change.question.times))
    names = (before.responder.name, after.responder.name)
    return Replay(*names, sum(question.times for question in questions), tuple(changes))


def _ask(understanding: Understanding, text: str) -> Outcome:
    replies = understanding.reply(text)
    record = replies[0].record
    entries = [entry for reply in replies for entry in reply.entries]
    return Outcome(
        record.decision,
        tuple(entry.id for entry in entries),
        "\n".join(entry.answer for entry in entries) if record.decision == "answer" else "",
        round(record.probability, 4),
    )


def _kind(before: Outcome, after: Outcome) -> ChangeKind | None:
    if before.decision == after.decision:
        if set(before.entries) != set(after.entries):
            return "answered_differently" if after.decision == "answer" else "offered_differently"
        return "reworded" if before.answer != after.answer else None
    if after.decision == "answer":
        return "newly_answered"
    if after.decision == "no_answer":
        return "newly_missed"
    return "no_longer_answered" if before.decision == "answer" else "newly_offered"
