from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.recalibrate import IDENTITY, fit_recalibration


def sample(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Stated probabilities that are too low, most of all below a half."""
    rng = np.random.default_rng(seed)
    stated = rng.random(n)
    true = stated**0.6
    return stated, (rng.random(n) < true).astype(float)


def test_what_was_too_low_is_lifted_and_the_rest_stays() -> None:
    bend = fit_recalibration(*sample(0, 8000), np.ones(8000))
    stated, true = sample(1, 40_000)
    bent = bend(stated)
    for low in np.arange(0, 1, 0.1):
        inside = (bent >= low) & (bent < low + 0.1)
        assert bent[inside].mean() == pytest.approx(true[inside].mean(), abs=0.04)
    middle = (stated > 0.4) & (stated < 0.5)
    assert true[middle].mean() > stated[middle].mean() + 0.1


@given(st.integers(0, 50), st.integers(1, 300), st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_the_order_of_questions_stays(seed: int, n: int, stated: list[float]) -> None:
    bend = fit_recalibration(*sample(seed, n), np.ones(n))
    bent = bend(np.sort(np.array(stated)))
    assert np.all(np.diff(bent) >= 0)
    assert np.all((bent >= 0) & (bent <= 1))


def test_few_questions_change_little_and_none_nothing() -> None:
    stated = np.linspace(0.01, 0.99, 50)
    assert IDENTITY(stated) == pytest.approx(stated)
    bend = fit_recalibration(np.array([0.5, 0.9]), np.array([0.0, 1.0]), np.ones(2))
    assert bend(stated) == pytest.approx(stated, abs=0.1)
    none = fit_recalibration(np.empty(0), np.empty(0), np.empty(0))
    assert none(stated) == pytest.approx(stated)
