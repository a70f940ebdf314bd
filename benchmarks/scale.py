"""FAQs of 200, 1,000 and 5,000 entries: python -m benchmarks.scale [--pairs FILE].

This project, Rasa's ResponseSelector and BM25 over jieba's words (`bot.faq.lexical.WordIndex`) get the
same entries and are asked the same questions: one 相似问 of each entry that was taken out of it, and half
of the off-topic bank. Larger FAQs are the shop's with entries from FILE, in the format of
`benchmarks.retrieval`, or from templates. Prints a table in Markdown; shares have 95 % intervals.

`build` is from the entries to something that answers: for this project in files, encoded, calibrated,
published and loaded; `one line` is the same after one more 相似问, in a process that serves already. Both
in seconds, and in brackets in seconds of processor time, which count on a machine that others use, too.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.enlarged_faq import Exam, enlarged
from benchmarks.rasa_command import OutOfTime
from benchmarks.retrieval import read_groups
from benchmarks.selector import EPOCHS, THRESHOLD, run_selector
from bot.config import Settings
from bot.faq.build import build_release
from bot.faq.encoder import Encoder, load_encoder
from bot.faq.lexical import WordIndex, Words
from bot.faq.normalize import normalize
from bot.faq.off_topic import load_off_topic
from bot.faq.publication import publish, serving
from bot.faq.release import Sources, load_release
from bot.faq.sounds import Sounds
from bot.faq.thresholds import MAX_OFF_TOPIC_ANSWERED
from bot.faq.topic_file import Topic, load_entries
from bot.faq.topic_writer import write_topics
from bot.faq.understanding import Understanding
from bot.intervals import wilson

SIZES = (200, 1_000, 5_000)
QUESTIONS = 1_000
LIMIT_SECONDS = 600
FRESH_LINE = "这一条刚刚加进来，马上就要能答"


@dataclass(frozen=True)
class Found:
    """What a system makes of one question: its best entry, None for none, and whether it answers."""

    entry: str | None
    answered: bool


@dataclass(frozen=True)
class Spent:
    """Seconds, and seconds of processor time."""

    seconds: float
    processor: float

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s ({self.processor:.1f})"

    def since(self, start: Spent) -> Spent:
        """What was spent from `start` to here."""
        return Spent(self.seconds - start.seconds, self.processor - start.processor)

    @classmethod
    def now(cls) -> Spent:
        """The clocks of this process."""
        return cls(time.perf_counter(), time.process_time())


@dataclass(frozen=True)
class Run:
    """A system on one exam: what it took, and what it made of `asked` and then `off_topic`.

    `update` is None for systems that build everything again; `note` says what the build left out.
    """

    build: Spent
    update: Spent | None
    found: tuple[Found, ...]
    note: str = ""


def run_index(exam: Exam, folder: Path, settings: Settings, encoder: Encoder) -> Run:
    """This project: files, release, publication, service."""
    sources = _write_sources(exam, folder, Sources.beside(settings.faq).dictionary())
    words = Words(sources.dictionary())
    words.load()
    started = Spent.now()
    _go_live(sources, folder, encoder, settings.wrong_answer_target, words)
    built = Spent.now()
    first, *others = exam.entries
    _write_entries(
        replace(exam, entries=(replace(first, similar=(*first.similar, FRESH_LINE)), *others)), folder
    )
    edited = Spent.now()
    understanding = _go_live(sources, folder, encoder, settings.wrong_answer_target, words)
    updated = Spent.now()
    found = []
    for text in _texts(exam):
        reply = understanding.reply(text)[0]
        candidates = reply.record.candidates
        best = reply.record.entry or (candidates[0].entry if candidates else None)
        found.append(Found(best, reply.record.decision == "answer"))
    return Run(built.since(started), updated.since(edited), tuple(found))


def run_selector_on(exam: Exam, folder: Path, settings: Settings, limit: int) -> Run:
    """Rasa's ResponseSelector with its default threshold, as far as it gets. Raises OutOfTime."""
    run = run_selector(exam.entries, _texts(exam), folder, settings.rasa_python, limit)
    return Run(
        Spent(run.build_seconds, run.processor_seconds),
        None,
        tuple(Found(c.entry, c.confidence >= THRESHOLD) for c in run.choices),
        "" if run.epochs == EPOCHS else f", {run.epochs} of {EPOCHS} epochs",
    )


def run_bm25(exam: Exam, dictionary: str) -> Run:
    """The entry of the best line; answered from the score on that 3 % of the other off-topic half reach."""
    words = Words(dictionary)
    words.load()
    started = Spent.now()
    pairs = [(normalize(text), row) for row, entry in enumerate(exam.entries) for text in entry.questions]
    index = WordIndex.build(words, [text for text, _ in pairs])
    spent = Spent.now().since(started)

    def best(text: str) -> tuple[float, str]:
        scores = index.scores(normalize(text))
        line = int(scores.argmax())
        return float(scores[line]), exam.entries[pairs[line][1]].id

    threshold = float(np.quantile([best(text)[0] for text in exam.taught], 1 - MAX_OFF_TOPIC_ANSWERED))
    answers = [best(text) for text in _texts(exam)]
    return Run(spent, None, tuple(Found(entry, score > threshold) for score, entry in answers))


