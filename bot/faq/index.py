"""Nearest question lines by cosine, exact, on FAISS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from bot.errors import ConfigurationError
from bot.faq.encoder import Vectors

TOLERANCE = 1e-3
FILE = "lines.faiss"


class LineIndex:
    """Inner product over unit vectors, so every score is a cosine in −1..1. Rows are line numbers."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> LineIndex:
        """Index vectors of shape [lines, dimension]. Raises ValueError when one is not of length 1."""
        lengths = np.linalg.norm(vectors, axis=1)
        if vectors.ndim != 2 or np.abs(lengths - 1).max(initial=0) > TOLERANCE:
            raise ValueError(f"vectors must have length 1, got {lengths.min():.4f}..{lengths.max():.4f}")
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, np.float32))
        return cls(index)

    @property
    def lines(self) -> int:
        """Number of indexed lines."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return int(self._index.d)

    def search(self, questions: Vectors, count: int) -> tuple[Vectors, NDArray[np.int64]]:
        """Cosines and rows of the nearest lines, each of shape [questions, min(count, lines)], best first.

        Raises ValueError when a score is no cosine: the question's vector was not normalised.
        """
        scores, rows = self._index.search(np.ascontiguousarray(questions, np.float32), min(count, self.lines))
        if np.abs(scores).max(initial=0) > 1 + TOLERANCE:
            raise ValueError(f"scores must lie in -1..1, got {scores.min():.4f}..{scores.max():.4f}")
        return np.clip(scores, -1, 1), rows

    def cosines(self, question: Vectors, rows: NDArray[Any]) -> Vectors:
        """Cosines of one question, shape [dimension], with the given lines."""
        found: Vectors = np.clip(self._index.reconstruct_batch(rows.astype(np.int64)) @ question, -1, 1)
        return found

    def vectors(self) -> Vectors:
        """All indexed vectors, shape [lines, dimension]."""
        found: Vectors = self._index.reconstruct_n(0, self.lines)
        return found

    def save(self, folder: Path) -> None:
        """Write `lines.faiss`."""
        faiss.write_index(self._index, str(folder / FILE))

    @classmethod
    def load(cls, folder: Path) -> LineIndex:
        """Raises ConfigurationError when the file is missing or damaged."""
        try:
            return cls(faiss.read_index(str(folder / FILE)))
        except RuntimeError as error:
            raise ConfigurationError(f"{folder / FILE} cannot be read: {str(error)[:200]}") from error
