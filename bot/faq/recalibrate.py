"""Bends stated probabilities until they hold what they promise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.faq.logistic import Array, LogisticModel

KNOTS = (-2.5, -1.5, -0.75, 0.0, 0.75, 1.5, 2.5)
SMALLEST_SLOPE = 0.05
PENALTY = 3.0
LARGEST_ODDS = 12.0


@dataclass(frozen=True)
class Recalibration:
    """A rising line of log odds against log odds with bends at `KNOTS`.

    A logistic model gets the average right and its ends, where most questions are, but not every region
    between: cross-validated on the shop's questions, what it called .3 to .6 was right five to eight times
    more in a hundred. `slopes` are those between the bends, from below the first to above the last. Rising
    everywhere, it keeps the order of questions, as Platt (1999) and isotonic regression do, and unlike the
    second it tells questions apart that are nearly certain.
    """

    intercept: float
    slopes: tuple[float, ...]

    def __call__(self, probability: Array) -> Array:
        """Probabilities of any shape, 0..1."""
        bent = _segments(probability) @ np.array(self.slopes) + self.intercept
        found: Array = 1 / (1 + np.exp(-bent))
        return found


IDENTITY = Recalibration(0.0, (1.0,) * (len(KNOTS) + 1))


@dataclass(frozen=True)
class ProbabilityModel:
    """A logistic model whose probabilities are bent.

    `low` and `high` are the outermost values of each feature that the fit saw. One beyond counts as these:
    what squares and products say farther out is no experience, and a small FAQ's features lie there.
    """

    model: LogisticModel
    bend: Recalibration
    low: tuple[float, ...]
    high: tuple[float, ...]

    def probability(self, standardised: Array) -> Array:
        """For features of shape [questions, features]: probabilities, shape [questions]."""
        return self.bend(self.model.probability(np.clip(standardised, self.low, self.high)))

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ProbabilityModel:
        """The inverse of `dataclasses.asdict`. Raises KeyError for another layout.

        Models of before there were bends and limits serve on without.
        """
        if "model" not in value:
            plain = LogisticModel(tuple(value["weights"]), value["intercept"])
            return cls(plain, IDENTITY, (-math.inf,), (math.inf,))
        model, bend = value["model"], value["bend"]
        return cls(
            LogisticModel(tuple(model["weights"]), model["intercept"]),
            Recalibration(bend["intercept"], tuple(bend["slopes"])),
            tuple(value["low"]),
            tuple(value["high"]),
        )


def fit_recalibration(probability: Array, labels: Array, weights: Array) -> Recalibration:
    """Weighted maximum likelihood, drawn towards changing nothing: few questions bend little."""
    from scipy.optimize import minimize

    x = np.column_stack([_segments(probability), np.ones(len(probability))])
    same = np.array([*IDENTITY.slopes, IDENTITY.intercept])

    def loss(parameters: Array) -> tuple[float, Array]:
        odds = x @ parameters
        moved = parameters - same
        value = (weights * (np.logaddexp(0, odds) - labels * odds)).sum() + PENALTY * (moved @ moved) / 2
        return float(value), x.T @ (weights * (1 / (1 + np.exp(-odds)) - labels)) + PENALTY * moved

    bounds = [(SMALLEST_SLOPE, None)] * len(IDENTITY.slopes) + [(None, None)]
    *slopes, intercept = minimize(loss, same, jac=True, method="L-BFGS-B", bounds=bounds).x.tolist()
    return Recalibration(intercept, tuple(slopes))


def _segments(probability: Array) -> Array:
    """How much of the log odds lies between each two bends; they add up to it. Shape [..., bends + 1]."""
    kept = np.clip(probability, 1e-9, 1 - 1e-9)
    odds = np.clip(np.log(kept / (1 - kept)), -LARGEST_ODDS, LARGEST_ODDS)[..., None]
    inner = np.array(KNOTS)
    low = np.concatenate([[-np.inf], inner])
    high = np.concatenate([inner, [np.inf]])
    # Counted from 0, which is a bend: what lies above it is positive, what lies below negative.
    above = np.clip(odds, np.maximum(low, 0), np.maximum(high, 0)) - np.maximum(low, 0)
    below = np.clip(odds, np.minimum(low, 0), np.minimum(high, 0)) - np.minimum(high, 0)
    found: Array = np.where(low >= 0, above, below)
    return found