def row(name: str, exam: Exam, run: Run) -> str:
    """A row of the table."""
    inside, outside = run.found[: len(exam.asked)], run.found[len(exam.asked) :]
    right = [found.entry == question.expected for found, question in zip(inside, exam.asked, strict=True)]
    answered = [found.answered for found in inside]
    cells = [
        name + run.note,
        str(run.build),
        "–" if run.update is None else str(run.update),
        share(right),
        share(answered),
        share([hit for hit, told in zip(right, answered, strict=True) if told]),
        share([found.answered for found in outside]),
    ]
    return f"| {len(exam.entries)} | {' | '.join(cells)} |"


def share(values: Sequence[bool]) -> str:
    """`.912 (.89–.93)`."""
    n = len(values)
    found = sum(values) / n if n else 0.0
    low, high = wilson(found, n)
    return f"{found:.3f} ({low:.2f}–{high:.2f})"


def measure(exam: Exam, parties: Sequence[str], settings: Settings, folder: Path, limit: int) -> None:
    """Print the rows of one exam."""
    folder.mkdir(parents=True)
    # As `bot faq build` does: many texts at once on every core.
    encoder = load_encoder(settings.models, threads=os.cpu_count() or 1)
    systems: dict[str, tuple[str, Callable[[], Run]]] = {
        "ours": ("this project", lambda: run_index(exam, folder / "ours", settings, encoder)),
        "bm25": ("BM25", lambda: run_bm25(exam, Sources.beside(settings.faq).dictionary())),
        "rasa": (
            "Rasa's ResponseSelector",
            lambda: run_selector_on(exam, folder / "rasa", settings, limit),
        ),
    }
    for party in parties:
        name, run = systems[party]
        try:
            print(row(name, exam, run()), flush=True)
        except OutOfTime:
            line = f"no epoch within {limit} s of processor time"
            print(f"| {len(exam.entries)} | {name} | {line} | – | – | – | – | – |", flush=True)


def compare(
    settings: Settings,
    folder: Path,
    sizes: Sequence[int] = SIZES,
    parties: Sequence[str] = ("ours", "bm25", "rasa"),
    pairs: Path | None = None,
    limit: int = LIMIT_SECONDS,
) -> None:
    """Measure and print everything; `limit` is the seconds of processor time that a training may take."""
    shop = load_entries(settings.faq)
    off_topic = load_off_topic(Sources.beside(settings.faq).off_topic)
    groups = read_groups(pairs) if pairs else None
    exams = [enlarged(shop, groups, off_topic, size, QUESTIONS) for size in sizes]
    for exam in exams:
        print(
            f"{len(exam.entries)} entries, {exam.origin}: {exam.lines} lines, "
            f"{len(exam.asked)} questions, {len(exam.off_topic)} off-topic ones"
        )
    print(
        "\n| entries | system | build | one line | hit@1 | answered | right of the answered "
        "| off topic answered |\n|---|---|---|---|---|---|---|---|",
        flush=True,
    )
    for exam in exams:
        measure(exam, parties, settings, folder / str(len(exam.entries)), limit)


def _texts(exam: Exam) -> list[str]:
    return [*(question.text for question in exam.asked), *exam.off_topic]


def _write_entries(exam: Exam, folder: Path) -> None:
    write_topics(folder / "data" / "faq", [Topic("all", "全部", exam.entries)])


def _write_sources(exam: Exam, folder: Path, dictionary: str) -> Sources:
    """The layout of data/ in `folder`."""
    sources = Sources.beside(folder / "data" / "faq")
    sources.entries.mkdir(parents=True)
    _write_entries(exam, folder)
    sources.off_topic.write_text("\n".join(exam.taught) + "\n", "utf-8")
    sources.words.parent.mkdir()
    sources.words.write_text(dictionary, "utf-8")
    return sources


def _go_live(sources: Sources, folder: Path, encoder: Encoder, target: float, words: Words) -> Understanding:
    models = folder / "models"
    release = build_release(sources, models, encoder, target, _tell)
    current = serving(models)
    publish(models, release.name, seen=current.release if current else None, by="benchmark")
    return Understanding.of(load_release(release, encoder, words=words), Sounds.load())


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument(
        "--systems", nargs="+", choices=("ours", "bm25", "rasa"), default=("ours", "bm25", "rasa")
    )
    parser.add_argument(
        "--limit", type=int, default=LIMIT_SECONDS, help="seconds of processor time for a training"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        compare(Settings(), Path(name), arguments.sizes, arguments.systems, arguments.pairs, arguments.limit)


if __name__ == "__main__":
    main()
