"""How the features of a candidate add up to its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.faq.cross_validation import FOLDS, HeldOut
from bot.faq.logistic import Array
from bot.faq.retriever import FEATURES, RANKED_ENTRIES, Fusion
from bot.faq.trial import Gain, Trial

FUSION_PENALTY = 1.0
FUSION_SCALE = np.array([0.1, 2.0, 0.1, 0.1, 0.1])
ABSENT = -50.0


def learn_fusion(held_out: Sequence[HeldOut], prior: Fusion) -> tuple[Fusion, Trial]:
    """The release's own weights, or `prior` where they are no better on questions that they never saw.

    Cross-validated: the weights for the questions of a fold come from the other folds. Ten questions
    show nothing, so small FAQs keep the prior.
    """
    candidates = _Candidates.of(held_out)
    if not len(candidates.target):
        return prior, Trial("fusion", ())
    learned = candidates.fit(prior, prior)
    folds = candidates.folds
    if len(np.unique(folds)) < 2:
        folds = np.random.default_rng(2).permutation(len(folds)) % FOLDS
    before, after = candidates.judge(prior), candidates.judge(prior)
    for fold in np.unique(folds):
        held = np.flatnonzero(folds == fold)
        others = candidates.take(np.flatnonzero(folds != fold)).fit(prior, learned)
        after[:, held] = candidates.take(held).judge(others)
    entries = candidates.entries.tolist()
    likelihood, hit1 = zip(before.tolist(), after.tolist(), strict=True)
    gains = (Gain.of("likelihood", *likelihood, entries), Gain.of("hit1", *hit1, entries))
    trial = Trial("fusion", gains)
    return (learned if trial.kept else prior), trial


def fit_fusion(held_out: Sequence[HeldOut], prior: Fusion) -> Fusion:
    """Weights under which the right entries are likeliest in a softmax over the candidates' scores.

    They are drawn towards `prior`: one spread of change costs as much as one held-out question.
    """
    candidates = _Candidates.of(held_out)
    return candidates.fit(prior, prior) if len(candidates.target) else prior


@dataclass(frozen=True)
class _Candidates:
    """The candidates of in-scope questions: `features` of shape [questions, 30, features], scaled.

    `target` is the place of the right entry, whose row is in `entries`.
    """

    features: Array
    target: NDArray[np.int64]
    entries: NDArray[np.int64]
    folds: NDArray[np.int64]

    @classmethod
    def of(cls, held_out: Sequence[HeldOut]) -> _Candidates:
        found = [(h, [e.entry for e in h.ranking.entries[:RANKED_ENTRIES]]) for h in held_out]
        usable = [(h, entries) for h, entries in found if h.entry in entries]
        features = np.full((len(usable), RANKED_ENTRIES, len(FEATURES)), ABSENT)
        for row, (h, entries) in enumerate(usable):
            features[row, : len(entries)] = h.ranking.features()[:RANKED_ENTRIES] / FUSION_SCALE
        rows = [(entries.index(h.entry), h.entry, h.fold) for h, entries in usable if h.entry is not None]
        target, right, folds = np.array(rows, np.int64).reshape(-1, 3).T
        return cls(features, target, right, folds)

    def take(self, rows: NDArray[np.int64]) -> _Candidates:
        return _Candidates(self.features[rows], self.target[rows], self.entries[rows], self.folds[rows])

    def shares(self, weights: Array) -> Array:
        logits = np.where(self.features[:, :, 0] > ABSENT, self.features @ weights, -np.inf)
        powers = np.exp(logits - logits.max(1, keepdims=True))
        found: Array = powers / powers.sum(1, keepdims=True)
        return found

    def fit(self, prior: Fusion, start: Fusion) -> Fusion:
        """The optimum does not depend on `start`, the time does."""
        from scipy.optimize import minimize

        rows, centre = np.arange(len(self.target)), prior.weights * FUSION_SCALE

        def loss(weights: Array) -> tuple[float, Array]:
            shares = self.shares(weights)
            value = -np.log(shares[rows, self.target] + 1e-12).sum()
            slope = np.einsum("nc,ncf->f", shares, self.features) - self.features[rows, self.target].sum(0)
            moved = weights - centre
            return value + FUSION_PENALTY * float(moved @ moved) / 2, slope + FUSION_PENALTY * moved

        best = minimize(loss, start.weights * FUSION_SCALE, jac=True, method="L-BFGS-B").x / FUSION_SCALE
        # No feature speaks against an entry: a negative weight is noise of too little data.
        return Fusion(*(float(weight) for weight in np.maximum(best, 0)))

    def judge(self, fusion: Fusion) -> Array:
        """The log probability of each question's right entry and whether it comes first: [2, questions]."""
        shares = self.shares(fusion.weights * FUSION_SCALE)
        right = shares[np.arange(len(self.target)), self.target]
        return np.stack([np.log(right + 1e-12), right >= shares.max(1)])
