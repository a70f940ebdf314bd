"""Whether probabilities hold what they promise: the reliability diagram, in bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.faq.prior import Prediction
from bot.faq.traffic import traffic_weights
from bot.intervals import wilson

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Questions whose stated probability lies in `low`..`high`: what it promised and what was observed.

    `questions` is their number; both shares count off-topic questions by their share of customers'
    questions. `least` and `most` are the 95 % interval of `observed`, by the number of equally weighted
    questions that would tell as much (Kish 1965).
    """

    low: float
    high: float
    questions: int
    promised: float
    observed: float
    least: float
    most: float


def right_bins(predictions: Sequence[Prediction]) -> tuple[Bin, ...]:
    """Of the probability that the best entry is right; tenths that hold a question, from the lowest."""
    stated = np.array([p.right for p in predictions])
    true = np.array([p.is_right and not p.off_topic for p in predictions], bool)
    return _bins(stated, true, predictions)


def scope_bins(predictions: Sequence[Prediction]) -> tuple[Bin, ...]:
    """Of the probability that any entry answers; tenths that hold a question, from the lowest."""
    stated = np.array([p.scope for p in predictions])
    true = np.array([not p.off_topic for p in predictions], bool)
    return _bins(stated, true, predictions)


def _bins(
    stated: NDArray[np.float64], true: NDArray[np.bool_], predictions: Sequence[Prediction]
) -> tuple[Bin, ...]:
    weights = traffic_weights([p.off_topic for p in predictions])
    places = np.minimum((stated * BINS).astype(int), BINS - 1)
    bins = []
    for number in range(BINS):
        inside = places == number
        if not inside.any():
            continue
        w = weights[inside]
        observed = float(w[true[inside]].sum() / w.sum())
        worth = round(float(w.sum() ** 2 / (w * w).sum()))
        least, most = wilson(observed, worth)
        promised = float((w * stated[inside]).sum() / w.sum())
        low, high = number / BINS, (number + 1) / BINS
        bins.append(Bin(low, high, int(inside.sum()), promised, observed, least, most))
    return tuple(bins)
