"""Fitting of linear classifiers whose softmax is calibrated on lines of writers that they have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

INVERSE_PENALTY = 0.8
_FOLDS = 3


@dataclass(frozen=True)
class Planes:
    """`weights` [features, classes] and `bias` [classes]; softmax(sharpness * distance) is calibrated."""

    weights: Matrix
    bias: Matrix
    sharpness: float


def fit_planes(rows: Any, wanted: Sequence[str], names: Sequence[str], writers: Sequence[str]) -> Planes:
    """A linear support vector machine over the sparse `rows`, one plane a name in the order of `names`.

    Raises ValueError when a name has no lines or all lines are of fewer than four writers.
    """
    from sklearn.model_selection import GroupKFold

    missing = [name for name in names if name not in set(wanted)]
    if missing:
        raise ValueError(f"no lines with {', '.join(missing)}")
    if len(set(writers)) < _FOLDS:
        raise ValueError(f"lines of at least {_FOLDS} batches are needed, got {len(set(writers))}")
    targets = np.array([names.index(one) for one in wanted])
    distances = np.zeros((len(targets), len(names)))
    for train, held_out in GroupKFold(_FOLDS).split(rows, targets, writers):
        present, weights, bias = _machine(rows[train], targets[train])
        distances[held_out] = -2.0
        distances[np.ix_(held_out, present)] = rows[held_out] @ weights.T + bias
    _, weights, bias = _machine(rows, targets)
    return Planes(weights.T.astype(np.float32), bias.astype(np.float32), _sharpness(distances, targets))


def _machine(rows: Any, targets: Any) -> tuple[Any, Any, Any]:
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=INVERSE_PENALTY, class_weight="balanced", random_state=0, tol=1e-2)
    machine.fit(rows, targets)
    return machine.classes_, machine.coef_, machine.intercept_


def _sharpness(distances: Any, targets: Any) -> float:
    from scipy.optimize import minimize_scalar

    def surprise(logarithm: float) -> float:
        scores = np.exp(logarithm) * distances
        scores = scores - scores.max(axis=1, keepdims=True)
        own = scores[np.arange(len(targets)), targets] - np.log(np.exp(scores).sum(axis=1))
        return float(-own.mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-2.0, 4.0), method="bounded").x))
