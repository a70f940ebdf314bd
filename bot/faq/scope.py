"""Whether a question resembles what the FAQ is asked, against what customers ask beside it."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.faq.classifier import centred_layers, joined
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Vectors
from bot.faq.lexical import character_grams
from bot.faq.terms import TermCounts

INVERSE_PENALTY = 10.0
GRAM_SCALE = 1.5
MIN_TEXTS = 30
MIN_GRAM_TEXTS = 2


@dataclass(frozen=True)
class ScopeModel:
    """Logistic regression on the encoder's last and middle layer and on character n-grams.

    Held-out AUROC on the shop's lines against the off-topic bank: last layer .92, middle layer .95,
    n-grams .92, all three .97. `mean` and `weights` have one number a component of both layers joined;
    `gram_idf` and `gram_weights` share their keys.
    """

    mean: Vectors
    weights: Vectors
    bias: float
    gram_idf: dict[str, float]
    gram_weights: dict[str, float]

    @classmethod
    def fit(cls, lines: EncodedTexts, off_topic: EncodedTexts, grams: TermCounts) -> ScopeModel | None:
        """Fit with the same weight for both kinds; about 0.5 s for 3,000 texts.

        `grams` are the character n-grams of `lines` and then of `off_topic`. None with fewer than 30
        texts of either.
        """
        if min(len(lines), len(off_topic)) < MIN_TEXTS:
            return None
        texts = EncodedTexts.join([lines, off_topic])
        layers = joined(texts)
        mean = layers.mean(0, dtype=np.float64).astype(np.float32)
        kept, frequency = grams.held(MIN_GRAM_TEXTS)
        idf = np.round(np.log((1 + len(grams)) / (1 + frequency)) + 1, 4)
        labels = np.repeat([1.0, 0.0], [len(lines), len(off_topic)])
        dense, sparse, bias = _fit(centred_layers(texts, mean), _gram_matrix(kept, idf), labels)
        return cls(
            mean,
            dense.astype(np.float32),
            bias,
            dict(zip(kept.terms, idf.tolist(), strict=True)),
            dict(zip(kept.terms, np.round(sparse, 4).tolist(), strict=True)),
        )

    def log_odds(self, questions: EncodedTexts) -> list[float]:
        """Log odds that each question is in scope, at even shares of both kinds."""
        dense = centred_layers(questions, self.mean) @ self.weights + self.bias
        return [
            odds + self._gram_odds(text) for odds, text in zip(dense.tolist(), questions.texts, strict=True)
        ]

    def _gram_odds(self, text: str) -> float:
        values = _gram_values(Counter(character_grams(text)), self.gram_idf)
        return sum(value * self.gram_weights[gram] for gram, value in values.items())

    def save(self, folder: Path) -> None:
        """Write `scope.npz` and `scope.json`."""
        np.savez(folder / "scope.npz", mean=self.mean, weights=self.weights)
        content = {
            "bias": self.bias,
            "gram_idf": self.gram_idf,
            "gram_weights": self.gram_weights,
        }
        (folder / "scope.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> ScopeModel | None:
        """The saved model, or None when this release has none."""
        if not (folder / "scope.json").exists():
            return None
        with np.load(folder / "scope.npz") as arrays:
            return cls(
                arrays["mean"], arrays["weights"], **json.loads((folder / "scope.json").read_text("utf-8"))
            )


def _fit(
    layers: Vectors, grams: Any, labels: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Weights of both parts and the bias of a logistic regression in which both labels weigh the same.

    Its own loss: one matrix of both parts, as scikit-learn wants it, takes longer to make than to fit.
    """
    from scipy.optimize import minimize

    n, dimension = layers.shape
    weights = n / (2 * np.where(labels > 0, labels.sum(), n - labels.sum()))
    columns = grams.T.tocsr()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        dense, sparse, bias = flat[:dimension], flat[dimension:-1], flat[-1]
        odds = layers @ dense.astype(np.float32) + grams @ sparse + bias
        value = (weights * (np.logaddexp(0, odds) - labels * odds)).sum()
        error = weights * (1 / (1 + np.exp(-odds)) - labels)
        pull = flat[:-1] / INVERSE_PENALTY
        gradient = np.concatenate([error.astype(np.float32) @ layers, columns @ error]) + pull
        return float(value) + float(pull @ flat[:-1]) / 2, np.append(gradient, error.sum())

    start = np.zeros(dimension + grams.shape[1] + 1)
    options = {"maxiter": 300, "ftol": 1e-7}
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    return best[:dimension], best[dimension:-1], float(best[-1])


def _gram_matrix(grams: TermCounts, idf: NDArray[np.float64]) -> Any:
    """`_gram_values` of every text, as a sparse matrix of shape [texts, n-grams]."""
    found = grams.counts.copy()
    rows = np.repeat(np.arange(len(grams)), np.diff(found.indptr))
    raw = (1 + np.log(found.data)) * idf[found.indices]
    lengths = np.sqrt(np.bincount(rows, raw * raw, len(grams)))
    found.data = GRAM_SCALE * raw / lengths[rows]
    return found


def _gram_values(count: Counter[str], idf: dict[str, float]) -> dict[str, float]:
    """Sublinear tf-idf of the known n-grams, of length `GRAM_SCALE`."""
    raw = {gram: (1 + math.log(f)) * idf[gram] for gram, f in count.items() if gram in idf}
    length = math.sqrt(sum(v * v for v in raw.values())) or 1.0
    return {gram: GRAM_SCALE * v / length for gram, v in raw.items()}
