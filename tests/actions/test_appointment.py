"""When a customer wants to be called."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.appointment import number, parse_appointment
from bot.handoff.hours import BusinessHours

HOURS = BusinessHours.parse("09:00-21:00", "Asia/Shanghai")
# A Friday.
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=HOURS.zone)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明天下午三点以后", "11月21日（周六）15:00以后"),
        ("今天晚上8点", "11月20日（周五）20:00左右"),
        ("后天上午", "11月22日（周日）09:00–12:00"),
        ("大后天中午", "11月23日（周一）12:00–14:00"),
        ("周三下午两点半", "11月25日（周三）14:30左右"),
        ("下周一", "11月23日（周一）09:00–21:00"),
        ("这周末", "11月21日（周六）09:00–21:00"),
        ("晚上七点后", "11月20日（周五）19:00以后"),
        ("半小时后", "11月20日（周五）10:30以后"),
        ("一个半小时后", "11月20日（周五）11:30以后"),
        ("明早九点到十一点", "11月21日（周六）09:00–11:00"),
        ("下午2-4点", "11月20日（周五）14:00–16:00"),
        ("15:30", "11月20日（周五）15:30左右"),
        ("三点", "11月20日（周五）15:00左右"),
        ("11月25号下午", "11月25日（周三）13:00–18:00"),
        ("25号", "11月25日（周三）09:00–21:00"),
        ("1月3号", "1月3日（周日）09:00–21:00"),
        ("下午三点之前", "11月20日（周五）09:00–15:00"),
        ("明天上午十点一刻", "11月21日（周六）10:15左右"),
        ("中午十二点", "11月20日（周五）12:00左右"),
        ("下班以后吧", "11月20日（周五）18:00以后"),
        ("随时都可以", "营业时间内随时"),
        ("越快越好", "尽快"),
        ("早上9点", "11月21日（周六）09:00左右"),
    ],
)
def test_words_become_a_time(text: str, expected: str) -> None:
    found = parse_appointment(text, NOW, HOURS)
    assert found is not None
    assert (str(found), found.problem) == (expected, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("晚上十一点", "closed"),
        ("凌晨两点", "closed"),
        ("晚上12点", "closed"),
        ("今天早上9点", "past"),
        ("昨天下午三点以后", "past"),
        ("前天", "past"),
        ("昨晚", "past"),
    ],
)
def test_a_time_when_nobody_calls_is_named(text: str, problem: str) -> None:
    found = parse_appointment(text, NOW, HOURS)
    assert found is not None
    assert found.problem == problem


@pytest.mark.parametrize("text", ["蓝色的", "25点", "我的手机", "", "三件", "13月40号"])
def test_no_time_is_no_time(text: str) -> None:
    assert parse_appointment(text, NOW, HOURS) is None


@given(st.integers(0, 99))
def test_numbers_in_characters(value: int) -> None:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(value, 10)
    written = (
        (digits[tens] if tens > 1 else "")
        + ("十" if tens else "")
        + (digits[ones] if ones or not tens else "")
    )
    assert number(written) == value == number(str(value))


@given(st.text(alphabet="明天后周一二三四五六日上下午晚点半刻号月到以前后之0123456789：-", max_size=14))
def test_anything_is_read_or_not_but_never_breaks(text: str) -> None:
    found = parse_appointment(text, NOW, HOURS)
    assert found is None or found.problem or HOURS.is_open(found.start)
