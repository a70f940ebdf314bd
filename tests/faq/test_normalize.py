from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.normalize import normalize


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("請問運費誰出？", "请问运费谁出?"),
        ("急急急急！！！怎么退款啊啊啊啊😡😡", "急急!怎么退款啊啊"),
        ("订单号１２３００００４５", "订单号123000045"),
        ("谢谢～～～", "谢谢"),
        ("  退 款\n\n多久　到账 ", "退 款 多久 到账"),
        ("怎么退？！", "怎么退?"),
        ("iPhone 的 SIM\u200b 卡", "iPhone 的 SIM 卡"),
        ("😡", "😡"),
        ("？？？", "?"),
        ("", ""),
    ],
)
def test_spellings_become_one(typed: str, normal: str) -> None:
    assert normalize(typed) == normal


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_more_than_once(text: str) -> None:
    once = normalize(text)
    assert normalize(normalize(once)) == normalize(once)
    assert len(once) == len(once.strip())


@given(st.from_regex(r"[0-9A-Za-z]{1,30}", fullmatch=True))
def test_numbers_and_codes_are_never_shortened(code: str) -> None:
    assert normalize(f"订单{code}到哪了") == f"订单{code}到哪了"
