from __future__ import annotations

import pytest

from tests.faq.exchange.mutations import MUTATIONS, try_many


@pytest.mark.parametrize("form", MUTATIONS)
def test_a_damaged_file_is_read_rightly_or_refused_clearly(form: str) -> None:
    outcomes = try_many(form, 200)
    assert outcomes["read"] > 10
    assert outcomes["refused"] > 10
