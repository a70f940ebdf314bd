"""From scores to probabilities: is the best entry right, and is the question in scope at all.

Raw scores mean nothing across encoders and releases, so two logistic models are fitted for each
release, on its own held-out lines and an off-topic bank, and bent to what these say
(`recalibrate.py`). A prior fitted on the shop's FAQ carries releases with too few similar questions.
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
from bot.faq.logistic import Array, fit_logistic
from bot.faq.prior import Prediction, Prior
from bot.faq.recalibrate import ProbabilityModel, fit_recalibration
from bot.faq.retriever import Ranking
from bot.faq.traffic import OFF_TOPIC_TRAFFIC, UNCOVERED_PART, traffic_weights

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
LOWEST, HIGHEST = -4.0, 12.0
MIN_RIGHT = 50
# Without a calibration of its own an FAQ answers what is nearly one of its lines, for nothing tells what a
# word that it lacks changes: 书店几点关门 is .99 sure for 图书馆几点开门. In FAQs of 6 and 12 entries cut out
# of the shop's, .7 leaves 20 % of the questions answered of 58 %, all right, and .2 to .7 % of the questions
# of entries that were left out, of 7 %; the others are asked back.
NEARLY_A_LINE = 0.7
UNPROVEN = 0.5


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
        """Shape [questions, features], clipped to -4..12."""
        if not rankings:
            return np.empty((0, len(QUESTION_FEATURES)))
        features = np.stack([question_features(ranking) for ranking in rankings])
        found: Array = np.clip((features - self.mean) / self.spread, LOWEST, HIGHEST)
        return found


@dataclass(frozen=True)
class Calibration:
    """Two probabilities from features over one background.

    Below a centred cosine of `nearest` to a line no entry is more probable than not; -1: no such limit.
    """

    background: Background
    right: ProbabilityModel
    scope: ProbabilityModel
    nearest: float = -1.0

    def judge(self, ranking: Ranking) -> Judgement:
        """Probabilities for one ranking; a right entry is in scope, so its probability is no higher.

        What is left of the scope's probability after the best entry is shared among the others by
        their scores.
        """
        if not ranking.entries:
            return Judgement((), 0.0)
        standardised = self.background.standardise([ranking])
        in_scope = float(self.scope.probability(standardised)[0])
        right = float(self.right.probability(standardised)[0])
        if self.nearest < 0:
            right = min(right, in_scope)
        else:
            # Borrowed models: of two doubtful signs of a question for this FAQ one is enough to ask back.
            in_scope = max(right, in_scope)
            if ranking.entries[0].nearest < self.nearest:
                right = min(right, UNPROVEN)
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
        right, scope = (ProbabilityModel.from_json(value[name]) for name in ("right", "scope"))
        return cls(background, right, scope, value.get("nearest", -1.0))


@dataclass(frozen=True)
class CalibrationFit:
    """A calibration and the predictions that thresholds follow from.

    `asked` are the held-out questions of the predictions, one by one. `own` is false when both models
    are the prior's for want of held-out questions; then the predictions are, too, and nothing was asked.
    """

    calibration: Calibration
    predictions: tuple[Prediction, ...]
    asked: tuple[HeldOut, ...]
    own: bool


def fit_calibration(held_out: Sequence[HeldOut], prior: Prior | None) -> CalibrationFit:
    """The calibration of a release and out-of-fold predictions for its held-out questions.

    With fewer than 50 rightly found held-out questions the prior's models serve unchanged, counted from
    this index's own background, for questions that are nearly a line, and its predictions stand for the
    missing ones. Raises ValueError when there is neither enough data nor a prior.
    """
    inside = [h for h in held_out if h.entry is not None and h.ranking.entries]
    outside = [h for h in held_out if h.entry is None and h.ranking.entries]
    background = Background.of([h.ranking for h in outside])
    if sum(h.right for h in inside) < MIN_RIGHT:
        if prior is None:
            raise ValueError("too few held-out questions to calibrate without a prior")
        calibration = Calibration(background, prior.right, prior.scope, NEARLY_A_LINE)
        return CalibrationFit(calibration, prior.predictions, (), own=False)
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
    shares = (
        1 - OFF_TOPIC_TRAFFIC,
        OFF_TOPIC_TRAFFIC * (1 - UNCOVERED_PART),
        OFF_TOPIC_TRAFFIC * UNCOVERED_PART,
    )
    weights = np.concatenate(
        [
            np.full(len(g), len(features) * share / max(len(g), 1))
            for g, share in zip(groups, shares, strict=True)
        ]
    )
    # What is bent counts as the figures do: without the uncovered questions, which are made.
    counted = np.concatenate(
        [(n + m) * traffic_weights(scope[: n + m] == 0), np.zeros(len(features) - n - m)]
    )
    learned = [
        _fit_one(features, labels, weights, counted, folds, model)
        for labels, model in (
            (right, prior.right if prior else None),
            (scope, prior.scope if prior else None),
        )
    ]
    predictions = [
        Prediction(float(min(p, s)), float(s), bool(y), i >= n)
        for i, (p, s, y) in enumerate(
            zip(*(found[: n + m] for _, found in learned), right[: n + m], strict=True)
        )
    ]
    calibration = Calibration(background, learned[0][0], learned[1][0])
    return CalibrationFit(calibration, tuple(predictions), (*inside, *outside), own=True)


def _fit_one(
    features: Array,
    labels: Array,
    weights: Array,
    counted: Array,
    folds: NDArray[np.int64],
    prior: ProbabilityModel | None,
) -> tuple[ProbabilityModel, Array]:
    """A model of all rows, and out-of-fold probabilities; `counted` weighs the rows that bend it.

    The bend is the same for all folds. Bends of their own would rank questions by how their folds fared.
    """
    centre = prior.model if prior else None
    straight = np.zeros(len(features))
    for fold in np.unique(folds):
        kept, held = folds != fold, folds == fold
        model = fit_logistic(features[kept], labels[kept], weights[kept], centre)
        straight[held] = model.probability(features[held])
    bend = fit_recalibration(straight, labels, counted)
    limits = tuple(features.min(0).tolist()), tuple(features.max(0).tolist())
    return ProbabilityModel(fit_logistic(features, labels, weights, centre), bend, *limits), bend(straight)
