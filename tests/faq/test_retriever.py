from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.faq.cross_validation import FOLDS, Corpus, HeldOut
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import HashEncoder
from bot.faq.lexical import Words
from bot.faq.retriever import FEATURES, Fusion, Retriever
from tests.faq.small_faq import ENTRIES, OFF_TOPIC

FUSION = Fusion(nearest=5, classifier=1, answer=2, words=1, characters=1)
ENCODER = HashEncoder()


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    pairs = [
        (text, row)
        for row, (question, _, similar) in enumerate(ENTRIES.values())
        for text in (question, *similar)
    ]
    return Corpus(
        lines=EncodedTexts.encode(ENCODER, [text for text, _ in pairs]),
        entry_of_line=np.array([row for _, row in pairs]),
        answer_vectors=ENCODER.encode([answer for _, answer, _ in ENTRIES.values()]),
        off_topic=EncodedTexts.encode(ENCODER, OFF_TOPIC),
        words=Words(),
    )


@pytest.fixture(scope="module")
def retriever(corpus: Corpus) -> Retriever:
    return corpus.retriever(FUSION)


def ask(text: str) -> EncodedTexts:
    return EncodedTexts.encode(ENCODER, [text])


def asked_unseen(corpus: Corpus) -> list[HeldOut]:
    rounds = corpus.rounds(FUSION, lambda _line: None)
    return [held for turn in rounds for held in turn.ask(turn.retriever)]


def test_the_entry_with_the_same_words_comes_first(retriever: Retriever) -> None:
    names = list(ENTRIES)
    for text, name in (
        ("把书弄丢了怎么赔钱", "lost"),
        ("打印文件一张多少钱", "print"),
        ("想续借一个月", "renew"),
    ):
        best = retriever.rank(ask(text)).entries[0]
        assert names[best.entry] == name


def test_scores_fall_and_are_the_fusion_of_the_features(retriever: Retriever) -> None:
    ranking = retriever.rank(ask("周一开门吗"))
    scores = [entry.score for entry in ranking.entries]
    assert scores == sorted(scores, reverse=True)
    assert len({entry.entry for entry in ranking.entries}) == len(ENTRIES)
    for entry in ranking.entries:
        assert entry.score == pytest.approx(float(np.dot(entry.features, FUSION.weights)))
        assert -1 <= entry.nearest <= 1
        assert 0 <= entry.characters <= 1 + 1e-6
    assert len(FEATURES) == len(ranking.entries[0].features)


def test_the_best_line_belongs_to_its_entry(retriever: Retriever, corpus: Corpus) -> None:
    ranking = retriever.rank(ask("遗失图书赔多少"))
    assert all(corpus.entry_of_line[entry.line] == entry.entry for entry in ranking.entries)
    assert corpus.lines.texts[ranking.entries[0].line] == "遗失图书赔多少"
    assert ranking.entries[0].nearest == pytest.approx(1, abs=1e-5)


def test_other_weights_reorder_the_same_candidates(retriever: Retriever) -> None:
    ranking = retriever.rank(ask("预约打印"))
    other = ranking.fused(Fusion(0, 0, 0, 0, 1))
    assert {entry.entry for entry in other.entries} == {entry.entry for entry in ranking.entries}
    assert [e.score for e in other.entries] == sorted((e.characters for e in ranking.entries), reverse=True)


def test_saving_and_loading_changes_no_ranking(retriever: Retriever, tmp_path: Path) -> None:
    retriever.save(tmp_path)
    loaded = Retriever.load(tmp_path, retriever.index.method)
    for text in ("办卡带什么", "晚上开到几点", "讲个笑话"):
        assert loaded.rank(ask(text)) == retriever.rank(ask(text))


def test_a_single_entry_is_enough(corpus: Corpus) -> None:
    one = Corpus(
        corpus.lines.take(np.array([0])), np.array([0]), corpus.answer_vectors[:1], corpus.off_topic, Words()
    )
    ranking = one.retriever(FUSION).rank(ask("借书证"))
    assert [entry.entry for entry in ranking.entries] == [0]


def test_lines_out_of_order_are_refused(corpus: Corpus) -> None:
    with pytest.raises(ValueError, match="ascending"):
        Corpus(
            corpus.lines, corpus.entry_of_line[::-1].copy(), corpus.answer_vectors, corpus.off_topic, Words()
        ).retriever(FUSION)


def test_every_question_is_held_out_once_and_never_finds_itself(corpus: Corpus) -> None:
    held_out = asked_unseen(corpus)
    inside = [h for h in held_out if h.entry is not None]
    outside = [h for h in held_out if h.entry is None]
    assert sorted(h.ranking.question for h in inside) == sorted(corpus.lines.texts)
    assert sorted(h.ranking.question for h in outside) == sorted(OFF_TOPIC)
    assert {h.fold for h in held_out} <= set(range(FOLDS))
    assert all(h.nearest < 0.999 for h in inside)
    assert all(any(e.entry == h.entry for e in h.ranking.entries) for h in inside)


def test_a_line_that_stands_twice_is_no_test_of_itself(corpus: Corpus) -> None:
    rows = np.concatenate([[0], np.arange(len(corpus.lines))])
    doubled = Corpus(
        corpus.lines.take(rows), corpus.entry_of_line[rows], corpus.answer_vectors, corpus.off_topic, Words()
    )
    questions = [h.ranking.question for h in asked_unseen(doubled)]
    assert corpus.lines.texts[0] not in questions
