"""How the features of a candidate add up to its score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.faq.cross_validation import HeldOut
from bot.faq.logistic import Array
from bot.faq.retriever import FEATURES, RANKED_ENTRIES, Fusion

FUSION_PENALTY = 1.0
FUSION_SCALE = np.array([0.1, 2.0, 0.1, 0.1, 0.1])


def fit_fusion(held_out: Sequence[HeldOut], prior: Fusion) -> Fusion:
    """Weights under which the right entries are likeliest in a softmax over the candidates' scores.

    They are drawn towards `prior`: one spread of change costs as much as one held-out question.
    """
    from scipy.optimize import minimize

    found = [(h, [e.entry for e in h.ranking.entries]) for h in held_out if h.entry is not None]
    usable = [(h, entries.index(h.entry)) for h, entries in found if h.entry in entries]
    if not usable:
        return prior
    candidates = np.full((len(usable), RANKED_ENTRIES, len(FEATURES)), -50.0)
    for row, (h, _) in enumerate(usable):
        features = np.array([entry.features for entry in h.ranking.entries])[:RANKED_ENTRIES]
        candidates[row, : len(features)] = features / FUSION_SCALE
    present = candidates[:, :, 0] > -50
    target = np.array([min(position, RANKED_ENTRIES - 1) for _, position in usable])
    rows = np.arange(len(usable))
    start = prior.weights * FUSION_SCALE

    def loss(weights: Array) -> tuple[float, Array]:
        logits = np.where(present, candidates @ weights, -np.inf)
        logits -= logits.max(1, keepdims=True)
        powers = np.exp(logits)
        shares = powers / powers.sum(1, keepdims=True)
        value = -np.log(shares[rows, target] + 1e-12).sum()
        gradient = np.einsum("nc,ncf->f", shares, candidates) - candidates[rows, target].sum(0)
        moved = weights - start
        return value + FUSION_PENALTY * float(moved @ moved) / 2, gradient + FUSION_PENALTY * moved

    best = minimize(loss, start, jac=True, method="L-BFGS-B").x / FUSION_SCALE
    # No feature speaks against an entry: a negative weight is noise of too little data.
    return Fusion(*(float(weight) for weight in np.maximum(best, 0)))
