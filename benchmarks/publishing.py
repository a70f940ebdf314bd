"""From a changed line to the new answer in a running service: python -m benchmarks.publishing.

The FAQ asks the shop's questions of many products, each with a name of its own, three questions an entry.
Vectors come from characters, in the default encoder's size: only changed lines are encoded, at 4 ms each, so
the encoder is not what takes the time. The first build fits everything; then one answer is changed, built,
judged by the golden questions and published, while a service watches the pointer. Some minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bot.faq.build import build_release
from bot.faq.encoder import HashEncoder, Vectors
from bot.faq.gate import examine_release
from bot.faq.golden import check_golden, load_golden
from bot.faq.lint import LintPolicy
from bot.faq.publication import publish
from bot.faq.release import Sources, load_release
from bot.faq.sounds import Sounds
from bot.faq.topic_file import load_entries
from bot.faq.understanding import Understanding
from bot.published import PublishedFaq

SIZES = (1000, 20_000)
ENTRIES_A_FILE = 500
QUESTIONS = 3
TARGET = 0.2
SYLLABLES = "云杉松柏青岚星河远山明月清泉白鹿长风安宁半夏初雪南溪北辰东篱西窗"
KINDS = ("电饭煲", "台灯", "背包", "雨伞", "耳机", "水杯", "毛毯", "书架", "风扇", "手表")


class CharacterEncoder(HashEncoder):
    """Sums of a random vector for each character, of the default encoder's size, 15 µs a text."""

    def __init__(self) -> None:
        super().__init__(384)
        self._table = np.random.default_rng(0).standard_normal((4096, 384), np.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Texts that share characters get similar vectors."""
        codes = ([ord(character) % 4096 for character in text or " "] for text in texts)
        found = np.stack([self._table[code].sum(0) for code in codes])
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    def encode_middle(self, texts: Sequence[str]) -> Vectors:
        """As the last layer."""
        return self.encode(texts)


def products(count: int) -> list[str]:
    """Names that differ, and share their parts."""
    marks = itertools.permutations(SYLLABLES, 2)
    return [
        f"{''.join(mark)}{kind}" for mark, kind in itertools.islice(itertools.product(marks, KINDS), count)
    ]


def write_faq(folder: Path, count: int) -> Sources:
    """An FAQ of so many entries in the layout of data/."""
    shop = [entry for entry in load_entries(Path("data/faq")) if len(entry.similar) >= QUESTIONS - 1]
    names = products(-(-count // len(shop)))
    (folder / "faq").mkdir(parents=True)
    for start in range(0, count, ENTRIES_A_FILE):
        topic = f"t{start // ENTRIES_A_FILE:03}"
        entries = []
        for number in range(start, min(count, start + ENTRIES_A_FILE)):
            entry, name = shop[number % len(shop)], names[number // len(shop)]
            texts = [f"{name}{text}" for text in (entry.question, *entry.similar[: QUESTIONS - 1])]
            answer = f"{name}：{entry.answer}"
            entries.append({"id": f"e{number}", "question": texts[0], "similar": texts[1:], "answer": answer})
        content = {"topic": topic, "title": topic, "entries": entries}
        path = folder / "faq" / f"{topic}.yml"
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    (folder / "off_topic.txt").write_bytes(Path("data/off_topic.txt").read_bytes())
    return Sources.beside(folder / "faq")


def change(sources: Sources) -> tuple[str, str]:
    """Give the first entry another answer; its id and the answer."""
    path = sources.entries / "t000.yml"
    content = json.loads(path.read_text("utf-8"))
    entry = content["entries"][0]
    entry["answer"] = "答案已更正，请以页面说明为准。"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    return entry["id"], entry["answer"]


async def seconds_to_answer(
    published: PublishedFaq, models: Path, name: str, entry: str, answer: str
) -> float:
    """Publish, and look at the entry that the service shows until its answer is the new one."""
    seen = published.release
    started = time.perf_counter()
    await asyncio.to_thread(publish, models, name, seen=seen, by="benchmark")
    while True:
        found = published.entry(entry)
        if found is not None and found.answer == answer:
            return time.perf_counter() - started
        await asyncio.sleep(0.02)


async def measure(folder: Path, count: int) -> str:
    """One row of the table."""
    encoder, models = CharacterEncoder(), folder / "models"
    sources = write_faq(folder / "data", count)
    marks = [time.perf_counter()]
    first = build_release(sources, models, encoder, TARGET, _silent)
    marks.append(time.perf_counter())
    publish(models, first.name, seen=None, by="benchmark")
    live = Understanding.of(load_release(first, encoder), Sounds.load())
    marks.append(time.perf_counter())
    published = PublishedFaq(live, models)
    watching = asyncio.create_task(published.watch())
    entry, answer = change(sources)
    candidate = await asyncio.to_thread(build_release, sources, models, encoder, TARGET, _silent)
    marks.append(time.perf_counter())
    words = live.responder.retriever.word_index.words
    draft = Understanding.of(load_release(candidate, encoder, words=words), live.sounds)
    golden = check_golden(draft, load_golden(Path("data/faq_golden.yml")))
    examine_release(models, candidate, golden, TARGET, LintPolicy(datetime.now(UTC).date()))
    marks.append(time.perf_counter())
    lasting = await seconds_to_answer(published, models, candidate.name, entry, answer)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    seconds = [*(after - before for before, after in itertools.pairwise(marks)), lasting]
    return f"| {count:,} | " + " | ".join(f"{value:.1f}" for value in seconds) + " |"


def _silent(line: str) -> None:
    """Tells nothing of a build."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.publishing", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="ENTRIES")
    sizes = parser.parse_args().sizes
    print(
        "| entries | first build s | start s | build, one answer changed s | gate s | publish to answer s |"
    )
    print("|---|---|---|---|---|---|", flush=True)
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="publishing-") as name:
            print(asyncio.run(measure(Path(name), size)), flush=True)


if __name__ == "__main__":
    main()
