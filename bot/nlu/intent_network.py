"""A small network on an intent row: a linear part beside one hidden layer, trained and served with numpy.

The linear part learns what single features say, the hidden layer what they say together (收到了 and 没用 and
退). Trained with Adam (Kingma and Ba 2015) on cross entropy with smoothed labels (Szegedy et al. 2016) and
dropout (Srivastava et al. 2014); grams are updated only where a batch has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.nlu.grams import Columns, Values
from bot.nlu.intent_features import Matrix, Rows

Labels = NDArray[np.int64]

_BATCH = 64
_RATE = 2e-3
_WARM_UP = 200
# So few lines need more rounds.
_LEAST_STEPS = 600
_SMOOTHING = 0.1
_DROP_INPUT, _DROP_HIDDEN = 0.25, 0.5
_FIRST_MOMENT, _SECOND_MOMENT, _TINY = 0.9, 0.999, 1e-8
# So few rows, with their moments, stay in a core's cache from one operation to the next.
_ROWS_AT_ONCE = 128
_SUMS = (1 - _FIRST_MOMENT) / (1 - _SECOND_MOMENT) ** 0.5


@dataclass(frozen=True)
class NetworkSettings:
    """`hidden` units, `epochs` over the lines, `networks` that vote, alike but for their random numbers."""

    hidden: int = 256
    epochs: int = 12
    networks: int = 3

    def __post_init__(self) -> None:
        for name in ("hidden", "epochs", "networks"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")


@dataclass(frozen=True)
class Network:
    """Weights of the first layer for dense columns and for grams, each [columns, hidden + labels].

    The first `hidden` columns feed the hidden layer, whose weights are `second` [hidden, labels]; the others
    are the linear part.
    """

    dense: Matrix
    grams: NDArray[np.float16]
    bias: Matrix
    second: Matrix
    second_bias: Matrix

    def scores(self, dense: Matrix, columns: Columns, values: Values) -> Matrix:
        """Scores of one sentence's labels, float32 [labels]; a softmax makes them probabilities."""
        layer = dense @ self.dense + values.astype(np.float32) @ self.grams[columns].astype(np.float32)
        layer += self.bias
        hidden = len(self.second)
        scores: Matrix = np.maximum(layer[:hidden], 0) @ self.second + layer[hidden:] + self.second_bias
        return scores


def fit_network(rows: Rows, labels: Labels, settings: NetworkSettings, seed: int) -> Network:
    """Train one network on labels 0..n-1, of which each occurs; about ten seconds for 13,000 lines."""
    return _Training(rows, labels, settings, seed).run()


class _Adam:
    """One array and its moments, as sums that fade instead of means; `_SUMS` makes up for it in the rate.

    Works in place: new arrays would take longer than the arithmetic.
    """

    def __init__(self, array: Matrix) -> None:
        self.array = array
        self._first = np.zeros_like(array)
        self._second = np.zeros_like(array)

    def step(self, slope: Matrix, rate: float) -> None:
        """Change the whole array; `slope` is overwritten."""
        _move(self.array, self._first, self._second, slope, rate)

    def step_rows(self, slope: Matrix, rate: float, rows: Columns, values: Matrix) -> None:
        """Change the given rows, which hold `values`; `slope` and `values` are overwritten."""
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            block = slice(start, start + _ROWS_AT_ONCE)
            at = rows[block]
            first, second = self._first[at], self._second[at]
            _move(values[block], first, second, slope[block], rate)
            self.array[at], self._first[at], self._second[at] = values[block], first, second


def _move(array: Matrix, first: Matrix, second: Matrix, slope: Matrix, rate: float) -> None:
    first *= _FIRST_MOMENT
    first += slope
    np.square(slope, out=slope)
    second *= _SECOND_MOMENT
    second += slope
    np.sqrt(second, out=slope)
    slope += _TINY
    np.divide(first, slope, out=slope)
    slope *= rate * _SUMS
    array -= slope


