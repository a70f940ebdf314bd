"""An FAQ of 60,000 lines: beyond what is searched line by line."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.faq import index
from bot.faq.build import build_release
from bot.faq.cross_validation import Corpus
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import HashEncoder, Vectors
from bot.faq.lexical import Words
from bot.faq.release import Manifest, load_release
from bot.faq.retriever import Fusion, Retriever
from tests.faq.large_faq import write_large
from tests.faq.small_faq import OFF_TOPIC

ENTRIES, LINES_EACH, DIMENSION = 20_000, 3, 24
PARTS = "云杉松柏青岚星河远山明月清泉白鹿长风安宁半夏初雪南溪北辰东篱西窗"
ASKED = ("{}怎么退货", "{}想退掉", "{}能不能退")
FUSION = Fusion(nearest=5, classifier=1, answer=0, words=1, characters=1)


def wording(entries: Vectors, seed: int) -> Vectors:
    """One vector near each of the entries'."""
    noise = np.random.default_rng(seed).standard_normal(entries.shape, np.float32)
    found = entries + 0.25 * noise
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def encoded(texts: list[str], vectors: Vectors) -> EncodedTexts:
    return EncodedTexts(tuple(texts), vectors, np.empty((len(texts), 0), np.float32))


def test_a_question_finds_its_entry_among_60_000_lines(tmp_path: Path) -> None:
    names = ["".join(parts) for parts in itertools.islice(itertools.permutations(PARTS, 3), ENTRIES)]
    points = np.random.default_rng(0).standard_normal((ENTRIES, DIMENSION), np.float32)
    lines = np.stack([wording(points, seed) for seed in range(LINES_EACH)], 1).reshape(-1, DIMENSION)
    corpus = Corpus(
        lines=encoded([text.format(name) for name in names for text in ASKED], lines),
        entry_of_line=np.repeat(np.arange(ENTRIES), LINES_EACH),
        answer_vectors=np.zeros((ENTRIES, DIMENSION), np.float32),
        off_topic=encoded(OFF_TOPIC, wording(np.zeros((len(OFF_TOPIC), DIMENSION), np.float32), 8)),
        words=Words(),
    )
    retriever = corpus.retriever(FUSION)
    assert retriever.index.lines == 60_000
    assert retriever.index.method.kind == "hnsw"
    retriever.save(tmp_path)
    loaded = Retriever.load(tmp_path, retriever.index.method, corpus.words)
    wanted = np.arange(0, ENTRIES, 400)
    # Nothing but the meaning tells these entries apart.
    questions = encoded(["请问这一件怎么退"] * len(wanted), wording(points[wanted], 9))
    rankings = loaded.rank_all(questions)
    found = [ranking.entries[0].entry for ranking in rankings]
    assert np.mean(np.array(found) == wanted) >= 0.96
    exact = retriever.index.vectors()
    for ranking, vector in zip(rankings, questions.final - retriever.mean, strict=True):
        best = ranking.entries[0]
        assert best.entry == best.line // LINES_EACH
        assert best.nearest == pytest.approx(
            float(exact[best.line] @ vector / np.linalg.norm(vector)), abs=1e-3
        )


def test_a_release_with_a_graph_answers_and_says_how_it_searches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "EXACT_LINES", 150)
    said: list[str] = []
    folder = build_release(write_large(tmp_path / "data"), tmp_path, HashEncoder(), 0.2, said.append)
    written = json.loads((folder / "release.json").read_text("utf-8"))["search"]
    assert written["kind"] == "hnsw"
    assert written["recall"] >= 0.99
    assert any(line.startswith("search: a graph") for line in said)
    assert Manifest.read(folder).search.effort == written["effort"]
    reply = load_release(folder, HashEncoder()).reply("门禁卡坏了怎么办")
    assert reply.record.candidates[0].entry == "broken-0"
    places = folder / index.PLACES
    content = bytearray(places.read_bytes())
    content[-1] ^= 1
    places.write_bytes(content)
    with pytest.raises(ConfigurationError, match=index.PLACES):
        load_release(folder, HashEncoder())
