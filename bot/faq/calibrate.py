"""From scores to probabilities: is the best entry right, and is the question in scope at all.

Raw scores mean nothing across encoders and releases, so two logistic models are fitted for each
release, on its own held-out lines and an off-topic bank. A prior fitted on the shop's FAQ carries
releases with too few similar questions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.faq.cross_validation import FOLDS, HeldOut
from bot.faq.decision import Judged, Judgement
from bot.faq.retriever import FEATURES, RANKED_ENTRIES, Fusion, Ranking

Array = NDArray[np.float64]

QUESTION_FEATURES = (
    "share",
    "margin",
    "entropy",
    "nearest",
    "lift",
    "classifier",
    "answer",
    "words",
    "characters",
    "character_margin",
    "scope",
    "length",
)
CLIP = 4.0
OFF_TOPIC_SHARE = 0.15
UNCOVERED_SHARE = 0.05
PENALTY = 1.0
FUSION_PENALTY = 1.0
FUSION_SCALE = np.array([0.1, 2.0, 0.1, 0.1, 0.1])
MIN_RIGHT = 50


def question_features(ranking: Ranking) -> Array:
    """One number a name in `QUESTION_FEATURES`, of a ranking with at least one entry.

    `share`: log odds of the best entry among all by fused score; `margin`: its score minus the third's;
    `entropy`: of the shares, in nats; `lift`: its cosine minus the mean of the 50 nearest lines;
    `character_margin`: its n-gram cosine minus the best other's; the rest as in `ScoredEntry`.
    """
    entries = ranking.entries
    best, others = entries[0], entries[1:] or entries[:1]
    shares = entry_shares(ranking)
    return np.array(
        [
            np.log((shares[0] + 1e-9) / (1 - shares[0] + 1e-9)),
            best.score - entries[min(2, len(entries) - 1)].score,
            -(shares * np.log(shares + 1e-12)).sum(),
            best.nearest,
            best.nearest - ranking.background,
            best.classifier,
            best.answer,
            best.words,
            best.characters,
            best.characters - max(entry.characters for entry in others),
            ranking.scope,
            np.log1p(ranking.length),
        ]
    )


def entry_shares(ranking: Ranking) -> Array:
    """Softmax of the fused scores, which the fusion's fit makes a probability among the entries."""
    scores = np.array([entry.score for entry in ranking.entries])
    powers: Array = np.exp(scores - scores.max())
    shares: Array = powers / powers.sum()
    return shares


@dataclass(frozen=True)
class LogisticModel:
    """Weights on standardised features and their squares, and the intercept."""

    weights: tuple[float, ...]
    intercept: float

    def probability(self, standardised: Array) -> Array:
        """For features of shape [questions, features]: probabilities, shape [questions]."""
        odds = expand(standardised) @ np.array(self.weights) + self.intercept
        found: Array = 1 / (1 + np.exp(-odds))
        return found


def expand(standardised: Array) -> Array:
    """Features and their squares, so that a probability may level off."""
    return np.concatenate([standardised, standardised**2], axis=1)


@dataclass(frozen=True)
class Background:
    """Mean and spread of each question feature over off-topic questions in this very index.

    Features are counted from here, which is what makes a calibration transfer: encoders differ in
    what cosine unrelated texts have.
    """

    mean: tuple[float, ...]
    spread: tuple[float, ...]

    @classmethod
    def of(cls, rankings: Sequence[Ranking]) -> Background:
        """Raises ValueError with fewer than two rankings."""
        if len(rankings) < 2:
            raise ValueError(f"a background needs at least 2 off-topic questions, got {len(rankings)}")
        features = np.stack([question_features(ranking) for ranking in rankings])
        return cls(tuple(features.mean(0).tolist()), tuple(np.maximum(features.std(0), 1e-6).tolist()))

    def standardise(self, rankings: Sequence[Ranking]) -> Array:
        """Shape [questions, features], clipped to ±4 spreads around 0."""
        if not rankings:
            return np.empty((0, len(QUESTION_FEATURES)))
        features = np.stack([question_features(ranking) for ranking in rankings])
        found: Array = np.clip((features - self.mean) / self.spread, -CLIP, 3 * CLIP)
        return found


@dataclass(frozen=True)
class Calibration:
    """Two logistic models over one background."""

    background: Background
    right: LogisticModel
    scope: LogisticModel

    def judge(self, ranking: Ranking) -> Judgement:
        """Probabilities for one ranking. What is left of the scope's probability after the best entry
        is shared among the others by their scores."""
        if not ranking.entries:
            return Judgement((), 0.0)
        standardised = self.background.standardise([ranking])
        right = float(self.right.probability(standardised)[0])
        in_scope = max(right, float(self.scope.probability(standardised)[0]))
        shares = entry_shares(ranking)
        rest = (in_scope - right) / max(float(shares[1:].sum()), 1e-9)
        probabilities = [right, *(float(min(rest * share, right)) for share in shares[1:])]
        judged = [
            Judged(entry.entry, entry.line, probability, entry.score)
            for entry, probability in zip(ranking.entries, probabilities, strict=True)
        ]
        return Judgement(tuple(judged), in_scope)

    def save(self, path: Path) -> None:
        """Write the calibration as JSON."""
        path.write_text(json.dumps({**asdict(self), "features": QUESTION_FEATURES}, indent=1), "utf-8")

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Calibration:
        """The inverse of `save`'s content. Raises ValueError when it was fitted on other features."""
        if tuple(value["features"]) != QUESTION_FEATURES:
            raise ValueError(f"calibrated on {value['features']}, expected {QUESTION_FEATURES}")
        background = Background(tuple(value["background"]["mean"]), tuple(value["background"]["spread"]))
        models = [
            LogisticModel(tuple(value[n]["weights"]), value[n]["intercept"]) for n in ("right", "scope")
        ]
        return cls(background, *models)


