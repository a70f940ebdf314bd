"""Danger from goods: lines written for the rules, and questions and words that only sound like it."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handoff.danger import Danger, danger


def lines(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", lines("dangers.txt"))
def test_dangers(line: str) -> None:
    kind, text = line.split("\t")
    assert danger(text) == kind


@pytest.mark.parametrize("text", lines("dangers_not.txt"))
def test_dangers_not(text: str) -> None:
    assert danger(text) is None


@pytest.mark.parametrize(
    "frame", ["{}！！！", "你好，{}", "  {}  ", "😡{}😡", "我的快递到了。{}", "{}，会不会爆炸啊"]
)
@pytest.mark.parametrize("text", ["插座冒烟了", "充电宝鼓包了", "手被烫伤了"])
def test_courtesy_noise_and_fear_change_nothing(text: str, frame: str) -> None:
    assert danger(frame.format(text)) == danger(text)
    assert danger(text) is not None


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    assert danger(text) in (None, *get_args(Danger))


@pytest.mark.parametrize(
    "piece", ["手让", "我都快要", "充电宝", "吃", "把我手", "会不会", "脸上都就也被给", "牙"]
)
def test_a_long_message_is_judged(piece: str) -> None:
    assert danger(piece * 400) is None


@given(st.text(alphabet="电着火漏了冒烟炸锅手烫伤被把会不吗吃吐我的", max_size=400))
def test_texts_of_its_own_words_are_judged_quickly(text: str) -> None:
    assert danger(text) in (None, *get_args(Danger))
