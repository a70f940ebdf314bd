"""The FAQ index against Rasa's ResponseSelector: the same entries, the same held-out questions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.selector import THRESHOLD, run_selector
from bot.config import Settings
from bot.faq.encoder import load_encoder
from bot.faq.evaluate import evaluate_faq, read_faq, read_questions
from bot.faq.off_topic import load_off_topic
from bot.faq.release import Sources

QUESTIONS = Path("tests/held_out/faq/questions.jsonl")


@dataclass(frozen=True)
class FaqFigures:
    """What a system made of the held-out questions.

    Shares 0..1: `answered` of the in-scope questions, `right` of those answered, `off_topic` answered of
    the off-topic ones. `seconds` from the entries to something that answers.
    """

    seconds: float
    hit1: float
    answered: float
    right: float
    off_topic: float


def index_figures(settings: Settings) -> FaqFigures:
    """Build the index in memory from nothing and ask it the held-out questions."""
    sources = Sources.beside(settings.faq)
    report = evaluate_faq(
        sources.entries,
        QUESTIONS,
        load_encoder(settings.models),
        settings.encoder,
        load_off_topic(sources.off_topic),
        sources.dictionary(),
        settings.wrong_answer_target,
        print,
    )
    inside, outside = report.in_scope, report.out_of_scope
    return FaqFigures(
        report.seconds,
        inside.hit1 or 0.0,
        inside.answered / inside.n,
        inside.answered_right / max(inside.answered, 1),
        outside.answered / outside.n,
    )


def selector_figures(settings: Settings, folder: Path) -> FaqFigures:
    """Train a ResponseSelector on the same entries and ask it the same questions."""
    entries = read_faq(settings.faq)
    questions = read_questions(QUESTIONS, entries)
    run = run_selector(entries, [q.text for q in questions], folder, settings.rasa_python)
    pairs = list(zip(questions, run.choices, strict=True))
    inside = [(q, c) for q, c in pairs if q.expected is not None]
    outside = [c for q, c in pairs if q.expected is None]
    answered = [(q, c) for q, c in inside if c.confidence >= THRESHOLD]
    return FaqFigures(
        run.build_seconds,
        sum(c.entry == q.expected for q, c in inside) / len(inside),
        len(answered) / len(inside),
        sum(c.entry == q.expected for q, c in answered) / max(len(answered), 1),
        sum(c.confidence >= THRESHOLD for c in outside) / len(outside),
    )
