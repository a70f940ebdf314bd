"""Scores from shared words and characters, beside the encoder's: exact names, numbers and rare words."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.faq.terms import TermCounts

Scores = NDArray[np.float32]

K1 = 1.2
B = 0.75


class Words:
    """Words of a Chinese text by jieba, with the shop's own words (`shop_words.txt`, jieba's format).

    Text is lower-cased; marks and blanks are no words.
    """

    def __init__(self, dictionary: str = "") -> None:
        self.dictionary = dictionary
        self._tokenizer: Any = None
        self._known: dict[str, list[str]] = {}

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

    def keep(self, texts: Iterable[str]) -> None:
        """Split these texts once and for all: a calibration asks for each of them many times."""
        for text in texts:
            self._known[text] = self(text)

    def learn(self, known: Mapping[str, list[str]]) -> None:
        """Take over how texts were split by words of the same dictionary."""
        self._known.update(known)

    def __call__(self, text: str) -> list[str]:
        """The words in order, repeated ones too."""
        if text in self._known:
            return self._known[text]
        self.load()
        return [word for word in self._tokenizer.cut(text.lower()) if any(map(str.isalnum, word))]

    def frequency(self, word: str) -> int:
        """How often the word stands in the large corpus that jieba's dictionary was counted in; 0: never."""
        self.load()
        return self._tokenizer.FREQ.get(word) or 0


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

    @classmethod
    def of(cls, table: TermCounts, idf: Scores, columns: Any, weights: Scores) -> Postings:
        """`columns` are the counts by term (SciPy's CSC), `weights` what stands there instead of counts."""
        return cls(
            vocabulary={term: number for number, term in enumerate(table.terms)},
            idf=idf,
            starts=columns.indptr.astype(np.int64),
            rows=columns.indices.astype(np.int32),
            weights=weights,
            lines=len(table),
        )

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


class WordIndex:
    """BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75) over the words of the lines."""

    def __init__(self, words: Words, postings: Postings) -> None:
        self.words = words
        self.postings = postings

    @classmethod
    def build(cls, words: Words, lines: Sequence[str]) -> WordIndex:
        """Index `lines`; about 0.1 ms a line."""
        return cls.over(words, TermCounts.of(lines, words))

    @classmethod
    def over(cls, words: Words, table: TermCounts) -> WordIndex:
        """Index lines whose words are counted already."""
        table, frequency = table.held()
        columns = table.counts.tocsc()
        n = len(table)
        lengths = np.bincount(columns.indices, columns.data, n)
        penalty = K1 * (1 - B + B * lengths / (lengths.mean() if lengths.any() else 1.0))
        idf = np.log1p((n - frequency + 0.5) / (frequency + 0.5))
        often = columns.data
        weights = np.repeat(idf, frequency) * often * (K1 + 1) / (often + penalty[columns.indices])
        return cls(words, Postings.of(table, idf.astype(np.float32), columns, weights.astype(np.float32)))

    def scores(self, question: str) -> Scores:
        """BM25 of every line, at least 0, shape [lines]."""
        return self.postings.add_up(dict.fromkeys(self.words(question), 1.0))

    def coverage(self, question: str) -> Scores:
        """How much of the question's BM25 weight each line covers, shape [lines], 0..1 for short lines.

        Words that no line holds count against all.
        """
        idf, vocabulary = self.postings.idf, self.postings.vocabulary
        terms = set(self.words(question))
        known = [vocabulary[term] for term in terms if term in vocabulary]
        unknown = (len(terms) - len(known)) * math.log1p((self.postings.lines + 0.5) / 0.5)
        total = unknown + float(idf[known].sum())
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
        return cls.over(TermCounts.of(lines, character_grams))

    @classmethod
    def over(cls, table: TermCounts) -> CharacterIndex:
        """Index lines whose n-grams are counted already."""
        table, frequency = table.held()
        columns = table.counts.tocsc()
        idf = np.log((1 + len(table)) / (1 + frequency)) + 1
        raw = np.repeat(idf, frequency) * columns.data
        lengths = np.sqrt(np.bincount(columns.indices, raw * raw, len(table)))
        weights = raw / lengths[columns.indices]
        return cls(Postings.of(table, idf.astype(np.float32), columns, weights.astype(np.float32)))

    def scores(self, question: str) -> Scores:
        """Cosine of every line, 0..1, shape [lines]; grams that no line holds make it smaller."""
        count = Counter(character_grams(question))
        idf, vocabulary = self.postings.idf, self.postings.vocabulary
        raw = {
            t: f * (float(idf[vocabulary[t]]) if t in vocabulary else self._unseen) for t, f in count.items()
        }
        length = math.sqrt(sum(w * w for w in raw.values())) or 1.0
        return self.postings.add_up({t: w / length for t, w in raw.items()})
