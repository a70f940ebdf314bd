"""For each line, the lines that it must find and those that it is taken for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.faq.encoder import Vectors

MAX_ANCHORS = 4_000
ALLIES = 8
RIVALS = 24
MIN_LINES = 20
BLOCK = 512
NEVER = -2.0  # below every cosine


@dataclass(frozen=True)
class Neighbours:
    """Rows of lines: `anchors`, shape [n], and for each of them `others`, shape [n, k].

    Of these the allies are the nearest lines of the anchor's own entry, the rivals the nearest of other
    entries, by the frozen vectors. `allied` marks the allies; `valid` is false where an entry had too few.
    """

    anchors: NDArray[np.int64]
    others: NDArray[np.int64]
    allied: NDArray[np.bool_]
    valid: NDArray[np.bool_]

    @classmethod
    def among(cls, centred: Vectors, entry_of_line: NDArray[np.int64]) -> Neighbours | None:
        """Up to 8 allies and 24 rivals for at most 4,000 lines.

        None with fewer than 20 lines that have an ally, or with a single entry.
        """
        sizes = np.bincount(entry_of_line)
        able = np.flatnonzero(sizes[entry_of_line] > 1)
        if len(able) < MIN_LINES or (sizes > 0).sum() < 2:
            return None
        anchors = np.sort(np.random.default_rng(4).permutation(able)[:MAX_ANCHORS])
        largest = int(sizes.max())
        allies, rivals = min(ALLIES, largest - 1), min(RIVALS, len(centred) - largest)
        blocks = []
        for start in range(0, len(anchors), BLOCK):
            rows = anchors[start : start + BLOCK]
            cosines = centred[rows] @ centred.T
            same = entry_of_line[rows][:, None] == entry_of_line
            near = np.where(same, cosines, NEVER)
            near[np.arange(len(rows)), rows] = NEVER
            friends = _largest(near, allies)
            foes = _largest(np.where(same, NEVER, cosines), rivals)
            found = np.take_along_axis(near, friends, 1) > NEVER
            blocks.append((np.hstack([friends, foes]), np.hstack([found, np.ones(foes.shape, bool)])))
        others, valid = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        return cls(anchors, others, valid & (np.arange(others.shape[1]) < allies), valid)


def _largest(values: Vectors, count: int) -> NDArray[np.int64]:
    found: NDArray[np.int64] = np.argpartition(-values, count - 1, axis=1)[:, :count]
    return found
