"""What somebody who complains is after, and what about."""

from __future__ import annotations

import pytest

from actions.complaint_kind import at_fault, complaint_kind, complaint_matter


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
        ("你们客服骂人", "客服的服务态度"),
        ("收到的碗全碎了", "收到的商品破损"),
        ("包裹放楼道被偷了", "包裹丢失"),
        ("买的是红色给我发错成黑色", "发错了商品"),
        ("说好退款半个月了还没退", "退款迟迟没有到"),
        ("快递袋到手就破了个口子", "收到的商品破损"),
        ("什么破平台啊", "这件事"),
        ("点了五遍都没收到验证码", "这件事"),
        ("气死我了", "这件事"),
    ],
)
def test_what_it_is_about(text: str, matter: str) -> None:
    assert complaint_matter(text) == matter


@pytest.mark.parametrize(
    ("text", "own"),
    [("又发错货了", True), ("三天了还在揽收", True), ("怎么降价了", False), ("气死我了", False)],
)
def test_the_shop_apologises_for_its_own_doing_alone(text: str, own: bool) -> None:
    assert at_fault(complaint_matter(text)) is own
