"""How often terms stand in texts: counted once, then added up for every index that is built from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Split = Callable[[str], list[str]]


@dataclass(frozen=True)
class TermCounts:
    """`counts` is a sparse matrix (SciPy's CSR) of shape [texts, terms], `terms` names its columns."""

    terms: tuple[str, ...]
    counts: Any

    @classmethod
    def of(cls, texts: Sequence[str], split: Split) -> TermCounts:
        """Count the terms that `split` finds in each text."""
        from scipy.sparse import csr_matrix

        number: dict[str, int] = {}
        columns: list[int] = []
        values: list[int] = []
        ends = [0]
        for text in texts:
            counter = Counter(split(text))
            columns += [number.setdefault(term, len(number)) for term in counter]
            values += counter.values()
            ends.append(len(columns))
        shape = (len(texts), len(number))
        return cls(tuple(number), csr_matrix((np.array(values, np.float64), columns, ends), shape=shape))

    def __len__(self) -> int:
        """Number of texts."""
        return int(self.counts.shape[0])

    def take(self, rows: NDArray[np.int64]) -> TermCounts:
        """The texts with these row numbers; terms that only other texts hold stay, with no count."""
        return TermCounts(self.terms, self.counts[rows])

    def add_up(self, groups: NDArray[np.int64], count: int) -> TermCounts:
        """The counts of each group's texts together; `groups` has the group's number, 0..count-1, a text."""
        from scipy.sparse import csr_matrix

        texts = len(self)
        chosen = csr_matrix((np.ones(texts), (groups, np.arange(texts))), shape=(count, texts))
        return TermCounts(self.terms, chosen @ self.counts)

    def held(self, at_least: int = 1) -> tuple[TermCounts, NDArray[np.int64]]:
        """Only the terms that so many texts hold, and for each the number of these texts."""
        frequency = np.bincount(self.counts.indices, minlength=len(self.terms))
        kept = np.flatnonzero(frequency >= at_least)
        return TermCounts(tuple(self.terms[i] for i in kept), self.counts[:, kept]), frequency[kept]
