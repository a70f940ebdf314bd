from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.faq.encoder import HashEncoder
from bot.faq.index import LineIndex

VECTORS = HashEncoder(32).encode([f"第{i}个问题" for i in range(40)])


def test_search_is_exact_and_best_first() -> None:
    index = LineIndex.build(VECTORS)
    scores, rows = index.search(VECTORS[:3], 5)
    exact = VECTORS[:3] @ VECTORS.T
    assert rows.shape == scores.shape == (3, 5)
    assert np.allclose(scores, -np.sort(-exact, axis=1)[:, :5], atol=1e-5)
    assert np.allclose(index.cosines(VECTORS[0], rows[0]), scores[0], atol=1e-5)


def test_more_lines_than_there_are() -> None:
    assert LineIndex.build(VECTORS[:2]).search(VECTORS[:1], 100)[1].shape == (1, 2)


def test_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="must have length 1"):
        LineIndex.build(VECTORS * 2)


def test_a_question_that_gives_no_cosine_is_refused() -> None:
    with pytest.raises(ValueError, match=r"-1\.\.1"):
        LineIndex.build(VECTORS).search(VECTORS[:1] * 3, 1)


def test_saving_and_loading(tmp_path: Path) -> None:
    index = LineIndex.build(VECTORS)
    index.save(tmp_path)
    loaded = LineIndex.load(tmp_path, index.method)
    assert np.array_equal(loaded.vectors(), VECTORS)
    del loaded
    (tmp_path / "lines.faiss").write_bytes(b"no index")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        LineIndex.load(tmp_path, index.method)
