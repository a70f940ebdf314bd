"""Golden questions: what the maintainer never wants to see answered wrong, whatever else changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.errors import ConfigurationError
from bot.faq.table import read_table
from bot.faq.understanding import Understanding
from bot.messages import DecisionKind, DecisionRecord

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
        if question in found:
            raise ConfigurationError(f"{row.place}: the question {question!r} stands there twice")
        found[question] = GoldenQuestion(question, row.values["expected"] or None)
    return tuple(found.values())


def check_golden(
    understanding: Understanding, questions: Sequence[GoldenQuestion]
) -> tuple[GoldenResult, ...]:
    """Ask a release every golden question as a customer would; about 5 ms each."""
    return tuple(_check(understanding, golden) for golden in questions)


def _check(understanding: Understanding, golden: GoldenQuestion) -> GoldenResult:
    replies = understanding.reply(golden.question)
    record = replies[0].record
    entries = tuple(entry.id for reply in replies for entry in reply.entries)
    return GoldenResult(
        golden, _verdict(understanding, golden, record, entries), record.decision, entries, record.probability
    )


def _verdict(
    understanding: Understanding, golden: GoldenQuestion, record: DecisionRecord, entries: tuple[str, ...]
) -> Verdict:
    answered, asked_back = record.decision == "answer", record.decision == "clarify"
    if golden.expected is None:
        return "wrong" if answered else "offered" if asked_back else "right"
    if understanding.responder.entry(golden.expected) is None:
        return "gone"
    if answered:
        return "right" if golden.expected in entries else "wrong"
    return "offered" if golden.expected in entries else "missed"
