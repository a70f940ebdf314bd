from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.faq.calibrate import Calibration, entry_shares, fit_calibration
from bot.faq.cross_validation import HeldOut, drop_answerable
from bot.faq.evaluate import auroc
from bot.faq.fusion import fit_fusion
from bot.faq.prior import Prior
from bot.faq.retriever import Fusion, Ranking, ScoredEntry

FUSION = Fusion(nearest=10, classifier=0, answer=0, words=0, characters=0)


def ranking(rng: np.random.Generator, right: int | None, clarity: float, shift: float = 0.0) -> Ranking:
    """Five entries with noisy cosines around `shift`, the right one raised by `clarity`."""
    nearest = shift + 0.1 * rng.standard_normal(5)
    if right is not None:
        nearest[right] += clarity
    entries = tuple(ScoredEntry(i, i, float(c), 0.0, 0.0, 0.0, float(c) / 2) for i, c in enumerate(nearest))
    scope = float(rng.normal(2 if right is not None else -2))
    return Ranking("", entries, shift, scope, 6).fused(FUSION)


def questions(seed: int, inside: int = 600, outside: int = 300, shift: float = 0.0) -> list[HeldOut]:
    rng = np.random.default_rng(seed)
    rights = rng.integers(5, size=inside).tolist()
    found = [
        HeldOut(ranking(rng, right, abs(rng.normal(0.3, 0.2)), shift), right, i % 8)
        for i, right in enumerate(rights)
    ]
    return found + [HeldOut(ranking(rng, None, 0, shift), None, i % 8) for i in range(outside)]


def test_probabilities_are_as_often_right_as_they_say() -> None:
    calibration = fit_calibration(questions(0), None).calibration
    fresh = list(questions(1, inside=6000, outside=0))
    said = np.array([calibration.judge(h.ranking).candidates[0].probability for h in fresh])
    true = np.array([h.right for h in fresh])
    for low in (0.3, 0.5, 0.7, 0.9):
        within = (said >= low) & (said < low + 0.1)
        if within.sum() >= 200:
            # The model is fitted with one question in five unanswerable, these all have an answer.
            assert true[within].mean() >= said[within].mean() - 0.05
    assert said[true].mean() > said[~true].mean() + 0.2


def test_the_calibration_follows_a_shift_of_the_encoders_scale() -> None:
    prior = fit_calibration(questions(0), None)
    models = Prior(FUSION, prior.calibration.right, prior.calibration.scope, prior.predictions)
    moved = fit_calibration(questions(2, inside=20, shift=0.5), models)
    assert not moved.own
    for near, far in zip(questions(3, 50, 50), questions(3, 50, 50, shift=0.5), strict=True):
        a = prior.calibration.judge(near.ranking).candidates[0].probability
        b = moved.calibration.judge(far.ranking).candidates[0].probability
        assert a == pytest.approx(b, abs=0.2)


def test_predictions_come_from_models_that_did_not_see_them() -> None:
    rng = np.random.default_rng(0)
    noise = [
        HeldOut(h.ranking, int(rng.integers(5)) if h.entry is not None else None, h.fold)
        for h in questions(4, inside=400, outside=40)
    ]
    predictions = [p for p in fit_calibration(noise, None).predictions if not p.off_topic]
    right, wrong = ([p.right for p in predictions if p.is_right is truth] for truth in (True, False))
    # What was learnt from noise must not seem to work.
    assert auroc(right, wrong) == pytest.approx(0.5, abs=0.08)


def test_a_judgement_is_coherent() -> None:
    calibration = fit_calibration(questions(0), None).calibration
    for h in questions(6, 100, 100):
        judgement = calibration.judge(h.ranking)
        probabilities = [c.probability for c in judgement.candidates]
        assert probabilities == sorted(probabilities, reverse=True)
        assert sum(probabilities) <= judgement.in_scope + 1e-9 <= 1 + 1e-9
        assert entry_shares(h.ranking).sum() == pytest.approx(1)


def test_an_empty_ranking_is_out_of_scope() -> None:
    calibration = fit_calibration(questions(0), None).calibration
    assert calibration.judge(Ranking("", (), 0, 0, 0)).in_scope == 0


def test_saving_keeps_the_calibration_and_refuses_another_versions(tmp_path: Path) -> None:
    calibration = fit_calibration(questions(0), None).calibration
    calibration.save(tmp_path / "calibration.json")
    value = json.loads((tmp_path / "calibration.json").read_text("utf-8"))
    assert Calibration.from_json(value) == calibration
    with pytest.raises(ValueError, match="expected"):
        Calibration.from_json({**value, "features": ["other"]})


def test_too_little_data_without_a_prior_is_refused() -> None:
    with pytest.raises(ValueError, match="prior"):
        fit_calibration(questions(0, inside=10), None)


def test_the_fusion_learns_which_feature_tells_the_entries_apart() -> None:
    rng = np.random.default_rng(0)
    held_out = []
    for i in range(300):
        right = int(rng.integers(5))
        entries = tuple(
            ScoredEntry(
                e, e, float(rng.normal(0, 0.1)), 0.0, 0.0, float(rng.normal(0.3 * (e == right), 0.1)), 0.0
            )
            for e in range(5)
        )
        held_out.append(HeldOut(Ranking("", entries, 0, 0, 5).fused(FUSION), right, i % 8))
    fusion = fit_fusion(held_out, FUSION)
    assert fusion.words > 3 * fusion.nearest
    assert np.mean([h.fused(fusion).right for h in held_out]) > np.mean([h.right for h in held_out]) + 0.3


def test_without_questions_the_fusion_stays_the_priors() -> None:
    assert fit_fusion([], FUSION) == FUSION


def test_off_topic_lines_that_the_faq_answers_are_left_out() -> None:
    rng = np.random.default_rng(0)
    held_out = questions(7, inside=200, outside=50)
    answerable = HeldOut(ranking(rng, 2, 2.0), None, 0)
    kept, dropped = drop_answerable([*held_out, answerable])
    assert answerable not in kept
    assert len(dropped) < 10
    assert all(h in kept for h in held_out if h.entry is not None)


def test_the_packages_prior_is_whole() -> None:
    prior = Prior.load(with_answers=True)
    assert prior.fusion.nearest > 0
    assert sum(not p.off_topic for p in prior.predictions) > 1000
    assert sum(p.off_topic for p in prior.predictions) > 500
