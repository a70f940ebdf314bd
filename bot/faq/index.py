"""Nearest question lines by cosine, on FAISS: exact up to 50,000 lines, by a graph above."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import faiss
import numpy as np
from numpy.typing import NDArray

from bot.errors import ConfigurationError
from bot.faq.encoder import Vectors
from bot.faq.graph import Graph

# Up to here looking at every line takes no longer than encoding the question, finds the nearest lines for
# certain and costs nothing to build (docs/faq-releases.md).
EXACT_LINES = 50_000
TOLERANCE = 1e-3
FILE, PLACES = "lines.faiss", "line_places.npy"


@dataclass(frozen=True)
class SearchMethod:
    """How an index searches.

    `effort` is the graph's efSearch, `recall` the share of the ten nearest lines that it found for
    questions which it did not hold; None for a small index, which needs no graph. An exact index with a
    `recall` is one whose graph could not be made good enough.
    """

    kind: Literal["exact", "hnsw"] = "exact"
    effort: int | None = None
    recall: float | None = None

    def __str__(self) -> str:
        """In plain words."""
        if self.recall is None:
            return "every line is compared"
        if self.kind == "exact":
            return f"every line is compared, a graph found only {self.recall:.1%} of the ten nearest lines"
        return f"a graph, which finds {self.recall:.1%} of the ten nearest lines (efSearch {self.effort})"


class LineIndex:
    """Inner product over unit vectors, so every score is a cosine in −1..1. Rows are line numbers.

    `places` has, for a graph, the row of each place in it and the place of each row, shape [2, lines].
    """

    def __init__(self, index: Any, method: SearchMethod, places: NDArray[np.int32] | None = None) -> None:
        self._index = index
        self.method = method
        self._places = places

    @classmethod
    def exact(cls, vectors: Vectors, graph_recall: float | None = None) -> LineIndex:
        """Index vectors of shape [lines, dimension]. Raises ValueError when one is not of length 1.

        `graph_recall` is that of a graph which this index is made instead of.
        """
        _check(vectors)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, np.float32))
        return cls(index, SearchMethod("exact", None, graph_recall))

    @classmethod
    def build(cls, vectors: Vectors) -> LineIndex:
        """Likewise, but a graph for more than 50,000 lines if it finds what an exact search does.

        Takes about .5 ms a line then.
        """
        if len(vectors) <= EXACT_LINES:
            return cls.exact(vectors)
        graph = cls.approximate(vectors)
        if graph.method.effort is None:
            return cls.exact(vectors, graph.method.recall)
        return graph

    @classmethod
    def approximate(cls, vectors: Vectors) -> LineIndex:
        """A graph whatever the number of lines; without an effort if none finds what an exact search does."""
        _check(vectors)
        graph = Graph.build(vectors)
        return cls(graph.index, SearchMethod("hnsw", graph.effort, graph.recall), graph.places)

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
        scores, found = self._index.search(
            np.ascontiguousarray(questions, np.float32), min(count, self.lines)
        )
        if self._places is not None:
            scores, found = _filled(scores, found)
            found = self._places[0][found].astype(np.int64)
        if np.abs(scores).max(initial=0) > 1 + TOLERANCE:
            raise ValueError(f"scores must lie in -1..1, got {scores.min():.4f}..{scores.max():.4f}")
        return np.clip(scores, -1, 1), found

    def cosines(self, question: Vectors, rows: NDArray[Any]) -> Vectors:
        """Cosines of one question, shape [dimension], with the given lines."""
        places = rows if self._places is None else self._places[1][rows]
        found: Vectors = np.clip(self._index.reconstruct_batch(places.astype(np.int64)) @ question, -1, 1)
        return found

    def vectors(self) -> Vectors:
        """All indexed vectors, shape [lines, dimension], in half precision from a graph."""
        found: Vectors = self._index.reconstruct_n(0, self.lines)
        return found if self._places is None else found[self._places[1]]

    def save(self, folder: Path) -> None:
        """Write `lines.faiss`, and `line_places.npy` for a graph."""
        faiss.write_index(self._index, str(folder / FILE))
        if self._places is not None:
            np.save(folder / PLACES, self._places)

    @classmethod
    def load(cls, folder: Path, method: SearchMethod) -> LineIndex:
        """Map what was saved into memory: its pages are read as they are needed and shared by all processes.

        So the files must not be written to while they serve, only removed. Raises ConfigurationError when
        one is missing or damaged.
        """
        places = None
        try:
            index = faiss.read_index(str(folder / FILE), faiss.IO_FLAG_MMAP_IFC)
            if method.kind == "hnsw":
                places = np.load(folder / PLACES, mmap_mode="r")
        except (RuntimeError, OSError, ValueError) as error:
            raise ConfigurationError(f"{folder / FILE} cannot be read: {str(error)[:200]}") from error
        return cls(index, method, places)


def _check(vectors: Vectors) -> None:
    lengths = np.linalg.norm(vectors, axis=1)
    if vectors.ndim != 2 or np.abs(lengths - 1).max(initial=0) > TOLERANCE:
        raise ValueError(f"vectors must have length 1, got {lengths.min():.4f}..{lengths.max():.4f}")


def _filled(scores: Vectors, found: NDArray[np.int64]) -> tuple[Vectors, NDArray[np.int64]]:
    """A graph may find fewer than were wanted, −1 for the others: the last one found stands for them."""
    columns = np.where(found < 0, 0, np.arange(found.shape[1]))
    columns = np.maximum.accumulate(columns, axis=1)
    return np.take_along_axis(scores, columns, 1), np.take_along_axis(found, columns, 1)
