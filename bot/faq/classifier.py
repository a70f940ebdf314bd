"""A linear model on centred sentence vectors: which entry a question means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Vectors

INVERSE_PENALTY = 10.0
MIN_LINES_PER_ENTRY = 2.5
MAX_WEIGHTS_TIMES_LINES = 1.2e7
# Of the weights tried in cross-validation the best one, by a little.
MIDDLE_WEIGHT = 0.7
KEPT_VARIANCE = 0.99
CURVATURE = 0.05  # mean of p(1 - p) in the softmax near its optimum, times the number of classes


def centre(vectors: Vectors, mean: Vectors) -> Vectors:
    """Vectors minus `mean`, of length 1 again.

    Sentence encoders put every text into a narrow cone (cosines .85 to .99); without the common part
    the differences count, and a linear model learns from them at once.
    """
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=-1, keepdims=True)
    centred: Vectors = (moved / np.maximum(lengths, 1e-9)).astype(np.float32)
    return centred


def joined(texts: EncodedTexts) -> Vectors:
    """Both layers side by side, shape [texts, d + m]."""
    return np.concatenate([texts.final, texts.middle], axis=1)


def centred_layers(texts: EncodedTexts, mean: Vectors, middle_weight: float = 1.0) -> Vectors:
    """Both layers side by side without their `mean`, of length 1 and `middle_weight`."""
    final = texts.final.shape[1]
    parts = [centre(texts.final, mean[:final]), middle_weight * centre(texts.middle, mean[final:])]
    return np.concatenate(parts, axis=1)


@dataclass(frozen=True)
class LinearModel:
    """`weights` of shape [classes, dimension] and `bias` of shape [classes]."""

    weights: Vectors
    bias: Vectors

    def logits(self, vectors: Vectors) -> Vectors:
        """Shape [..., classes]; natural-log odds up to a constant a row."""
        found: Vectors = vectors @ self.weights.T + self.bias
        return found


@dataclass(frozen=True)
class EntryClassifier:
    """Softmax regression from a question's vectors to entries; `mean` is that of both layers of the lines.

    It weighs all lines of an entry against all others, which the nearest line cannot: +9 points of hit@1
    on held-out similar questions of the shop, the middle layer another point.
    """

    mean: Vectors
    model: LinearModel

    @classmethod
    def fit(
        cls,
        lines: EncodedTexts,
        entries: NDArray[np.int64],
        count: int,
        start: EntryClassifier | None = None,
    ) -> EntryClassifier | None:
        """Fit, or None where it would not pay.

        It needs several lines an entry, and its cost grows with entries times lines. The optimum does
        not depend on where the search begins, but a `start` near it is several times faster.
        """
        few = len(lines) < MIN_LINES_PER_ENTRY * count or count < 2
        if few or len(lines) * count > MAX_WEIGHTS_TIMES_LINES:
            return None
        mean = joined(lines).mean(0, dtype=np.float64).astype(np.float32)
        vectors = centred_layers(lines, mean, MIDDLE_WEIGHT)
        return cls(mean, _fit(vectors, entries, count, start.model if start else None))

    def log_probabilities(self, questions: EncodedTexts) -> Vectors:
        """Shape [questions, entries]."""
        logits = self.model.logits(centred_layers(questions, self.mean, MIDDLE_WEIGHT))
        shifted = logits - logits.max(1, keepdims=True)
        found: Vectors = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        return found

    def arranged(self, rows: Sequence[int | None]) -> EntryClassifier:
        """The classifier of entries in another order; None stands for one that it does not know."""
        known = np.array([row is not None for row in rows])
        chosen = np.array([row or 0 for row in rows])
        weights = np.where(known[:, None], self.model.weights[chosen], 0)
        bias = np.where(known, self.model.bias[chosen], 0)
        return EntryClassifier(self.mean, LinearModel(weights, bias))

    def save(self, folder: Path) -> None:
        """Write `entry_classifier.npz`."""
        path = folder / "entry_classifier.npz"
        np.savez(path, mean=self.mean, weights=self.model.weights, bias=self.model.bias)

    @classmethod
    def load(cls, folder: Path) -> EntryClassifier | None:
        """The saved classifier, or None when this release has none."""
        path = folder / "entry_classifier.npz"
        if not path.exists():
            return None
        with np.load(path) as arrays:
            return cls(arrays["mean"], LinearModel(arrays["weights"], arrays["bias"]))


def _fit(vectors: Vectors, labels: NDArray[np.int64], classes: int, start: LinearModel | None) -> LinearModel:
    """L-BFGS on the leading directions of the vectors, each scaled by its curvature.

    The directions that hold 99 % of the variance predict held-out lines of the shop as well as all of
    them do (negative log likelihood .773 and .774), at two thirds of the cost; the scaling saves steps.
    """
    from scipy.optimize import minimize

    spectrum, directions = np.linalg.eigh(vectors.T @ vectors)
    spectrum, directions = np.maximum(spectrum[::-1], 0), directions[:, ::-1]
    kept = int(np.searchsorted(np.cumsum(spectrum), KEPT_VARIANCE * spectrum.sum())) + 1
    penalty = 1 / (INVERSE_PENALTY * CURVATURE * spectrum[:kept] / classes + 1)
    basis = directions[:, :kept] * np.sqrt(INVERSE_PENALTY * penalty)
    x = np.ascontiguousarray(vectors @ basis, np.float32)
    rows = np.arange(len(x))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w = flat[: classes * kept].reshape(classes, kept).astype(np.float32)
        shares = x @ w.T + flat[classes * kept :].astype(np.float32)
        shares -= shares.max(1, keepdims=True)
        picked = shares[rows, labels]
        np.exp(shares, out=shares)
        total = shares.sum(1, keepdims=True)
        shares /= total
        likelihood = float((picked - np.log(total[:, 0])).sum(dtype=np.float64))
        shares[rows, labels] -= 1
        pull = w * penalty
        gradient = np.concatenate([(shares.T @ x + pull).ravel(), shares.sum(0)]).astype(np.float64)
        return float((w * pull).sum(dtype=np.float64)) / 2 - likelihood, gradient

    first = np.zeros(classes * (kept + 1))
    if start is not None:
        scale = INVERSE_PENALTY * penalty  # the squared length of the basis' columns
        first = np.concatenate([(start.weights @ (basis / scale)).ravel(), start.bias]).astype(np.float64)
    # Below this relative gain the sums' own rounding leads the search astray.
    options = {"maxiter": 60, "maxcor": 10, "ftol": 1e-5}
    best = minimize(loss, first, jac=True, method="L-BFGS-B", options=options).x
    weights = best[: classes * kept].reshape(classes, kept) @ basis.T
    return LinearModel(weights.astype(np.float32), best[classes * kept :].astype(np.float32))
