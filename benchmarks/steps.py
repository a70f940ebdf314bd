"""What each step of retrieval gains on questions that it was not made from: `python -m benchmarks.steps`.

One table. Fusion and adapter are judged by cross-validation over the FAQ's own questions, script and
spelling of forms on an eighth of them that the index has not seen, the steps of understanding on the
even lines of tests/faq/understanding.jsonl. With `--questions FILE`, a file for `bot faq evaluate`, what
all of it gains there is added. Intervals of 95 %: by bootstrap over entries where questions share them,
else by Agresti and Min (2005). Takes about two minutes of one core.
"""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from benchmarks.understanding import NO_STEPS, answered_otherwise, answers, read_questions, step_gains
from bot.config import Settings
from bot.faq.cross_validation import Corpus, HeldOut
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder, load_encoder
from bot.faq.evaluate import read_questions as read_exam
from bot.faq.fit import fit_responder, make_corpus
from bot.faq.known_vectors import KnownVectors
from bot.faq.normalize import normalize
from bot.faq.off_topic import load_off_topic
from bot.faq.prior import Prior
from bot.faq.release import Sources
from bot.faq.responder import Responder
from bot.faq.retriever import Fusion
from bot.faq.sounds import Sounds
from bot.faq.topic_file import load_entries
from bot.faq.trial import Gain
from bot.faq.understanding import Understanding
from bot.intervals import wilson

QUESTIONS = Path("tests/faq/understanding.jsonl")
NEAREST_ALONE = Fusion(1, 0, 0, 0, 0)
DRESSINGS = 4


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    step: str
    held_out: str
    gain: Gain


def round_rows(corpus: Corpus, encoder: Encoder, fusion: Fusion) -> list[Row]:
    """What an eighth of the questions says of the fusion as such, and of normalisation.

    For the latter they are asked in other script and dress, as they come and normalised.
    """
    turn = next(corpus.rounds(fusion, print))
    rights = turn.rights.tolist()

    def found(texts: Sequence[str]) -> list[bool]:
        rankings = turn.retriever.rank_all(EncodedTexts.encode(encoder, texts))
        return [HeldOut(*pair, turn.fold).right for pair in zip(rankings, rights, strict=True)]

    alone, fused = (
        [held.fused(weights).right for held in turn.ask(turn.retriever) if held.entry is not None]
        for weights in (NEAREST_ALONE, fusion)
    )
    rows = [
        Row(
            "all scores, not the nearest alone",
            "an eighth of the FAQ's own",
            Gain.of("hit1", alone, fused, rights),
        )
    ]
    for step, change in (("traditional script", _traditional()), ("full width, emoji, marks", _dressed)):
        texts = [change(number, text) for number, text in enumerate(turn.inside.texts)]
        raw = [unicodedata.normalize("NFC", text) for text in texts]
        gain = Gain.of("hit1", found(raw), found([normalize(text) for text in texts]), rights)
        rows.append(Row(step, "the same, rewritten by rule", gain))
    return rows


def _traditional() -> Callable[[int, str], str]:
    import opencc

    convert = opencc.OpenCC("s2t").convert
    return lambda _number, text: str(convert(text))


