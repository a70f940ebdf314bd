"""The wish for a human: development lines, written for the rules and not among the training lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff.request import adds_nothing, asks_about_waiting, declines_human, wants_human, withdraws


def lines(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("text", lines("asks.txt"))
def test_asks(text: str) -> None:
    assert wants_human(text)


@pytest.mark.parametrize("text", lines("asks_not.txt"))
def test_asks_not(text: str) -> None:
    assert not wants_human(text)


@pytest.mark.parametrize("text", ["转人工", "人工客服", "我要找真人客服", "叫你们经理来"])
@pytest.mark.parametrize(
    "frame", ["{}！！！", "你好，{}", "  {}  ", "{}谢谢", "😡{}😡", "我的快递没到。{}", "{}\u200b"]
)
def test_courtesy_and_noise_change_nothing(text: str, frame: str) -> None:
    assert wants_human(frame.format(text))


def test_width_and_script_change_nothing() -> None:
    for text in ("轉人工", "請轉真人客服", "转　人　工", "转 人 工", "ＺＲＧ"):
        assert wants_human(text), text


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    assert wants_human(text) in (True, False)


@given(st.text(alphabet="转人工客服找不用要的了吗给我机器叫来个真", max_size=400))
def test_texts_of_its_own_words_are_judged_quickly(text: str) -> None:
    assert wants_human(text) in (True, False)


@pytest.mark.parametrize(
    ("text", "declines"),
    [
        ("先不转人工", True),
        ("我不想转人工", True),
        ("不用找客服了，谢谢", True),
        ("不用转人工，帮我查一下坚果到哪了就行", False),
        ("转人工", False),
        ("不用了", False),
        ("为什么不转人工", False),
    ],
)
def test_a_refusal_of_a_human_and_nothing_else(text: str, declines: bool) -> None:
    assert declines_human(text) is declines


@pytest.mark.parametrize(
    "text",
    [
        "不用了不用了",
        "谢谢，没事了",
        "算了不等了",
        "不用人工了，谢谢啦",
        "取消排队",
        "我自己看吧",
        "问题解决了，辛苦",
        "不等了，继续问小杉",
        "我还是自己再找找",
        "别转了",
    ],
)
def test_words_that_end_the_waiting(text: str) -> None:
    assert withdraws(text)
    assert not asks_about_waiting(text)


@pytest.mark.parametrize(
    "text",
    [
        "不用等了吗？",
        "不用了，我要退款",
        "不用机器人了",
        "取消订单",
        "解决了吗",
        "自己弄坏的",
        "不回复？",
        "再不来我就不等了直接投诉",
        "你们不管了吗",
        "没事我等",
        "问题没解决",
    ],
)
def test_words_that_only_look_like_it(text: str) -> None:
    assert not withdraws(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("还要等多久啊", True),
        ("排了多少人了", True),
        ("前面几个人", True),
        ("人呢", True),
        ("怎么还没人", True),
        ("客服什么时候上班", True),
        ("能快点吗", True),
        ("退款还要等多久", False),
        ("快递怎么这么慢", False),
        ("维修什么时候有人上门", False),
        ("家里没人", False),
        ("第几次了你们这样", False),
        ("那我问下怎么改密码", False),
    ],
)
def test_questions_about_the_waiting(text: str, asks: bool) -> None:
    assert asks_about_waiting(text) is asks


@pytest.mark.parametrize(
    ("text", "courtesy"), [("好的谢谢", True), ("嗯嗯，辛苦了", True), ("好的，是红的", False)]
)
def test_courtesy_alone(text: str, courtesy: bool) -> None:
    assert adds_nothing(text) is courtesy
