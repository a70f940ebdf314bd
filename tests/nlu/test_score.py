"""Scores: known figures, intervals that hold their share, and a page that shows what went wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intervals import wilson
from bot.nlu.report_page import report_page
from bot.nlu.score import Score, score

PAIRS = [("a", "a")] * 8 + [("a", "b")] * 2 + [("b", "b")] * 5 + [("c", "b")]


def scored() -> Score:
    found = score(PAIRS)
    assert found is not None
    return found


def test_shares_and_confusions() -> None:
    found = scored()
    assert (found.n, found.accuracy) == (16, 13 / 16)
    assert (found.labels["a"].recall, found.labels["a"].precision) == (0.8, 1.0)
    assert (found.labels["b"].recall, found.labels["b"].precision) == (1.0, 5 / 8)
    assert (found.labels["c"].recall, found.labels["c"].precision) == (0.0, 0.0)
    assert found.confusions == (("a", "b", 2), ("c", "b", 1))
    assert found.macro_f1 == pytest.approx((16 / 18 + 10 / 13 + 0) / 3)
    low, high = found.macro_f1_interval
    assert low < found.macro_f1 < high
    assert score([]) is None


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(trial: tuple[int, int]) -> None:
    right, n = trial
    low, high = wilson(right / n, n)
    assert 0 <= low <= right / n <= high <= 1


def test_wilsons_interval_is_the_published_one() -> None:
    # 81 of 263: Newcombe 1998, table I, method 3.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0.0, 0) == (0.0, 1.0)


def test_the_page_shows_every_column_and_escapes() -> None:
    page = report_page({"intent": scored(), "human": scored()}, "<lines>.jsonl")
    assert page.count("<h2>") == 2
    assert "&lt;lines&gt;.jsonl" in page
    assert "<td>a</td><td>b</td>" in page
