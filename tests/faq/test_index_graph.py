"""Large indexes, on lines that lie in clusters as those of entries do."""

from __future__ import annotations

import re
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.faq import graph, index
from bot.faq.encoder import Vectors
from bot.faq.graph import recall_at_10
from bot.faq.index import LineIndex, SearchMethod

LINES, DIMENSION = 6000, 48


def clustered(lines: int, seed: int) -> Vectors:
    """Around the same 1,200 points whatever the seed."""
    points = np.random.default_rng(0).standard_normal((1200, DIMENSION), np.float32)
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((lines, DIMENSION), np.float32)
    found = points[rng.integers(len(points), size=lines)] + 0.5 * noise
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


VECTORS = clustered(LINES, 1)
QUESTIONS = clustered(300, 2)


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "EXACT_LINES", LINES - 1)


@pytest.fixture(scope="module")
def built() -> LineIndex:
    return LineIndex.approximate(VECTORS)


def test_many_lines_get_a_graph_and_few_none(small_limit: None) -> None:
    assert LineIndex.build(VECTORS[:-1]).method == SearchMethod("exact")
    method = LineIndex.build(VECTORS).method
    assert method.kind == "hnsw"
    assert method.effort in graph.EFFORTS
    assert method.recall is not None
    assert method.recall >= graph.RECALL


def test_the_graph_finds_what_an_exact_search_finds(built: LineIndex) -> None:
    exact, _ = LineIndex.exact(VECTORS).search(QUESTIONS, 10)
    scores, rows = built.search(QUESTIONS, 10)
    assert recall_at_10(rows, exact, VECTORS, QUESTIONS) >= 0.97
    assert np.all(np.diff(scores, axis=1) <= 0)
    assert np.allclose(scores, np.einsum("qnd,qd->qn", VECTORS[rows], QUESTIONS), atol=2e-3)


def test_rows_are_lines_also_of_those_that_measured_the_recall(built: LineIndex) -> None:
    scores, rows = built.search(VECTORS, 1)
    assert (rows[:, 0] == np.arange(LINES)).mean() >= 0.99
    assert scores.min() > 0.9
    assert np.allclose(built.vectors(), VECTORS, atol=1e-3)
    wanted = np.array([5, 17, LINES - 1, 0])
    assert np.allclose(built.cosines(VECTORS[3], wanted), VECTORS[wanted] @ VECTORS[3], atol=2e-3)


def test_what_the_graph_does_not_find_is_no_other_line(built: LineIndex) -> None:
    """FAISS gives −1 for lines that a search did not reach."""
    scores, found = built._index.search(QUESTIONS[:2], 5)
    found[0, 3:], found[1, 1:] = -1, -1

    class Short:
        ntotal = LINES

        def search(self, questions: Vectors, count: int) -> tuple[Vectors, Vectors]:
            return scores, found

    short = LineIndex(Short(), built.method, built._places)
    cosines, rows = short.search(QUESTIONS[:2], 5)
    assert rows[0, 3] == rows[0, 4] == rows[0, 2]
    assert set(rows[1]) == {rows[1, 0]}
    assert cosines[0, 4] == scores[0, 2]


def test_a_graph_that_misses_lines_gives_way_to_an_exact_search(
    small_limit: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph, "EFFORTS", (1, 2))
    found = LineIndex.build(VECTORS)
    assert found.method.kind == "exact"
    assert found.method.effort is None
    assert found.method.recall is not None
    assert found.method.recall < graph.RECALL
    assert np.array_equal(found.search(VECTORS, 1)[1][:, 0], np.arange(LINES))


def test_saving_and_loading_changes_no_search(built: LineIndex, tmp_path: Path) -> None:
    built.save(tmp_path)
    loaded = LineIndex.load(tmp_path, built.method)
    scores, rows = built.search(QUESTIONS, 20)
    same_scores, same_rows = loaded.search(QUESTIONS, 20)
    assert np.array_equal(scores, same_scores)
    assert np.array_equal(rows, same_rows)
    (tmp_path / index.PLACES).unlink()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        LineIndex.load(tmp_path, built.method)


def search_and_look(folder: Path, method: SearchMethod) -> dict[str, int]:
    """Search, then what the kernel says of the pages of `lines.faiss` in this process, in kB."""
    loaded = LineIndex.load(folder, method)
    loaded.search(VECTORS, 100)
    return mapped(folder / index.FILE)


def mapped(file: Path) -> dict[str, int]:
    """Sums over the mappings of a file in /proc/self/smaps."""
    sums: dict[str, int] = {}
    of_file = False
    for line in Path("/proc/self/smaps").read_text("utf-8").splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            of_file = line.endswith(str(file))
        elif of_file and line.endswith(" kB"):
            name, value, _ = line.split()
            sums[name.rstrip(":")] = sums.get(name.rstrip(":"), 0) + int(value)
    return sums


@pytest.mark.parametrize("kind", ["exact", "hnsw"])
def test_processes_share_the_pages_of_an_index(kind: str, built: LineIndex, tmp_path: Path) -> None:
    made = built if kind == "hnsw" else LineIndex.exact(VECTORS)
    made.save(tmp_path)
    size = (tmp_path / index.FILE).stat().st_size // 1024
    loaded = LineIndex.load(tmp_path, made.method)
    loaded.search(VECTORS, 100)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        other = pool.submit(search_and_look, tmp_path, made.method).result()
    # This process had the file in memory all the while. Pages that are not on the disk yet count as dirty.
    assert other["Rss"] >= 0.9 * size
    assert other["Shared_Clean"] + other["Shared_Dirty"] >= 0.9 * size
    assert other["Private_Dirty"] == 0
    assert other["Anonymous"] == 0
    assert mapped(tmp_path / index.FILE)["Rss"] >= 0.9 * size
