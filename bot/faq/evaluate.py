"""Measures an FAQ on questions that it has not seen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import ConfigurationError
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry
from bot.faq.fit import Fitted, Progress, fit_responder, make_corpus
from bot.faq.sounds import Sounds
from bot.faq.table import read_table
from bot.faq.topic_file import load_entries, load_topic, load_yaml
from bot.faq.understanding import Understanding

REPORT_EVERY = 2000


@dataclass(frozen=True)
class Question:
    """A question with the id of the right entry; None: no entry answers it."""

    text: str
    expected: str | None


@dataclass(frozen=True)
class InScope:
    """Questions that an entry answers.

    `hit1`, `hit3` and `mrr10` are shares over all of them, whatever was decided, and None when there
    are none; the rest are counts.
    """

    n: int
    hit1: float | None
    hit3: float | None
    mrr10: float | None
    answered: int
    answered_right: int
    clarified: int
    clarified_right: int
    handed_off: int


@dataclass(frozen=True)
class OutOfScope:
    """Counts of questions that no entry answers."""

    n: int
    answered: int
    clarified: int
    handed_off: int


@dataclass(frozen=True)
class Outcome:
    """One question and what was made of it.

    `ranked` are the ids of the entries that answer, then those of the best ones for the question as typed;
    `offered` those that answer or are to choose from. Both probabilities are of the question as typed.
    """

    question: Question
    ranked: tuple[str, ...]
    decision: str
    offered: tuple[str, ...]
    probability: float
    in_scope: float


@dataclass(frozen=True)
class FaqReport:
    """What `bot faq evaluate` prints.

    `auroc` is the chance that an in-scope question gets a higher probability of scope than an
    out-of-scope one; None without questions of both kinds.
    """

    in_scope: InScope
    out_of_scope: OutOfScope
    auroc: float | None
    encoder: str
    seconds: float
    outcomes: tuple[Outcome, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The documented JSON, without the single outcomes."""
        value = asdict(self)
        del value["outcomes"]
        return value


def read_faq(path: Path) -> tuple[Entry, ...]:
    """The entries of a folder or file in the format of data/faq, or of a table `id,question,answer`.

    Rows with the same id are one entry: the first question is the 标准问, the first answer counts.
    Raises ConfigurationError naming file, line and column.
    """
    if path.is_dir():
        return load_entries(path)
    if path.suffix.lower() in (".yml", ".yaml") and path.exists() and isinstance(load_yaml(path), dict):
        return load_topic(path).entries
    questions: dict[str, list[str]] = {}
    answers: dict[str, str] = {}
    for row in read_table(path, ("id", "question", "answer")):
        for column in ("id", "question"):
            if not row.values[column]:
                raise ConfigurationError(f"{row.place}: column {column!r} is empty")
        identifier = row.values["id"]
        questions.setdefault(identifier, []).append(row.values["question"])
        answers[identifier] = answers.get(identifier) or row.values["answer"]
    return tuple(
        Entry(id=identifier, question=texts[0], answer=answers[identifier], similar=tuple(texts[1:]))
        for identifier, texts in questions.items()
    )


def read_questions(path: Path, entries: Sequence[Entry]) -> tuple[Question, ...]:
    """The questions of a table `question,expected`; empty `expected`: out of scope.

    Raises ConfigurationError naming file, line and column, also for an `expected` that no entry has.
    """
    known = {entry.id for entry in entries}
    questions = []
    for row in read_table(path, ("question", "expected")):
        text, expected = row.values["question"], row.values["expected"]
        if not text:
            raise ConfigurationError(f"{row.place}: column 'question' is empty")
        if expected and expected not in known:
            raise ConfigurationError(f"{row.place}: column 'expected': the FAQ has no entry {expected!r}")
        questions.append(Question(text, expected or None))
    return tuple(questions)


def evaluate_faq(
    faq: Path,
    questions: Path,
    encoder: Encoder,
    encoder_name: str,
    off_topic: Sequence[str],
    dictionary: str,
    target: float,
    progress: Progress,
) -> FaqReport:
    """Build an FAQ in memory as a release would, ask it the questions as a customer does, and count.

    The calibration sees the FAQ and the off-topic bank, never the questions. Raises ConfigurationError
    for unusable files.
    """
    started = time.perf_counter()
    entries = read_faq(faq)
    asked = read_questions(questions, entries)
    fitted = fit_in_memory(entries, encoder, off_topic, dictionary, target, progress)
    outcomes = ask(Understanding.of(fitted.responder, Sounds.load()), asked, progress)
    return count(outcomes, encoder_name, round(time.perf_counter() - started, 2))


