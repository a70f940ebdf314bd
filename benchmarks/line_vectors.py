"""Vectors as an FAQ of any size would have them, drawn around those of real lines.

Uniform vectors would not do: sentence vectors fill few of their directions and lie in clusters, and how
hard a graph search is depends on just that. So the shop's questions and the training texts for feelings
(about 11,000 lines) are encoded and centred as the retriever does it. A wish is drawn between a real line
and one of its nearest lines with another meaning, at a random part of the way (SMOTE, Chawla et al. 2002):
what a larger FAQ is asked lies among what there is. Each wish has five wordings. They lie around it in the
directions in which lines of the shop differ from the nearest line of their own entry (the covariance of
these differences), as far as such lines differ (a distance drawn from the real ones). A question is one
more wording of a wish: a fresh paraphrase that the index does not hold.

`Likeness` compares as many drawn lines as the shop has with these: they have the same intrinsic dimension
and median cosine of the nearest line. Drawing a whole entry with one covariance was tried and is too hard
(nearest lines at .47 instead of .70, twice the intrinsic dimension).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from bot.emotion.training import read_examples
from bot.faq.classifier import centre
from bot.faq.encoder import Encoder, Vectors
from bot.faq.fit import question_lines
from bot.faq.topic_file import load_entries

FAQ, TEXTS = Path("data/faq"), Path("data/emotion/training")
NEAR = 20
WORDINGS = 5
SAME_TEXT = 0.999
BLOCK = 100_000
INTRINSIC_NEIGHBOURS = 20


@dataclass(frozen=True)
class LineModel:
    """What is needed to draw lines.

    Real `points` of length 1, shape [n, d], of which the first `shop` are the shop's questions; the rows
    of `others` near each, shape [n, 20]; the factor of the covariance of paraphrases, `spread` of shape
    [d, d], and real `distances` between them.
    """

    points: Vectors
    shop: int
    others: NDArray[np.int64]
    spread: Vectors
    distances: Vectors

    @classmethod
    def of_project(cls, encoder: Encoder) -> LineModel:
        """Of the project's own FAQ and training texts; a minute of encoding."""
        pairs = question_lines(load_entries(FAQ))
        examples = (example for file in sorted(TEXTS.glob("*.jsonl")) for example in read_examples(file))
        texts = sorted({example.text for example in examples} - {text for text, _ in pairs})
        vectors = encoder.encode([*(text for text, _ in pairs), *texts])
        return cls.fit(centre(vectors, vectors.mean(0)), np.array([row for _, row in pairs]))

    @classmethod
    def fit(cls, points: Vectors, entries: NDArray[np.int64]) -> LineModel:
        """`entries` has the entry of each of the first points; the others have none."""
        shop, cosines = len(entries), points @ points.T
        np.fill_diagonal(cosines, -1)
        same = entries[:, None] == entries
        siblings = np.where(same, cosines[:shop, :shop], -1)
        off = points[:shop] - points[siblings.argmax(1)]
        off = off[siblings.max(1) < SAME_TEXT]
        distances = np.linalg.norm(off, axis=1)
        off /= distances[:, None]
        covariance = off.T @ off / len(off)
        spread = np.linalg.cholesky(covariance + 1e-6 * np.eye(len(covariance)))
        cosines[:shop, :shop][same] = -1
        others = np.argpartition(-cosines, NEAR, axis=1)[:, :NEAR]
        return cls(points, shop, others, spread.astype(np.float32), distances)

    def likeness(self, seed: int) -> tuple[Likeness, Likeness]:
        """Of the shop's lines, and of as many drawn ones."""
        drawn, _ = self.draw(self.shop, 1, seed)
        return Likeness.of(self.points[: self.shop]), Likeness.of(drawn)

    def draw(self, lines: int, questions: int, seed: int) -> tuple[Vectors, Vectors]:
        """Vectors of lines, [lines, d], and of questions to wishes among them, [questions, d]."""
        rng = np.random.default_rng(seed)
        found = np.empty((lines, self.points.shape[1]), np.float32)
        asked: list[Vectors] = []
        for start in range(0, lines, BLOCK):
            block = min(BLOCK, lines - start)
            wishes = self._wishes(-(-block // WORDINGS), rng)
            found[start : start + block] = self._wordings(np.repeat(wishes, WORDINGS, 0)[:block], rng)
            share = -(-questions * block // lines)
            asked.append(self._wordings(wishes[rng.integers(len(wishes), size=share)], rng))
        return found, rng.permutation(np.concatenate(asked))[:questions]

    def _wishes(self, count: int, rng: np.random.Generator) -> Vectors:
        here = rng.integers(len(self.points), size=count)
        there = self.others[here, rng.integers(self.others.shape[1], size=count)]
        part = rng.random((count, 1), np.float32)
        return _unit(self.points[here] + part * (self.points[there] - self.points[here]))

    def _wordings(self, wishes: Vectors, rng: np.random.Generator) -> Vectors:
        off = rng.standard_normal(wishes.shape, np.float32) @ self.spread.T
        return _unit(wishes + rng.choice(self.distances, len(wishes))[:, None] * off)


@dataclass(frozen=True)
class Likeness:
    """How lines lie to each other.

    Quantiles (.1, .5 and .9) of the cosine of the nearest other line, and the intrinsic dimension around a
    line (maximum likelihood, Levina and Bickel 2004, 20 neighbours).
    """

    nearest: tuple[float, float, float]
    dimension: float

    @classmethod
    def of(cls, lines: Vectors) -> Likeness:
        """Of all `lines`, shape [n, d]."""
        cosines, _ = faiss.knn(lines, lines, INTRINSIC_NEIGHBOURS + 1, faiss.METRIC_INNER_PRODUCT)
        distances = np.sqrt(np.maximum(2 - 2 * cosines[:, 1:].astype(np.float64), 1e-6))
        inverse = np.log(distances[:, -1:] / distances[:, :-1]).mean(1)
        low, middle, high = np.quantile(cosines[:, 1], (0.1, 0.5, 0.9)).tolist()
        return cls((low, middle, high), float(1 / inverse.mean()))

    def __str__(self) -> str:
        low, middle, high = self.nearest
        return f"nearest line {low:.2f}, {middle:.2f}, {high:.2f}; intrinsic dimension {self.dimension:.1f}"


def _unit(vectors: Vectors) -> Vectors:
    found: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return found
