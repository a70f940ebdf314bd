"""Personal data does not leave the transcript unmasked."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import MaskingFormatter, mask


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("打我电话13812345678", "13812345678"),
        ("138-1234-5678", "1234-5678"),
        ("138 1234 5678", "1234 5678"),
        ("+86 138 1234 5678", "1234 5678"),
        ("１３８１２３４５６７８", "１３８１２３４５６７８"),
        ("座机010-62345678", "62345678"),
        ("身份证11010519491231002X", "11010519491231002X"),
        ("身份证 110105 19491231 002x", "19491231"),
        ("卡号4111 1111 1111 1111", "4111 1111"),
        ("卡号6222 0212 3456 7890 128", "6222 0212"),
        ("写信到zhang.wei@example.com.cn", "zhang.wei@example"),
        ("收件人张伟", "张伟"),
        ("收货人：欧阳娜娜，电话", "欧阳"),
        ("我叫李小明想查订单", "李小明"),
        ("收货人改成王五", "王五"),
        ("北京市朝阳区建国路88号3号楼1201室", "建国路88号"),
        ("住在文三路138号", "138号"),
        (json.dumps("电话13812345678"), "13812345678"),
        (json.dumps("身份证11010519491231002X"), "11010519491231002X"),
    ],
)
def test_is_masked(text: str, secret: str) -> None:
    assert secret not in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "订单YS2611050123还没发",
        "我要退2000元",
        "快递单号SF1234567890123",
        "收件人地址写错了",
        "工单号 T20261121-0007",
        "13点到15点有人吗",
        "满300减50的券",
        "联系人工客服",
        "2026-11-21 10:00:00",
    ],
)
def test_is_kept(text: str) -> None:
    assert mask(text) == text


@given(st.integers(3, 9), st.integers(0, 10**9 - 1), st.text("我要退货，。 abc", max_size=9))
def test_no_mobile_number_gets_through(second: int, rest: int, around: str) -> None:
    number = f"1{second}{rest:09d}"
    assert number not in mask(f"{around} {number}，{around}")


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


def test_log_lines_are_masked_in_arguments_and_traces() -> None:
    try:
        raise ValueError("bad phone 13812345678")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "from %s", ("zhang@example.com",), info)
    line = MaskingFormatter("%(message)s").format(record)
    assert "13812345678" not in line
    assert "zhang@" not in line