def _dressed(number: int, text: str) -> str:
    """As it comes from phones and other pages: full width, emoji, marks, and invisible characters."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    return (wide + "！！！？？", f"😭😭{text}🙏", f"{text}～～～。。。", "\u200b".join(text))[
        number % DRESSINGS
    ]


def exam_rows(responder: Responder, prior: Fusion, path: Path) -> list[Row]:
    """What weights and understanding gain on questions of a file."""
    exam = [question for question in read_exam(path, responder.entries) if question.expected is not None]
    rows = {entry.id: row for row, entry in enumerate(responder.entries)}
    rights = [rows[question.expected or ""] for question in exam]
    texts = [normalize(question.text) for question in exam]
    rankings = responder.retriever.rank_all(EncodedTexts.encode(responder.encoder, texts))
    learned, before = (
        [
            ranking.fused(fusion).entries[0].entry == right
            for ranking, right in zip(rankings, rights, strict=True)
        ]
        for fusion in (responder.retriever.fusion, prior)
    )
    sounds = Sounds.load()
    parties = (Understanding.of(responder, sounds, NO_STEPS), Understanding.of(responder, sounds))
    found = [[answers(party, (question.text, None)) for question in exam] for party in parties]
    (right, right_now), (wrong, wrong_now) = (
        [[bool(a) and (q.expected in a) == good for a, q in zip(row, exam, strict=True)] for row in found]
        for good in (True, False)
    )
    return [
        Row("fusion weights", path.name, Gain.of("hit1", before, learned, rights)),
        Row("all steps of understanding", path.name, Gain.of("answered_right", right, right_now, rights)),
        Row("all steps of understanding", path.name, Gain.of("answered_wrong", wrong, wrong_now, rights)),
    ]


def show(rows: Sequence[Row], console: Console) -> None:
    """Print the table."""
    table = Table(title="what each step gains on held-out questions")
    for name in ("step", "held-out questions", "n", "figure", "without", "with", "gain (95 %)", "verdict"):
        table.add_column(name)
    for row in rows:
        gain = row.gain
        verdict = "better" if gain.rises else "worse" if gain.falls else "no difference beyond chance"
        change = f"{gain.after - gain.before:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
        shares = (f"{gain.before:.3f}", f"{gain.after:.3f}")
        table.add_row(row.step, row.held_out, str(gain.questions), gain.figure, *shares, change, verdict)
    console.print(table)


def main() -> None:
    """Measure the FAQ of the settings with the current encoder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.steps", description=__doc__)
    parser.add_argument("--half", choices=("even", "odd", "all"), default="even")
    parser.add_argument("--questions", type=Path, help="measure on the questions of this file, too")
    arguments = parser.parse_args()
    settings, console = Settings(), Console(width=170)
    sources = Sources.beside(settings.faq)
    encoder = load_encoder(settings.models)
    known = KnownVectors.of_newest(settings.models, encoder, print)
    entries, off_topic = load_entries(sources.entries), load_off_topic(sources.off_topic)
    corpus = make_corpus(entries, off_topic, sources.dictionary(), known.encode)
    prior = Prior.load(with_answers=bool(corpus.answer_vectors.any())).fusion
    fitted = fit_responder(entries, corpus, encoder, settings.wrong_answer_target, print, adapt=True)
    own = "the FAQ's own, cross-validated"
    rows = [
        Row({"fusion": "fusion weights learned"}.get(trial.step, trial.step), own, gain)
        for trial in fitted.report.trials
        for gain in trial.gains
    ]
    rows += round_rows(corpus, encoder, fitted.responder.retriever.fusion)
    asked = read_questions(QUESTIONS, arguments.half)
    rows += [
        Row(step, f"{QUESTIONS.name}, {arguments.half}", gain)
        for step, gain in step_gains(fitted.responder, asked)
    ]
    if arguments.questions:
        rows += exam_rows(fitted.responder, prior, arguments.questions)
    show(rows, console)
    ids = [entry.id for entry in entries]
    spoiled = Table("must not change", "n", "answered otherwise by the steps of understanding")
    for name, texts in (
        ("controls", [(line.text, line.after) for line in asked if line.kind == "control"]),
        ("off-topic texts, after an answer", [(text, ids[i % len(ids)]) for i, text in enumerate(off_topic)]),
        ("the FAQ's own questions, every fifth", [(q, None) for e in entries for q in e.questions][::5]),
    ):
        count = answered_otherwise(fitted.responder, texts)
        low, high = wilson(count / max(len(texts), 1), len(texts))
        spoiled.add_row(name, str(len(texts)), f"{count} ({low:.3f} to {high:.3f})")
    console.print(spoiled)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
