"""What somebody who complains is after, and what about."""

from __future__ import annotations

import pytest

from actions.complaint_kind import compares_prices, complaint_kind, complaint_matter
from actions.empathy import APOLOGIES


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("等了一星期，真是受够了", "vent"),
        ("客服爱答不理的，什么态度", "respect"),
        ("东西坏了耽误我用，你们得赔我损失", "compensation"),
        ("态度这么差，必须赔偿", "compensation"),
        ("这个包装应该改进一下", "advice"),
    ],
)
def test_what_they_are_after(text: str, kind: str) -> None:
    assert complaint_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("你们客服骂人", "客服态度问题"),
        ("那个派送员脾气大得很，还骂人", "快递员态度问题"),
        ("快递服务太差劲", "快递员态度问题"),
        ("催了三次快递，客服什么态度", "客服态度问题"),
        ("装空调的师傅一直冲我吼", "上门师傅的态度问题"),
        ("收到的碗全碎了", "商品破损的问题"),
        ("包裹放楼道被偷了", "包裹丢失的问题"),
        ("买的是红色给我发错成黑色", "发错商品的问题"),
        ("说好退款半个月了还没退", "退款没到账的问题"),
        ("快递袋到手就破了个口子", "商品破损的问题"),
        ("什么破平台啊", "这件事"),
        ("点了五遍都没收到验证码", "这件事"),
        ("气死我了", "这件事"),
    ],
)
def test_what_it_is_about(text: str, matter: str) -> None:
    assert complaint_matter(text) == matter


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("又发错货了", True),
        ("三天了还在揽收", True),
        ("快递员骂人", False),
        ("怎么降价了", False),
        ("气死我了", False),
    ],
)
def test_the_shop_apologises_for_its_own_doing_alone(text: str, own: bool) -> None:
    assert (complaint_matter(text) in APOLOGIES) is own


@pytest.mark.parametrize(
    ("text", "haggles"),
    [
        ("人家店里才卖八十，比你们便宜", True),
        ("淘宝上同款便宜好几十呢", True),
        ("比别家贵不少", True),
        ("别家便宜一半，你们就是坑人", False),
        ("隔壁便宜三十，给我退差价", False),
        ("东西坏了没人管", False),
    ],
)
def test_who_compares_prices_haggles(text: str, haggles: bool) -> None:
    assert compares_prices(text) is haggles
