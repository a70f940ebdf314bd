from __future__ import annotations

import numpy as np

from bot.faq.cross_validation import FOLDS, HeldOut
from bot.faq.fusion import learn_fusion
from bot.faq.retriever import Fusion, Ranking, ScoredEntry

PRIOR = Fusion(nearest=5, classifier=1, answer=1, words=1, characters=1)
ENTRIES = 6


def held_out(count: int, telling: str) -> list[HeldOut]:
    """Questions whose right entry is told by one feature alone; all others are noise."""
    rng = np.random.default_rng(count)
    found = []
    for number in range(count):
        right = number % ENTRIES
        entries = []
        for entry in range(ENTRIES):
            features = dict(zip(("nearest", "answer", "words", "characters"), rng.random(4), strict=True))
            features[telling] = 0.6 + 0.4 * rng.random() if entry == right else 0.6 * rng.random()
            entries.append(ScoredEntry(entry, entry, classifier=0.0, **features))
        ranking = Ranking(f"问题{number}", tuple(entries), 0.0, 0.0, 4)
        found.append(HeldOut(ranking.fused(PRIOR), right, number % FOLDS))
    return found


def test_weights_go_where_the_right_entries_are_told() -> None:
    fusion, trial = learn_fusion(held_out(400, "words"), PRIOR)
    assert trial.kept
    assert [gain.figure for gain in trial.gains] == ["likelihood", "hit1"]
    assert fusion.words > 10
    assert fusion.words > 3 * max(fusion.nearest, fusion.answer, fusion.characters)
    assert min(fusion.weights) >= 0


def test_too_few_questions_keep_the_prior() -> None:
    for count in (0, 1, 5):
        fusion, trial = learn_fusion(held_out(count, "nearest"), PRIOR)
        assert fusion == PRIOR
        assert not trial.kept


def test_questions_of_a_single_round_are_divided_all_the_same() -> None:
    single = [HeldOut(h.ranking, h.entry, 0) for h in held_out(400, "words")]
    assert learn_fusion(single, PRIOR)[1].kept


def test_off_topic_questions_teach_nothing() -> None:
    questions = held_out(400, "words")
    beside = [HeldOut(h.ranking, None, h.fold) for h in held_out(50, "nearest")]
    assert learn_fusion([*questions, *beside], PRIOR) == learn_fusion(questions, PRIOR)
