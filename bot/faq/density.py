"""Density clustering of questions: which of them ask for the same thing, without a number of groups given."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.faq.encoder import Vectors

# Below three a group is a pair, and pairs of neighbours are found everywhere in a crowded topic.
SMALLEST_GROUP = 3
# Two questions this close are the same in other words: of the shop's own 5,754 lines, 96 % of those that
# have a neighbour at .75 or nearer belong to that neighbour's entry.
SAME_WISH = 0.75
# Questions further apart are not taken for the same: of 1,145 pairs of different wishes one was as near.
UNRELATED = 0.4


def density_groups(vectors: Vectors, background: Vectors) -> tuple[tuple[int, ...], ...]:
    """Rows of `vectors` in groups of one or more; every row is in exactly one.

    Both have shape [n, d] with rows of length 1; distances are 1 − cosine. `background` are questions of all
    kinds, such as the 标准问 of a release: they are clustered along and left out of the groups, and show how
    dense the space is between questions that mean different things, which a handful of rows cannot.

    HDBSCAN (Campello, Moulavi, Sander 2013) with the excess of mass, groups of three or more and
    `min_samples` 2. DBSCAN (Ester et al. 1996) with one radius was tried on mixtures of 50 to 1,650
    questions of known wishes: the radius that joins paraphrases of a rare topic (cosine .4) puts nine tenths
    of a crowded topic into one group. HDBSCAN finds a radius for each place: homogeneity .95 to 1 throughout.

    A cluster falls apart where it hangs together by less than `UNRELATED`: in thin places anything is
    dense. Rows that belong to no cluster join their nearest row at a cosine of `SAME_WISH` or more, else
    they stay alone. The order of the rows changes nothing but ties: sort them for that.
    """
    count = len(vectors)
    if not count:
        return ()
    labels = _cluster(vectors, background)
    parent = list(range(count))

    def root(row: int) -> int:
        while parent[row] != row:
            row = parent[row]
        return row

    cosines = vectors @ vectors.T
    for row, label in enumerate(labels):
        if label >= 0:
            close = np.flatnonzero((cosines[row] >= UNRELATED) & (labels == label)).tolist()
        else:
            others = cosines[row].copy()
            others[row] = -1
            nearest = int(others.argmax())
            close = [nearest] if others[nearest] >= SAME_WISH else []
        for other in close:
            parent[root(other)] = root(row)
    groups: dict[int, list[int]] = {}
    for row in range(count):
        groups.setdefault(root(row), []).append(row)
    return tuple(tuple(group) for group in groups.values())


def _cluster(vectors: Vectors, background: Vectors) -> NDArray[np.int64]:
    """The cluster's number of each row of `vectors`, -1 for none."""
    from sklearn.cluster import HDBSCAN

    everything = np.concatenate([vectors, background.reshape(-1, vectors.shape[1])]).astype(np.float64)
    if len(everything) < SMALLEST_GROUP:
        return np.full(len(vectors), -1)
    distances = np.clip(1 - everything @ everything.T, 0, 2)
    np.fill_diagonal(distances, 0)
    clusters = HDBSCAN(min_cluster_size=SMALLEST_GROUP, min_samples=2, metric="precomputed", copy=True)
    labels: NDArray[np.int64] = clusters.fit_predict(distances)[: len(vectors)]
    return labels
