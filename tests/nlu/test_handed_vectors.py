"""Vectors that the service hands to Rasa: taken once, by the right encoder, and never a reason to fail."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from bot.nlu.handed_vectors import KEPT, HandedVectors

ROWS = np.arange(8, dtype=np.float32).reshape(2, 4)


def handed(**changes: Any) -> dict[str, Any]:
    layers = [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in ROWS]
    return {"encoder": "e1", "layers": layers, **changes}


def test_they_are_taken_once_as_they_were_handed() -> None:
    vectors = HandedVectors()
    vectors.hand("怎么退货", handed())
    taken = vectors.take("怎么退货", "e1", 4)
    assert taken is not None
    np.testing.assert_array_equal(taken, ROWS)
    assert vectors.take("怎么退货", "e1", 4) is None


def test_another_text_encoder_or_dimension_gets_none() -> None:
    vectors = HandedVectors()
    vectors.hand("怎么退货", handed())
    assert vectors.take("怎么换货", "e1", 4) is None
    assert vectors.take("怎么退货", "e2", 4) is None
    assert vectors.take("怎么退货", "e1", 384) is None


@pytest.mark.parametrize(
    "value",
    [
        7,
        "vectors",
        [],
        {},
        handed(layers=[]),
        handed(layers=["*"]),
        handed(layers=[None]),
        handed(layers=["AAA="]),
        handed(layers=["AAAAAA==", "AAAAAAAAAAA="]),
        handed(layers=7),
    ],
)
def test_what_is_no_vector_is_left_out(value: Any) -> None:
    vectors = HandedVectors()
    vectors.hand("怎么退货", value)
    assert vectors.take("怎么退货", "e1", 4) is None


def test_those_never_taken_do_not_pile_up() -> None:
    vectors = HandedVectors()
    for number in range(KEPT + 1):
        vectors.hand(f"{number}", handed())
    assert vectors.take("0", "e1", 4) is None
    assert vectors.take(str(KEPT), "e1", 4) is not None
