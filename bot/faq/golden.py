"""Golden questions: what the maintainer never wants to see answered wrong, whatever else changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.errors import ConfigurationError
from bot.faq.normalize import normalize
from bot.faq.responder import Responder
from bot.faq.table import read_table
from bot.messages import DecisionKind

Verdict = Literal["right", "offered", "missed", "wrong", "gone"]
BROKEN: tuple[Verdict, ...] = ("missed", "wrong", "gone")


@dataclass(frozen=True)
class GoldenQuestion:
    """A question with the id of the entry that is to answer it; None: no entry may."""

    question: str
    expected: str | None


@dataclass(frozen=True)
class GoldenResult:
    """What a release makes of a golden question; `entries` are those that it answers with or offers.

    `right`: answered with the entry, or left unanswered when nothing is to answer it. `offered`: asked
    back with the entry among the choices, or asked back about what nothing is to answer. `missed`: the
    entry was neither given nor offered. `wrong`: another entry was given as the answer. `gone`: the
    release has no such entry for customers.
    """

    golden: GoldenQuestion
    verdict: Verdict
    decision: DecisionKind
    entries: tuple[str, ...]
    probability: float

    @property
    def broken(self) -> bool:
        """Whether publishing stops here."""
        return self.verdict in BROKEN


def load_golden(path: Path) -> tuple[GoldenQuestion, ...]:
    """The questions of a file `question,expected` as `bot faq evaluate` reads it; none without a file.

    Raises ConfigurationError naming file and line for a broken row and a question that stands twice.
    """
    if not path.exists():
        return ()
    found: dict[str, GoldenQuestion] = {}
    for row in read_table(path, ("question", "expected")):
        question = row.values["question"]
        if not question:
            raise ConfigurationError(f"{row.place}: column 'question' is empty")
        if normalize(question) in found:
            raise ConfigurationError(f"{row.place}: the question {question!r} stands there twice")
        found[normalize(question)] = GoldenQuestion(question, row.values["expected"] or None)
    return tuple(found.values())


def check_golden(responder: Responder, questions: Sequence[GoldenQuestion]) -> tuple[GoldenResult, ...]:
    """Ask a release every golden question; about 5 ms each."""
    return tuple(_check(responder, golden) for golden in questions)


def _check(responder: Responder, golden: GoldenQuestion) -> GoldenResult:
    reply = responder.reply(golden.question)
    entries = tuple(entry.id for entry in reply.entries)
    verdict: Verdict
    if golden.expected is None:
        verdict = {"answer": "wrong", "clarify": "offered", "no_answer": "right"}[reply.record.decision]  # type: ignore[assignment]
    elif responder.entry(golden.expected) is None:
        verdict = "gone"
    elif reply.record.decision == "answer":
        verdict = "right" if entries == (golden.expected,) else "wrong"
    else:
        verdict = "offered" if golden.expected in entries else "missed"
    return GoldenResult(golden, verdict, reply.record.decision, entries, reply.record.probability)
