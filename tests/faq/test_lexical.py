from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.faq.lexical import CharacterIndex, Postings, WordIndex, Words, character_grams

LINES = ["退货的运费谁出", "退款多久到账", "运费险怎么赔", "发票在哪里开", "怎么开电子发票"]


@pytest.fixture(scope="module")
def words() -> Words:
    loaded = Words("运费险 20000 nz\n# 注释\n黑金会员 20000 n\n")
    loaded.load()
    return loaded


def test_the_shops_words_stay_whole(words: Words) -> None:
    assert "运费险" in words("买了运费险怎么赔？")
    assert "黑金会员" in words("黑金会员有啥用")


def test_case_marks_and_blanks_do_not_count(words: Words) -> None:
    assert words("iPhone，怎么退？") == words("IPHONE 怎么退")


def test_bm25_is_okapis_formula(words: Words) -> None:
    index = WordIndex.build(words, LINES)
    counts = [words(line) for line in LINES]
    mean = np.mean([len(c) for c in counts])
    question = "电子发票怎么开"
    expected = []
    for count in counts:
        score = 0.0
        for term in set(words(question)):
            n = sum(term in c for c in counts)
            f = count.count(term)
            idf = np.log(1 + (len(LINES) - n + 0.5) / (n + 0.5))
            score += idf * f * 2.2 / (f + 1.2 * (0.25 + 0.75 * len(count) / mean))
        expected.append(score)
    assert np.allclose(index.scores(question), expected, atol=1e-5)
    assert index.scores(question).argmax() == 4


def test_unknown_words_lower_the_coverage(words: Words) -> None:
    index = WordIndex.build(words, LINES)
    assert index.coverage("运费谁出").max() > index.coverage("星巴克运费谁出").max() > 0
    assert not index.coverage("？").any()


def test_character_scores_are_the_cosine_of_tf_idf() -> None:
    index = CharacterIndex.build(LINES)
    model = TfidfVectorizer(analyzer=character_grams)
    expected = model.fit_transform(LINES) @ model.transform(["发票"]).T
    assert np.allclose(index.scores("发票"), expected.toarray()[:, 0], atol=1e-5)


@settings(max_examples=50)
@given(st.text(max_size=30))
def test_scores_stay_in_their_range(text: str) -> None:
    scores = CharacterIndex.build(LINES).scores(text)
    assert scores.shape == (5,)
    assert (scores >= 0).all()
    assert (scores <= 1 + 1e-5).all()


def test_a_line_matches_itself_best() -> None:
    index = CharacterIndex.build(LINES)
    for row, line in enumerate(LINES):
        assert index.scores(line).argmax() == row
        assert index.scores(line)[row] == pytest.approx(1, abs=1e-5)


def test_postings_survive_saving(tmp_path: Path) -> None:
    index = CharacterIndex.build(LINES)
    index.postings.save(tmp_path, "characters")
    loaded = CharacterIndex(Postings.load(tmp_path, "characters"))
    assert np.array_equal(loaded.scores("开个发票"), index.scores("开个发票"))
