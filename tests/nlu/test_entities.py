"""Entities: tolerant to how numbers are typed, and a number is never read as something else."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.entities import Catalogue, Entity, find_entities, half_width

CATALOGUE = Catalogue.of({"手机": "手机", "手机壳": "手机壳", "羽绒服": "羽绒服", "羽绒被": "被子"})
DIGITS = "0123456789"
FULL_WIDTH = str.maketrans(DIGITS + "YSys+-", "０１２３４５６７８９ＹＳｙｓ＋－")

ten_digits = st.text(DIGITS, min_size=10, max_size=10)
phones = st.builds(
    lambda second, rest: f"1{second}{rest}",
    st.sampled_from("3456789"),
    st.text(DIGITS, min_size=9, max_size=9),
)
around = st.sampled_from(["", "我的订单", "查一下 ", "：", "，到哪了", "（急）", "电话是", "吗？"])


def values(text: str, kind: str) -> list[str]:
    return [entity.value for entity in find_entities(text, CATALOGUE) if entity.kind == kind]


@st.composite
def typed(draw: st.DrawFn, number: str) -> str:
    """The number as somebody may type it."""
    groups = draw(st.sampled_from([(), (4,), (3, 7), (4, 8)]))
    gap = draw(st.sampled_from([" ", "-"]))
    pieces = [number[a:b] for a, b in zip((0, *groups), (*groups, len(number)), strict=True)]
    text = gap.join(pieces)
    return text.translate(FULL_WIDTH) if draw(st.booleans()) else text


@given(data=st.data(), digits=ten_digits, before=around, after=around)
def test_an_order_number_however_it_is_typed(
    data: st.DataObject, digits: str, before: str, after: str
) -> None:
    prefix = data.draw(st.sampled_from(["YS", "ys", "Ys", "YS ", "YS-", "ＹＳ"]))
    text = f"{before}{prefix}{data.draw(typed(digits))}{after}"
    assert values(text, "order_number") == [f"YS{digits}"]
    assert values(text, "phone") == []
    assert values(text, "tracking_number") == []


@given(data=st.data(), phone=phones, before=around, after=around)
def test_a_phone_however_it_is_typed(data: st.DataObject, phone: str, before: str, after: str) -> None:
    prefix = data.draw(st.sampled_from(["", "+86", "+86 ", "86", "0086"]))
    text = f"{before}{prefix}{data.draw(typed(phone))}{after}"
    assert values(text, "phone") == [phone]
    assert values(text, "order_number") == []


@given(digits=st.text(DIGITS, min_size=1, max_size=24).filter(lambda d: len(d) != 10))
def test_a_mistyped_order_number_is_nothing(digits: str) -> None:
    assert not [
        e
        for e in find_entities(f"YS{digits}", CATALOGUE)
        if e.kind in ("order_number", "phone", "tracking_number")
    ]


@given(digits=st.text(DIGITS, min_size=16, max_size=22))
def test_card_and_identity_numbers_are_nothing(digits: str) -> None:
    assert find_entities(digits, CATALOGUE) == ()


@given(
    text=st.text(
        alphabet=st.sampled_from("我的订单手机壳羽绒服YS+ -13５９8０0/月号点周三下午昨天，。"), max_size=40
    )
)
def test_entities_lie_in_the_text_in_order_and_apart(text: str) -> None:
    found = find_entities(text, CATALOGUE)
    assert all(0 <= e.start < e.end <= len(text) and e.value for e in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(text=st.text(max_size=60))
def test_half_width_keeps_every_offset(text: str) -> None:
    assert len(half_width(text)) == len(text)


def test_parcels() -> None:
    assert values("SF1234567890123到哪了", "tracking_number") == ["SF1234567890123"]
    assert values("快递单号 773012345678901", "tracking_number") == ["773012345678901"]
    assert values("物流单号7730123456789", "order_number") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("昨天买的", ["昨天"]),
        ("11月5号下的单", ["11月5号"]),
        ("上周三就说发货", ["上周三"]),
        ("三天前付的款", ["三天前"]),
        ("5号签收的", ["5号"]),
        ("2026-11-05 的订单", ["2026-11-05"]),
        ("5号电池", []),
        ("住在8号楼", []),
        ("支持7天无理由吗", []),
        ("1号店", []),
    ],
)
def test_dates(text: str, expected: list[str]) -> None:
    assert values(text, "date") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("下午三点以后", ["下午三点以后"]), ("10:30左右", ["10:30左右"]), ("晚上好", []), ("上午吧", ["上午"])],
)
def test_times(text: str, expected: list[str]) -> None:
    assert values(text, "time") == expected


def test_the_longest_product_wins_and_synonyms_name_it() -> None:
    assert find_entities("手机壳和羽绒被", CATALOGUE) == (
        Entity("product", "手机壳", 0, 3),
        Entity("product", "被子", 4, 7),
    )


def test_a_product_must_be_a_word() -> None:
    text = "手机号换了"
    assert find_entities(text, CATALOGUE, boundaries=[0, 3, 4, 5]) == ()
    assert values("手机坏了", "product") == ["手机"]


def test_a_word_cannot_name_two_products(tmp_path: Path) -> None:
    path = tmp_path / "products.txt"
    path.write_text("被子 羽绒被\n毯子 羽绒被\n", "utf-8")
    with pytest.raises(ValueError, match="羽绒被"):
        Catalogue.read(path)


def test_the_shop_catalogue_is_readable() -> None:
    catalogue = Catalogue.read(Path(__file__).resolve().parents[2] / "data" / "nlu" / "products.txt")
    assert len({name for _, name in catalogue.words}) >= 60


@pytest.mark.parametrize(
    "text",
    ["2600010001 这个单子到哪了", "2600010001的物流", "查2600010001，到哪了", "２６０００１０００１那单"],
)
def test_an_order_number_without_ys_is_known_by_what_follows(text: str) -> None:
    assert values(text, "order_number") == ["YS2600010001"]


@pytest.mark.parametrize(
    "text", ["QQ 2600010001", "快递单号2600010001的物流", "运单2600010001到哪了", "26000100012 这个单子"]
)
def test_other_numbers_are_no_order_number(text: str) -> None:
    assert values(text, "order_number") == []