def fit_in_memory(
    entries: Sequence[Entry],
    encoder: Encoder,
    off_topic: Sequence[str],
    dictionary: str,
    target: float,
    progress: Progress,
) -> Fitted:
    """What a release of these entries would be. Raises ConfigurationError without entries."""

    def encode(texts: Sequence[str]) -> EncodedTexts:
        parts = []
        for start in range(0, len(texts), REPORT_EVERY):
            parts.append(EncodedTexts.encode(encoder, texts[start : start + REPORT_EVERY]))
            progress(f"encoded {min(start + REPORT_EVERY, len(texts))} of {len(texts)} texts")
        return EncodedTexts.join(parts) if parts else EncodedTexts.encode(encoder, texts)

    return fit_responder(
        entries, make_corpus(entries, off_topic, dictionary, encode), encoder, target, progress
    )


def ask(
    understanding: Understanding, questions: Sequence[Question], progress: Progress
) -> tuple[Outcome, ...]:
    """What becomes of each question, as the first of a conversation."""
    outcomes = []
    for number, question in enumerate(questions, 1):
        outcomes.append(_ask(understanding, question))
        if number % REPORT_EVERY == 0:
            progress(f"asked {number} of {len(questions)} questions")
    return tuple(outcomes)


def count(outcomes: Sequence[Outcome], encoder: str, seconds: float) -> FaqReport:
    """The report over single outcomes."""
    inside = [o for o in outcomes if o.question.expected is not None]
    outside = [o for o in outcomes if o.question.expected is None]
    ranks = [
        o.ranked.index(o.question.expected) + 1 if o.question.expected in o.ranked else None for o in inside
    ]

    def share(values: Sequence[float]) -> float | None:
        return round(sum(values) / len(values), 4) if values else None

    answered = [o for o in inside if o.decision == "answer"]
    clarified = [o for o in inside if o.decision == "clarify"]
    return FaqReport(
        in_scope=InScope(
            n=len(inside),
            hit1=share([rank == 1 for rank in ranks]),
            hit3=share([rank is not None and rank <= 3 for rank in ranks]),
            mrr10=share([1 / rank if rank is not None and rank <= 10 else 0.0 for rank in ranks]),
            answered=len(answered),
            answered_right=sum(o.question.expected in o.offered for o in answered),
            clarified=len(clarified),
            clarified_right=sum(o.question.expected in o.offered for o in clarified),
            handed_off=len(inside) - len(answered) - len(clarified),
        ),
        out_of_scope=OutOfScope(
            n=len(outside),
            answered=sum(o.decision == "answer" for o in outside),
            clarified=sum(o.decision == "clarify" for o in outside),
            handed_off=sum(o.decision == "no_answer" for o in outside),
        ),
        auroc=auroc([o.in_scope for o in inside], [o.in_scope for o in outside]),
        encoder=encoder,
        seconds=seconds,
        outcomes=tuple(outcomes),
    )


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Chance that a positive score exceeds a negative one, ties as half (Mann and Whitney 1947)."""
    if not positive or not negative:
        return None
    ordered = np.sort(np.array(negative))
    below = np.searchsorted(ordered, positive, "left")
    up_to = np.searchsorted(ordered, positive, "right")
    return round(float((below + up_to).mean() / (2 * len(negative))), 4)


def _ask(understanding: Understanding, question: Question) -> Outcome:
    responder = understanding.responder
    judgement = responder.judge(question.text)
    replies = understanding.reply(question.text)
    decision = replies[0].record.decision
    offered = tuple(entry.id for reply in replies for entry in reply.entries)
    typed = [responder.entries[candidate.entry].id for candidate in judgement.candidates]
    return Outcome(
        question,
        tuple(dict.fromkeys([*(offered if decision == "answer" else ()), *typed])),
        decision,
        offered,
        judgement.candidates[0].probability if judgement.candidates else 0.0,
        judgement.in_scope,
    )
