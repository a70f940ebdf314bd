"""Business hours of the shop's people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import ConfigurationError

_RANGE = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True)
class BusinessHours:
    """The same hours every day, `opens` before `closes`, in one time zone."""

    opens: time
    closes: time
    zone: ZoneInfo

    @classmethod
    def parse(cls, hours: str, timezone: str) -> BusinessHours:
        """Read "09:00-21:00" ("00:00-24:00": always). Raises ConfigurationError naming the setting."""
        match = _RANGE.fullmatch(hours.strip())
        try:
            zone = ZoneInfo(timezone)
            if not match:
                raise ValueError
            parts = [int(part) for part in match.groups()]
            ends = parts[2:] != [24, 0]
            opens, closes = time(parts[0], parts[1]), time(parts[2], parts[3]) if ends else time.max
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ConfigurationError(
                f"BOT_TIMEZONE is not a time zone such as Asia/Shanghai: {timezone!r}"
            ) from error
        except ValueError as error:
            raise ConfigurationError(f"BOT_HOURS is not a range such as 09:00-21:00: {hours!r}") from error
        if opens >= closes:
            raise ConfigurationError(f"BOT_HOURS must open before it closes: {hours!r}")
        return cls(opens, closes, zone)

    @property
    def always(self) -> bool:
        """Whether somebody is there around the clock."""
        return self.opens == time.min and self.closes == time.max

    def is_open(self, at: datetime) -> bool:
        """Whether the aware datetime `at` is inside the hours."""
        return self.opens <= at.astimezone(self.zone).time() < self.closes

    def next_opening(self, at: datetime) -> datetime:
        """The first moment from `at` on that is inside the hours, in the shop's zone."""
        local = at.astimezone(self.zone)
        if self.is_open(at):
            return local
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        return datetime.combine(day, self.opens, self.zone)

    def add(self, at: datetime, span: timedelta) -> datetime:
        """The moment at which `span` of business time has passed since `at`, in the zone of `at`."""
        moment, left = self.next_opening(at), span
        if self.always:
            return at + span
        while True:
            closing = datetime.combine(moment.date(), self.closes, self.zone)
            # Subtract in UTC: a day with a clock change has other than 24 hours.
            today = closing.astimezone(at.tzinfo) - moment.astimezone(at.tzinfo)
            if left <= today:
                return moment.astimezone(at.tzinfo) + left
            left -= today
            moment = self.next_opening(closing)

    def describe_opening(self, at: datetime) -> str:
        """When somebody is there next, for a customer: "今天09:00" or "明天09:00"."""
        opening = self.next_opening(at)
        day = "今天" if opening.date() == at.astimezone(self.zone).date() else "明天"
        return f"{day}{opening:%H:%M}"
