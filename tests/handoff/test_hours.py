"""Business hours: deadlines count only the time in which somebody works."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.handoff.hours import BusinessHours

DAY = BusinessHours.parse("09:00-21:00", "Asia/Shanghai")
TEN = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


def test_open_and_closed() -> None:
    assert DAY.is_open(TEN)
    assert not DAY.is_open(TEN + timedelta(hours=11))
    assert not DAY.is_open(TEN - timedelta(hours=1, seconds=1))
    assert DAY.is_open(TEN - timedelta(hours=1))


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        (TEN, timedelta(hours=4), TEN + timedelta(hours=4)),
        (TEN + timedelta(hours=10), timedelta(hours=4), TEN + timedelta(hours=26)),
        (TEN + timedelta(hours=15), timedelta(minutes=10), TEN + timedelta(hours=23, minutes=10)),
        (TEN, timedelta(hours=24), TEN + timedelta(hours=48)),
    ],
)
def test_deadlines(start: datetime, span: timedelta, end: datetime) -> None:
    assert DAY.add(start, span) == end


def test_the_next_opening_in_words() -> None:
    assert DAY.describe_opening(TEN + timedelta(hours=12)) == "明天09:00"
    assert DAY.describe_opening(TEN - timedelta(hours=4)) == "今天09:00"


def test_always_open() -> None:
    always = BusinessHours.parse("00:00-24:00", "UTC")
    assert always.is_open(datetime(2026, 1, 1, 23, 59, 59, 999_999, tzinfo=UTC)) or always.always
    assert always.add(TEN, timedelta(hours=30)) == TEN + timedelta(hours=30)


@pytest.mark.parametrize(
    ("hours", "zone"),
    [
        ("9-21", "UTC"),
        ("21:00-09:00", "UTC"),
        ("09:00-09:00", "UTC"),
        ("25:00-26:00", "UTC"),
        ("", "UTC"),
        ("09:00-21:00", "Mars/Olympus"),
    ],
)
def test_unusable_settings_are_named(hours: str, zone: str) -> None:
    with pytest.raises(ConfigurationError, match=r"BOT_(HOURS|TIMEZONE)"):
        BusinessHours.parse(hours, zone)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    st.timedeltas(timedelta(minutes=1), timedelta(days=3)),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]),
)
def test_a_deadline_is_inside_the_hours_and_not_too_early(
    naive: datetime, span: timedelta, zone: str
) -> None:
    hours, start = BusinessHours.parse("09:00-21:00", zone), naive.replace(tzinfo=UTC)
    end = hours.add(start, span)
    assert end - start >= span
    assert hours.is_open(end - timedelta(microseconds=1))
    assert hours.add(start, span + timedelta(minutes=1)) > end
