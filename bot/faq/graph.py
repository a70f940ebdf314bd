"""A graph over question lines (HNSW), with the effort of its searches chosen by measured recall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from bot.faq.encoder import Vectors

NEIGHBOURS = 10
RECALL = 0.99
SAMPLE = 1000
EFFORTS = (16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
LINKS = 32
BUILD_EFFORT = 100
SAME = 1e-6


@dataclass(frozen=True)
class Graph:
    """HNSW (Malkov and Yashunin 2016) by inner product over unit vectors, kept in half precision.

    Lines do not stand in their own order: `places` has shape [2, lines], the line at each place and the
    place of each line. `recall` is the share of the 10 nearest lines found with efSearch `effort`, for
    lines that were no part of the graph then; effort is None when the recall stayed below .99.
    """

    index: Any
    places: NDArray[np.int32]
    effort: int | None
    recall: float

    @classmethod
    def build(cls, vectors: Vectors) -> Graph:
        """Over vectors of shape [lines, dimension]; the thousand lines that were asked come in last."""
        lines, dimension = vectors.shape
        order = np.random.default_rng(0).permutation(lines)
        held = min(SAMPLE, lines // 10)
        kept, asked = vectors[order[:-held]], vectors[order[-held:]]
        half: Any = faiss.ScalarQuantizer.QT_fp16  # FAISS's own types want another class here
        index = faiss.IndexHNSWSQ(dimension, half, LINKS, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = BUILD_EFFORT
        index.add(kept)
        effort, recall = _enough(index, kept, asked)
        index.add(asked)
        places = np.stack([order, np.argsort(order)]).astype(np.int32)
        return cls(index, places, effort, recall)


def recall_at_10(found: NDArray[np.int64], nearest: Vectors, lines: Vectors, questions: Vectors) -> float:
    """Share of the rows `found`, [questions, 10], that are as near as the tenth of `nearest` cosines."""
    cosines = np.einsum("qnd,qd->qn", lines[found], questions)
    return float(((cosines >= nearest[:, -1:] - SAME) & (found >= 0)).mean())


def _enough(index: Any, lines: Vectors, questions: Vectors) -> tuple[int | None, float]:
    """The least effort that finds enough, which the index has from then on."""
    nearest, _ = faiss.knn(questions, lines, NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    recall = 0.0
    for effort in EFFORTS:
        index.hnsw.efSearch = effort
        _, found = index.search(questions, NEIGHBOURS)
        recall = round(recall_at_10(found, nearest, lines, questions), 4)
        if recall >= RECALL:
            return effort, recall
    return None, recall