class _Training:
    def __init__(self, rows: Rows, labels: Labels, settings: NetworkSettings, seed: int) -> None:
        self._rows, self._labels, self._hidden = rows, labels, settings.hidden
        self._random = np.random.default_rng(seed)
        counts = np.bincount(labels)
        self._number = len(counts)
        # The square root: rare labels count more than their lines, and yet less than common ones.
        self._weights = np.sqrt(len(labels) / (self._number * counts)).astype(np.float32)
        steps = -(-len(labels) // _BATCH)
        self._epochs = max(settings.epochs, -(-_LEAST_STEPS // steps))
        self._steps = self._epochs * steps
        width = self._hidden + self._number
        size = rows.dense.shape[1]
        self._dense = _Adam(self._uniform(size**-0.5, (size, width)))
        grams = self._random.normal(0, 0.1, (rows.sparse.shape[1], width)).astype(np.float32)
        grams[:, self._hidden :] = 0
        self._grams = _Adam(grams)
        self._bias = _Adam(np.zeros(width, np.float32))
        self._second = _Adam(self._uniform(self._hidden**-0.5, (self._hidden, self._number)))
        self._second_bias = _Adam(np.zeros(self._number, np.float32))

    def _uniform(self, reach: float, shape: tuple[int, int]) -> Matrix:
        return self._random.uniform(-reach, reach, shape).astype(np.float32)

    def run(self) -> Network:
        for step, batch in enumerate(self._batches(), 1):
            rate = _RATE * min(1.0, step / _WARM_UP) * (1 - (step - 1) / self._steps)
            # Adam's correction of its zero start.
            self._learn(batch, rate * (1 - _SECOND_MOMENT**step) ** 0.5 / (1 - _FIRST_MOMENT**step))
        return Network(
            self._dense.array,
            self._grams.array.astype(np.float16),
            self._bias.array,
            self._second.array,
            self._second_bias.array,
        )

    def _batches(self) -> Iterator[Labels]:
        for _ in range(self._epochs):
            order = self._random.permutation(len(self._labels))
            for start in range(0, len(order), _BATCH):
                yield order[start : start + _BATCH]

    def _kept(self, shape: tuple[int, ...], drop: float) -> Matrix:
        kept: Matrix = (self._random.random(shape, np.float32) >= drop).astype(np.float32) / (1 - drop)
        return kept

    def _learn(self, batch: Labels, rate: float) -> None:
        from scipy.sparse import csr_matrix

        part, labels, hidden = self._rows[batch], self._labels[batch], self._hidden
        dense = part.dense * self._kept(part.dense.shape, _DROP_INPUT)
        used, place = np.unique(part.sparse.indices, return_inverse=True)
        sparse = csr_matrix((part.sparse.data, place, part.sparse.indptr), shape=(len(batch), len(used)))
        grams = self._grams.array[used]
        layer = dense @ self._dense.array + sparse @ grams + self._bias.array
        kept = self._kept((len(batch), hidden), _DROP_HIDDEN) * (layer[:, :hidden] > 0)
        active = layer[:, :hidden] * kept
        scores = active @ self._second.array + layer[:, hidden:] + self._second_bias.array
        slope = softmax(scores) - _SMOOTHING / self._number
        slope[np.arange(len(batch)), labels] -= 1 - _SMOOTHING
        weights = self._weights[labels]
        slope *= (weights / weights.sum())[:, np.newaxis]
        back = np.concatenate([(slope @ self._second.array.T) * kept, slope], axis=1)
        self._second.step(active.T @ slope, rate)
        self._second_bias.step(slope.sum(axis=0), rate)
        self._dense.step(dense.T @ back, rate)
        self._bias.step(back.sum(axis=0), rate)
        self._grams.step_rows(sparse.T @ back, rate, used, grams)


def softmax(scores: Matrix) -> Matrix:
    """Probabilities from scores, along the last axis."""
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    probabilities: Matrix = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return probabilities
