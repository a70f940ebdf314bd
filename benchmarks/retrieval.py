"""Retrieval alone, on sentence pairs as an FAQ: python -m benchmarks.retrieval PAIRS.

PAIRS holds one pair a line, `sentence<TAB>sentence<TAB>label`, label 1: same meaning. Sentences joined
by a label 1 form an entry. One sentence of each entry with two or more is held out, the rest are
indexed, and held-out sentences are asked. Prints hit@1, hit@3 and MRR@10 with bootstrap intervals.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import load_encoder
from bot.faq.lexical import CharacterIndex, WordIndex, Words
from bot.faq.normalize import normalize
from bot.faq.off_topic import load_off_topic
from bot.faq.prior import Prior
from bot.faq.retriever import Retriever

BOOTSTRAPS = 2000


def read_groups(path: Path) -> list[list[str]]:
    """Sentences of the same meaning, in the order of the file."""
    parent: dict[str, str] = {}

    def root(sentence: str) -> str:
        parent.setdefault(sentence, sentence)
        while parent[sentence] != sentence:
            parent[sentence] = parent[parent[sentence]]
            sentence = parent[sentence]
        return sentence

    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            first, second, label = line.split("\t")
            a, b = root(first), root(second)
            if label.strip() == "1":
                parent[a] = b
    groups: dict[str, list[str]] = defaultdict(list)
    for sentence in list(parent):
        groups[root(sentence)].append(sentence)
    return list(groups.values())


def rank_of(scores: NDArray[np.float32], entry_of_line: NDArray[np.int64], right: int) -> int:
    """Rank of the right entry when entries are ordered by their best line, from 1."""
    best = scores[entry_of_line == right].max()
    return len(np.unique(entry_of_line[scores > best])) + 1


def report(name: str, ranks: list[int]) -> None:
    """Print one row of the table."""
    values = np.array(ranks, float)
    rng = np.random.default_rng(0)
    samples = values[rng.integers(len(values), size=(BOOTSTRAPS, len(values)))]
    cells = []
    for gain in (lambda r: r == 1, lambda r: r <= 3, lambda r: np.where(r <= 10, 1 / r, 0)):
        low, high = np.quantile(gain(samples).mean(-1), [0.025, 0.975])
        cells.append(f"{gain(values).mean():.3f} ({low:.3f}–{high:.3f})")
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--questions", type=int, default=1500)
    arguments = parser.parse_args()
    encoder = load_encoder(Path("models"), threads=2)
    groups = read_groups(arguments.pairs)
    rng = np.random.default_rng(0)
    lines, entries, asked = [], [], []
    for entry, group in enumerate(groups):
        held = int(rng.integers(len(group))) if len(group) > 1 else -1
        for number, sentence in enumerate(group):
            if number == held:
                asked.append((normalize(sentence), entry))
            else:
                lines.append(normalize(sentence))
                entries.append(entry)
    asked = [asked[i] for i in rng.permutation(len(asked))[: arguments.questions]]
    entry_of_line = np.array(entries, np.int64)
    words = Words()
    encoded = EncodedTexts.encode(encoder, lines)
    questions = EncodedTexts.encode(encoder, [text for text, _ in asked])
    print(f"{len(lines)} lines, {len(groups)} entries, {len(asked)} questions\n")
    print("| method | hit@1 | hit@3 | MRR@10 |\n|---|---|---|---|")
    word_index, character_index = WordIndex.build(words, lines), CharacterIndex.build(lines)
    dense = questions.final @ encoded.final.T
    methods: dict[str, Callable[[int], NDArray[np.float32]]] = {
        "BM25 over jieba": lambda i: word_index.scores(asked[i][0]),
        "character n-grams": lambda i: character_index.scores(asked[i][0]),
        "dense": lambda i: dense[i],
    }
    for name, scores in methods.items():
        report(name, [rank_of(scores(i), entry_of_line, right) for i, (_, right) in enumerate(asked)])
    off_topic = EncodedTexts.encode(encoder, load_off_topic(Path("data/off_topic.txt")))
    no_answers = np.zeros((len(groups), encoder.dimension), np.float32)
    retriever = Retriever.build(
        encoded, entry_of_line, no_answers, off_topic, words, Prior.load(with_answers=False).fusion
    )
    ranks = []
    for i, (_, right) in enumerate(asked):
        found = [scored.entry for scored in retriever.rank(questions.row(i)).entries]
        ranks.append(found.index(right) + 1 if right in found else len(groups))
    report("this retriever", ranks)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