@dataclass(frozen=True)
class Prediction:
    """Out-of-fold probabilities of one held-out question and the truth; `off_topic` beats `is_right`."""

    right: float
    scope: float
    is_right: bool
    off_topic: bool


@dataclass(frozen=True)
class Prior:
    """What the shop's FAQ taught, for releases that cannot teach themselves.

    Fitted with the 标准问 alone as index and every 相似问 as question (`benchmarks/prior.py`).
    `predictions` are the held-out ones of that fit, from which thresholds follow.
    """

    fusion: Fusion
    right: LogisticModel
    scope: LogisticModel
    predictions: tuple[Prediction, ...]


def fit_fusion(held_out: Sequence[HeldOut], prior: Fusion) -> Fusion:
    """Weights under which a softmax over the candidates' scores gives the right entry the highest
    likelihood, drawn towards `prior` (one held-out question weighs as much as one spread of change)."""
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


def fit_calibration(held_out: Sequence[HeldOut], prior: Prior | None) -> tuple[Calibration, list[Prediction]]:
    """The calibration of a release and out-of-fold predictions for its held-out questions.

    With fewer than 50 rightly found held-out questions the prior's models serve unchanged, counted from
    this index's own background, and its predictions stand for the missing ones. Raises ValueError when
    there is neither enough data nor a prior.
    """
    inside = [h for h in held_out if h.entry is not None and h.ranking.entries]
    outside = [h for h in held_out if h.entry is None and h.ranking.entries]
    background = Background.of([h.ranking for h in outside])
    if sum(h.right for h in inside) < MIN_RIGHT:
        if prior is None:
            raise ValueError("too few held-out questions to calibrate without a prior")
        return Calibration(background, prior.right, prior.scope), list(prior.predictions)
    uncovered = [h.ranking.without(h.entry) for h in inside if h.entry is not None]
    uncovered_folds = [h.fold for h, ranking in zip(inside, uncovered, strict=True) if ranking.entries]
    uncovered = [ranking for ranking in uncovered if ranking.entries]
    groups = ([h.ranking for h in inside], [h.ranking for h in outside], uncovered)
    features = np.concatenate([background.standardise(group) for group in groups])
    folds = np.array([h.fold for h in inside] + [h.fold for h in outside] + uncovered_folds)
    if len(set(folds.tolist())) < 2:
        folds = np.random.default_rng(2).permutation(len(folds)) % FOLDS
    n, m = len(inside), len(outside)
    right = np.zeros(len(features))
    right[:n] = [h.right for h in inside]
    scope = np.zeros(len(features))
    scope[:n] = 1
    shares = (1 - OFF_TOPIC_SHARE - UNCOVERED_SHARE, OFF_TOPIC_SHARE, UNCOVERED_SHARE)
    weights = np.concatenate(
        [
            np.full(len(g), len(features) * share / max(len(g), 1))
            for g, share in zip(groups, shares, strict=True)
        ]
    )
    models = []
    out_of_fold = []
    priors = (prior.right, prior.scope) if prior else (None, None)
    for labels, prior_model in zip((right, scope), priors, strict=True):
        models.append(_fit(features, labels, weights, prior_model))
        predicted = np.zeros(len(features))
        for fold in set(folds.tolist()):
            kept, held = folds != fold, folds == fold
            predicted[held] = _fit(features[kept], labels[kept], weights[kept], prior_model).probability(
                features[held]
            )
        out_of_fold.append(predicted)
    predictions = [
        Prediction(float(p), float(max(p, s)), bool(y), i >= n)
        for i, (p, s, y) in enumerate(
            zip(out_of_fold[0][: n + m], out_of_fold[1][: n + m], right[: n + m], strict=True)
        )
    ]
    return Calibration(background, models[0], models[1]), predictions


def _fit(features: Array, labels: Array, weights: Array, prior: LogisticModel | None) -> LogisticModel:
    """Weighted logistic regression with a Gaussian prior around `prior` (around 0 without one)."""
    from scipy.optimize import minimize

    x = expand(features)
    centre = np.zeros(x.shape[1] + 1)
    if prior is not None:
        centre[:] = [*prior.weights, prior.intercept]

    def loss(parameters: Array) -> tuple[float, Array]:
        odds = x @ parameters[:-1] + parameters[-1]
        value = (weights * (np.logaddexp(0, odds) - labels * odds)).sum()
        error = weights * (1 / (1 + np.exp(-np.clip(odds, -60, 60))) - labels)
        moved = parameters - centre
        gradient = np.append(x.T @ error, error.sum()) + PENALTY * moved
        return value + PENALTY * float(moved @ moved) / 2, gradient

    best = minimize(loss, centre, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return LogisticModel(tuple(best[:-1].tolist()), float(best[-1]))
