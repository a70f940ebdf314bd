"""A linear map that draws the questions of an entry together and those of confusable entries apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.faq.encoder import Vectors
from bot.faq.neighbours import Neighbours

FILE = "adapter.npz"
SHARPNESS = 10.0
PENALTY = 0.01
STEPS = 15
BLOCK = 512


@dataclass(frozen=True)
class Adapter:
    """`weights` of shape [d, d], close to the identity, for centred vectors of the encoder's last layer."""

    weights: Vectors

    def apply(self, centred: Vectors) -> Vectors:
        """Mapped vectors of length 1, shape [n, d], for centred ones of the same shape."""
        moved = centred @ self.weights
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        mapped: Vectors = (moved / np.maximum(lengths, 1e-9)).astype(np.float32)
        return mapped

    @classmethod
    def fit(cls, centred: Vectors, entry_of_line: NDArray[np.int64]) -> Adapter | None:
        """Fit on the centred lines alone; None where they are too few or no entry has two.

        Neighbourhood components analysis (Goldberger et al. 2004) with cosines: each line is to find a
        line of its own entry, among its 8 nearest of these and the 24 nearest lines of other entries by the
        frozen vectors. What the map changes is penalised, since there are more weights than lines.
        """
        pairs = Neighbours.among(centred, entry_of_line)
        if pairs is None:
            return None
        from scipy.optimize import minimize

        dimension = centred.shape[1]
        identity = np.eye(dimension, dtype=np.float32)

        def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            change = flat.reshape(dimension, dimension)
            value, gradient = _loss(pairs, centred, identity + change.astype(np.float32))
            penalty = PENALTY * len(pairs.anchors)
            return value + penalty * float((change**2).sum()) / 2, (gradient + penalty * change).ravel()

        options = {"maxiter": STEPS, "maxcor": 10}
        best = minimize(loss, np.zeros(dimension**2), jac=True, method="L-BFGS-B", options=options).x
        return cls(identity + best.reshape(dimension, dimension).astype(np.float32))

    def save(self, folder: Path) -> None:
        """Write `adapter.npz`."""
        np.savez(folder / FILE, weights=self.weights)

    @classmethod
    def load(cls, folder: Path) -> Adapter | None:
        """The saved adapter, or None when this release has none."""
        if not (folder / FILE).exists():
            return None
        with np.load(folder / FILE) as arrays:
            return cls(arrays["weights"])


def _loss(pairs: Neighbours, lines: Vectors, weights: Vectors) -> tuple[float, NDArray[np.float64]]:
    """Negative log likelihood that anchors find an ally, and its gradient by the weights."""
    from scipy.sparse import csr_matrix

    moved = lines @ weights
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    mapped = moved / lengths
    own = mapped[pairs.anchors]
    scores = np.empty(pairs.others.shape, np.float32)
    for start in range(0, len(own), BLOCK):
        part = slice(start, start + BLOCK)
        scores[part] = np.einsum("nd,nkd->nk", own[part], mapped[pairs.others[part]])
    powers = np.exp(SHARPNESS * (scores - 1)) * pairs.valid
    allied = powers * pairs.allied
    total, hit = powers.sum(1, keepdims=True), allied.sum(1, keepdims=True)
    value = float(-np.log(hit / total).sum(dtype=np.float64))
    pull = SHARPNESS * (powers / total - allied / hit)
    starts = np.arange(0, pull.size + 1, pull.shape[1])
    by_pair = csr_matrix((pull.ravel(), pairs.others.ravel(), starts), (len(own), len(lines)))
    slope = by_pair.T @ own
    slope[pairs.anchors] += by_pair @ mapped
    slope -= (slope * mapped).sum(1, keepdims=True) * mapped
    gradient = lines.T @ (slope / lengths)
    return value, gradient.astype(np.float64)
