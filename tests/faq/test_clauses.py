"""What is denied and what is wanted instead, and which questions a message holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.clauses import numbered, questions, wanted
from bot.faq.normalize import normalize


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("不是要退款，是要换货", "换货"),
        ("我没说要退货，我问的是换货", "换货"),
        ("不想退了就想修", None),
        ("不想退了，就想修一下", "修一下"),
        ("不想退了 就想修一下", "修一下"),
        ("我问的不是退款，而是换货怎么换", "换货怎么换"),
        ("谁说要退了，我想问保修多久", "保修多久"),
        ("先不退了，怎么改地址", "怎么改地址"),
        ("不是没发货，是物流不动", "物流不动"),
    ],
)
def test_what_is_wanted_takes_the_place_of_what_is_denied(text: str, meant: str | None) -> None:
    assert wanted(normalize(text)) == meant


@pytest.mark.parametrize(
    "text",
    [
        "", "不是包邮吗", "不是说24小时发货吗，怎么还没发", "不是说好包邮的吗？是不是骗人", "能不能退货",
        "没收到货怎么办", "不小心点错了，怎么撤回", "不会用，怎么联系客服", "不知道尺码，怎么选", "不要了",
    ],
)  # fmt: skip
def test_what_denies_nothing_for_something_else_stays(text: str) -> None:
    assert wanted(normalize(text)) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("怎么退货，运费谁出？", ("怎么退货", "运费谁出")),
        ("运费怎么算？多久发货？", ("运费怎么算", "多久发货")),
        ("怎么退货，另外运费谁出", ("怎么退货", "运费谁出")),
        ("尺码怎么选？顺便问下运费谁出", ("尺码怎么选", "运费谁出")),
        ("1、怎么退货 2、退款多久", ("怎么退货", "退款多久")),
        ("①怎么退货②退款多久", ("怎么退货", "退款多久")),
        ("第一，怎么退货；第二，运费谁出", ("怎么退货", "运费谁出")),
        ("想问两个问题：怎么退货，运费谁出", ("怎么退货", "运费谁出")),
        ("怎么退货？运费谁出？多久到账？", ("怎么退货", "运费谁出", "多久到账")),
    ],
)
def test_each_question_of_a_message_is_found(text: str, parts: tuple[str, ...]) -> None:
    assert questions(normalize(numbered(text))) == parts


@pytest.mark.parametrize(
    "text",
    [
        "", "？", "怎么退货", "怎么退货？", "您好，请问怎么退货", "在吗，发票怎么开", "耳机坏了，怎么办",
        "不是还没发货吗，能不能取消订单", "价格这么低，是不是正品", "这几天下大雪，快递是不是停了",
        "七天内，没拆封，可以退吗", "2.5米的沙发怎么配送", "怎么退？怎么换？怎么修？多久？",
    ],
)  # fmt: skip
def test_one_question_with_its_circumstances_stays_one(text: str) -> None:
    assert questions(normalize(text)) == ()


TYPED = (
    st.text(alphabet="不是没要想退换货我问的了，,。？?1２、①第一二另外还有怎么运费谁出吗 \n", max_size=60)
    | st.text()
)


@given(TYPED)
def test_any_text_is_read(typed: str) -> None:
    meant = wanted(typed)
    assert meant is None or (2 <= len(meant) < len(typed))
    parts = questions(typed)
    assert len(parts) in (0, 2, 3)
    assert all(len(part) >= 2 and part in typed for part in parts)
