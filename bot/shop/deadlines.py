"""Until when: the shop's calendar, in its time zone."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Asia/Shanghai")
_SATURDAY = 5


def end_of_day(at: datetime, days: int, zone: tzinfo = SHOP_ZONE) -> datetime:
    """The last second of the day `days` after the day of `at`, in `zone`.

    A span "of 7 days from the day after signing" ends on day 7.
    """
    day = at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), zone)


def working_days(at: datetime, days: int, zone: tzinfo = SHOP_ZONE) -> datetime:
    """The end of the `days`-th Monday to Friday after `at`. Public holidays are not known here."""
    day = at.astimezone(zone)
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return end_of_day(day, 0, zone)


def add_months(at: datetime, months: int) -> datetime:
    """The same day and time `months` later, on the last day of shorter months."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    for day in range(at.day, at.day - 4, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
