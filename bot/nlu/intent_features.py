"""What intents are told from: sentence vectors, runs of characters and of words, as one row a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.grams import Columns, TfIdf, Values, grams

Matrix = NDArray[np.float32]

_NUMBER = re.compile(r"\d{4,}")
_SPACE = re.compile(r"\s\s+")
_REPEATED = re.compile(r"(\W)\1+")
# Longest n-grams of characters and of words.
_CHARACTERS, _WORDS = 3, 2


def character_form(text: str) -> str:
    """NFKC, lower case, long numbers and repeated marks folded, edges marked."""
    plain = unicodedata.normalize("NFKC", text).lower().strip()
    folded = _REPEATED.sub(r"\1", _NUMBER.sub("0", plain))
    return f"^{_SPACE.sub(' ', folded)}$"


@dataclass(frozen=True)
class Sentence:
    """What the model looks at: text, words, and vectors (`blocks`), float32 [layers, dimension]."""

    text: str
    words: tuple[str, ...]
    blocks: Matrix


@dataclass(frozen=True)
class FeatureWeights:
    """Lengths of the parts of a row: each vector block, the characters, the words.

    A run of characters or words counts if at least `least` training lines have it.
    """

    vectors: float = 3.2
    characters: float = 2.0
    words: float = 1.6
    least: int = 3

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value < 0:
                raise ValueError(f"{name} must be at least 0, got {value}")


@dataclass(frozen=True)
class Rows:
    """Sentences as rows: `dense`, float32 [n, layers x dimension], and `sparse`, a CSR matrix [n, grams]."""

    dense: Matrix
    sparse: Any

    def __getitem__(self, chosen: Any) -> Rows:
        return Rows(self.dense[chosen], self.sparse[chosen])


@dataclass(frozen=True)
class IntentFeatures:
    """Sentences to rows: standardised and normalised blocks, character and word tf-idf."""

    weights: FeatureWeights
    centre: Matrix
    spread: Matrix
    characters: TfIdf
    words: TfIdf

    @classmethod
    def fit(cls, sentences: Sequence[Sentence], weights: FeatureWeights) -> IntentFeatures:
        """Learn means, spreads and frequencies from the training sentences."""
        blocks = np.stack([sentence.blocks for sentence in sentences])
        return cls(
            weights,
            blocks.mean(axis=0),
            blocks.std(axis=0) + 1e-6,
            TfIdf.fit(map(_characters, sentences), weights.least),
            TfIdf.fit(map(_words, sentences), weights.least),
        )

    @property
    def columns(self) -> int:
        """The number of sparse columns."""
        return len(self.characters.idf) + len(self.words.idf)

    def row(self, sentence: Sentence) -> tuple[Matrix, Columns, Values]:
        """The dense part, float32 [layers x dimension], and columns and values of the sparse part."""
        blocks = (sentence.blocks - self.centre) / self.spread
        length = np.linalg.norm(blocks, axis=1, keepdims=True)
        dense = self.weights.vectors * (blocks / np.where(length > 0, length, 1)).reshape(-1)
        columns, values = self.characters.row(_characters(sentence))
        more_columns, more_values = self.words.row(_words(sentence))
        return (
            dense.astype(np.float32),
            np.concatenate([columns, more_columns + len(self.characters.idf)]),
            np.concatenate([self.weights.characters * values, self.weights.words * more_values]),
        )

    def rows(self, sentences: Iterable[Sentence]) -> Rows:
        """All sentences at once, for training."""
        from scipy.sparse import csr_matrix

        parts = [self.row(sentence) for sentence in sentences]
        ends = np.cumsum([0, *(len(columns) for _, columns, _ in parts)])
        values = np.concatenate([values for _, _, values in parts]).astype(np.float32)
        columns = np.concatenate([columns for _, columns, _ in parts])
        return Rows(
            np.stack([dense for dense, _, _ in parts]),
            csr_matrix((values, columns, ends), shape=(len(parts), self.columns)),
        )


def _characters(sentence: Sentence) -> Iterator[str]:
    return grams(character_form(sentence.text), _CHARACTERS, "")


def _words(sentence: Sentence) -> Iterator[str]:
    folded = " ".join(
        _NUMBER.sub("0", unicodedata.normalize("NFKC", word).lower())
        for word in sentence.words
        if word.strip()
    )
    return grams(folded.split(), _WORDS, " ")
