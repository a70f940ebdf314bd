"""Scores from shared words and characters, beside the encoder's: exact names, numbers and rare words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Terms = Callable[[str], list[str]]

K1 = 1.2
B = 0.75


class Words:
    """Words of a Chinese text by jieba, with the shop's own words (`shop_words.txt`, jieba's format).

    Text is lower-cased; marks and blanks are no words.
    """

    def __init__(self, dictionary: str = "") -> None:
        self.dictionary = dictionary
        self._tokenizer: Any = None

    def load(self) -> None:
        """Read jieba's own dictionary and the shop's words, about 1 s; happens once."""
        if self._tokenizer is not None:
            return
        import logging

        import jieba

        jieba.setLogLevel(logging.WARNING)
        tokenizer = jieba.Tokenizer()
        tokenizer.initialize()
        for line in self.dictionary.splitlines():
            word, *rest = line.split()[:3] or [""]
            if word and not word.startswith("#"):
                tokenizer.add_word(word.lower(), int(rest[0]) if rest and rest[0].isdigit() else None)
        self._tokenizer = tokenizer

    def __call__(self, text: str) -> list[str]:
        """The words in order, repeated ones too."""
        self.load()
        return [word for word in self._tokenizer.cut(text.lower()) if any(map(str.isalnum, word))]


def character_grams(text: str) -> list[str]:
    """All runs of one to three letters, digits or ideographs; marks and blanks end a run."""
    kept = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return [run[i : i + n] for run in kept for n in (1, 2, 3) for i in range(len(run) - n + 1)]


@dataclass(frozen=True)
class Postings:
    """Weights of terms in lines, by term: term t stands in `rows[starts[t]:starts[t + 1]]`.

    `idf` has one value a term. Scoring adds up the postings of the question's terms, so it costs what
    these terms' lines cost, not the size of the index.
    """

    vocabulary: dict[str, int]
    idf: Scores
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: Scores
    lines: int

    def add_up(self, weighted: Mapping[str, float]) -> Scores:
        """Sum of weight × posting for each line, shape [lines]."""
        total = np.zeros(self.lines, np.float32)
        for term, weight in weighted.items():
            number = self.vocabulary.get(term)
            if number is not None:
                span = slice(self.starts[number], self.starts[number + 1])
                # A term stands at most once in a line's postings, so plain indexing adds rightly.
                total[self.rows[span]] += weight * self.weights[span]
        return total

    def save(self, folder: Path, name: str) -> None:
        """Write `<name>.npz` and `<name>.json`."""
        np.savez(
            folder / f"{name}.npz", idf=self.idf, starts=self.starts, rows=self.rows, weights=self.weights
        )
        content = {"lines": self.lines, "terms": list(self.vocabulary)}
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path, name: str) -> Postings:
        """The inverse of `save`."""
        content = json.loads((folder / f"{name}.json").read_text("utf-8"))
        with np.load(folder / f"{name}.npz") as arrays:
            vocabulary = {term: number for number, term in enumerate(content["terms"])}
            parts = (arrays["idf"], arrays["starts"], arrays["rows"], arrays["weights"])
            return cls(vocabulary, *parts, content["lines"])


def _postings(
    counts: Sequence[Counter[str]],
    idf: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    weigh: Callable[[Counter[str], dict[str, float]], dict[str, float]],
) -> Postings:
    document_frequency: Counter[str] = Counter()
    for count in counts:
        document_frequency.update(count.keys())
    terms = list(document_frequency)
    values = idf(np.array([document_frequency[t] for t in terms], np.float64))
    by_term = dict(zip(terms, values.tolist(), strict=True))
    lists: dict[str, list[tuple[int, float]]] = {term: [] for term in terms}
    for row, count in enumerate(counts):
        for term, weight in weigh(count, by_term).items():
            lists[term].append((row, weight))
    lengths = [len(lists[term]) for term in terms]
    flat = [pair for term in terms for pair in lists[term]]
    return Postings(
        vocabulary={term: number for number, term in enumerate(terms)},
        idf=values.astype(np.float32),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        rows=np.array([row for row, _ in flat], np.int32),
        weights=np.array([weight for _, weight in flat], np.float32),
        lines=len(counts),
    )


class WordIndex:
    """BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75) over the words of the lines."""

    def __init__(self, words: Words, postings: Postings) -> None:
        self.words = words
        self.postings = postings

    @classmethod
    def build(cls, words: Words, lines: Sequence[str]) -> WordIndex:
        """Index `lines`; about 0.1 ms a line."""
        counts = [Counter(words(line)) for line in lines]
        n = len(lines)
        mean = sum(sum(count.values()) for count in counts) / max(n, 1) or 1.0

        def idf(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.log1p((n - frequency + 0.5) / (frequency + 0.5))

        def weigh(count: Counter[str], by_term: dict[str, float]) -> dict[str, float]:
            penalty = K1 * (1 - B + B * sum(count.values()) / mean)
            return {t: by_term[t] * f * (K1 + 1) / (f + penalty) for t, f in count.items()}

        return cls(words, _postings(counts, idf, weigh))

    def scores(self, question: str) -> Scores:
        """BM25 of every line, at least 0, shape [lines]."""
        return self.postings.add_up(dict.fromkeys(self.words(question), 1.0))

    def coverage(self, question: str) -> Scores:
        """How much of the question's BM25 weight each line covers, shape [lines], 0..1 for short lines.

        Words that no line holds count against all.
        """
        idf, vocabulary = self.postings.idf, self.postings.vocabulary
        terms = set(self.words(question))
        unknown = len(terms - vocabulary.keys()) * float(np.log1p((self.postings.lines + 0.5) / 0.5))
        total = unknown + sum(float(idf[vocabulary[t]]) for t in terms & vocabulary.keys())
        covered: Scores = self.scores(question) / np.float32((total or 1.0) * (K1 + 1))
        return covered


class CharacterIndex:
    """Cosine of tf-idf vectors over character 1- to 3-grams: typing errors and unknown words."""

    def __init__(self, postings: Postings) -> None:
        self.postings = postings
        self._unseen = float(np.log1p(postings.lines) + 1)

    @classmethod
    def build(cls, lines: Sequence[str]) -> CharacterIndex:
        """Index `lines`; about 0.1 ms a line."""
        n = len(lines)

        def idf(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.log((1 + n) / (1 + frequency)) + 1

        def weigh(count: Counter[str], by_term: dict[str, float]) -> dict[str, float]:
            raw = {t: f * by_term[t] for t, f in count.items()}
            length = float(np.sqrt(sum(w * w for w in raw.values()))) or 1.0
            return {t: w / length for t, w in raw.items()}

        return cls(_postings([Counter(character_grams(line)) for line in lines], idf, weigh))

    def scores(self, question: str) -> Scores:
        """Cosine of every line, 0..1, shape [lines]; grams that no line holds make it smaller."""
        count = Counter(character_grams(question))
        idf, vocabulary = self.postings.idf, self.postings.vocabulary
        raw = {
            t: f * (float(idf[vocabulary[t]]) if t in vocabulary else self._unseen) for t, f in count.items()
        }
        length = float(np.sqrt(sum(w * w for w in raw.values()))) or 1.0
        return self.postings.add_up({t: w / length for t, w in raw.items()})
