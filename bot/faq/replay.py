"""Replay: what customers really asked, put to two releases, and where the second decides otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from bot.faq.responder import Responder
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
    """What a release makes of a question: `entries` are answered with or offered, best first."""

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
    before: Responder,
    after: Responder,
    progress: Callable[[int], None] = lambda _done: None,
) -> Replay:
    """Put every question to both releases; about 6 ms each, most of it the encoder's.

    `progress` is told how many questions are done.
    """
    changes = []
    for done, question in enumerate(questions, 1):
        old, new = _ask(before, question.text), _ask(after, question.text)
        kind = _kind(old, new)
        if kind is not None:
            changes.append(Change(kind, question, old, new))
        progress(done)
    changes.sort(key=lambda change: (CHANGES.index(change.kind), -change.question.times))
    return Replay(before.name, after.name, sum(q.times for q in questions), tuple(changes))


def _ask(responder: Responder, text: str) -> Outcome:
    reply = responder.reply(text)
    answered = reply.record.decision == "answer"
    return Outcome(
        reply.record.decision,
        tuple(entry.id for entry in reply.entries),
        reply.entries[0].answer if answered else "",
        round(reply.record.probability, 4),
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
