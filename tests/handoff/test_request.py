"""The wish for a human: development lines, written for the rules and not among the training lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff.request import declines_human, wants_human


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
