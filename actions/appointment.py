"""When a customer wants to be called, read from words such as 明天下午三点以后.

Written here because the one Chinese time parser that is still kept, JioNLP 1.5, reads 明早九点到十一点 as
today and 三点 as three at night, takes a second to import and writes to the terminal when it does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from actions.moment import WEEKDAYS
from bot.handoff.hours import BusinessHours

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_NUMBER = r"(?:\d{1,2}|[零〇一二两三四五六七八九十]{1,3})"
_DAYS = {"今天": 0, "今日": 0, "今晚": 0, "今早": 0, "今儿": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1}
_DAYS |= {"明儿": 1, "后天": 2, "大后天": 3}
_DAYS |= {"昨天": -1, "昨日": -1, "昨晚": -1, "前天": -2, "大前天": -3}
_DAY = re.compile("大[前后]天|今[天日晚早儿]|明[天日早晚儿]|昨[天日晚]|后天|(?<![目之以提])前天")
_WEEKDAY = re.compile(r"(下下|下|这|本)?个?(?:周|星期|礼拜)([一二三四五六日天末])")
_DATE = re.compile(rf"(?:({_NUMBER})月)?({_NUMBER})[号日]")
_PARTS = {
    "凌晨": (0, 6),
    "早上": (8, 11),
    "早晨": (8, 11),
    "明早": (8, 11),
    "今早": (8, 11),
    "上午": (9, 12),
    "中午": (12, 14),
    "午后": (13, 18),
    "下午": (13, 18),
    "傍晚": (17, 19),
    "晚上": (18, 22),
    "今晚": (18, 22),
    "明晚": (18, 22),
    "夜里": (20, 24),
    "半夜": (0, 6),
    "白天": (9, 18),
}
_PART = re.compile("|".join(_PARTS))
_CLOCK = re.compile(
    rf"(?P<hour>{_NUMBER})(?:点钟?|时|[:：](?=\d))(?P<minute>半|一刻|三刻|[零〇]?{_NUMBER})?分?"
    rf"|(?P<bare>\d{{1,2}})(?=\s?(?:-|~|—|至|到)\s?{_NUMBER}(?:点|[:：]))"
)
_SPAN = re.compile(r"^\s?(?:-|~|—|至|到)")
_AFTER = re.compile(r"^\s?(?:钟|整)?(?:以后|之后|过后|往后|后)")
_BEFORE = re.compile(r"^\s?(?:钟|整)?(?:以前|之前|前)")
_IN = re.compile(rf"(半|{_NUMBER})个?(半)?(分钟|小时|钟头|刻钟)(?:以后|之后|后)")
_SOON = re.compile(r"现在|马上|立刻|立即|尽快|越快越好|赶紧|这会儿?")
_LATER = re.compile(r"一会儿?|待会儿?|等下|等会儿?|晚点|稍后")
_AFTER_WORK = re.compile(r"下班|晚饭|饭后")
_ANY = re.compile(r"随时|都行|都可以|都能|都方便|任何时|有空|不限|全天|工作日|方便的时候|看你们")
_FIRST_HOUR = 9


@dataclass(frozen=True)
class Appointment:
    """From `start` until `end` (None: open), in the shop's zone; `problem` says why it cannot be kept."""

    start: datetime
    end: datetime | None = None
    kind: Literal["at", "after", "between", "any", "soon"] = "at"
    problem: Literal["past", "closed"] | None = None

    def __str__(self) -> str:
        """As customers read it: 11月23日（周一）15:00以后."""
        if self.kind == "any":
            return "营业时间内随时"
        if self.kind == "soon":
            return "尽快"
        day = f"{self.start.month}月{self.start.day}日（周{WEEKDAYS[self.start.weekday()]}）"
        if self.kind == "after":
            return f"{day}{self.start:%H:%M}以后"
        end = f"–{self.end:%H:%M}" if self.kind == "between" and self.end else "左右"
        return f"{day}{self.start:%H:%M}{end}"


def parse_appointment(text: str, now: datetime, hours: BusinessHours) -> Appointment | None:
    """The time that the text names, counted from the aware datetime `now`; None when it names none."""
    now = now.astimezone(hours.zone)
    if relative := _relative(text, now):
        return _checked(relative, now, hours)
    day, words = _day(text, now.date())
    found = _clock(words, day or now.date(), hours) or _part(words, day or now.date(), hours)
    if found is None and day is not None:
        opens = datetime.combine(day, hours.opens, hours.zone)
        found = Appointment(opens, datetime.combine(day, hours.closes, hours.zone), "between")
    if found is None:
        return _loose(text, now, hours)
    if day is None and _over(found, now):
        found = _later(found, 1)
    return _checked(found, now, hours)


def _relative(text: str, now: datetime) -> Appointment | None:
    match = _IN.search(text)
    if match is None:
        return None
    amount = 0.5 if match[1] == "半" else float(number(match[1])) + (0.5 if match[2] else 0)
    minutes = amount * {"分钟": 1, "刻钟": 15}.get(match[3], 60)
    return Appointment((now + timedelta(minutes=minutes)).replace(second=0, microsecond=0), kind="after")


def _day(text: str, today: date) -> tuple[date | None, str]:
    """The day, and the text without it."""
    if match := _DAY.search(text):
        # 今晚 and 明早 name a part of the day, too.
        rest = text if match[0] in _PARTS else text.replace(match[0], "", 1)
        return today + timedelta(days=_DAYS[match[0]]), rest
    if match := _WEEKDAY.search(text):
        wanted = 5 if match[2] == "末" else WEEKDAYS.index(match[2].replace("天", "日"))
        monday = today - timedelta(days=today.weekday())
        weeks = {"下": 1, "下下": 2}.get(match[1] or "", 0)
        day = monday + timedelta(days=7 * weeks + wanted)
        if match[1] is None and day < today:
            day += timedelta(days=7)
        return day, text.replace(match[0], "", 1)
    if match := _DATE.search(text):
        return _calendar(match, today), text.replace(match[0], "", 1)
    return None, text


def _calendar(match: re.Match[str], today: date) -> date | None:
    month, day = number(match[1]) if match[1] else today.month, number(match[2])
    try:
        found = date(today.year, month, day)
        if found >= today:
            return found
        if match[1]:
            return found.replace(year=today.year + 1)
        return date(today.year + month // 12, month % 12 + 1, day)
    except ValueError:
        return None


def _clock(text: str, day: date, hours: BusinessHours) -> Appointment | None:
    matches = list(_CLOCK.finditer(text))
    if not matches:
        return None
    part = next((match[0] for match in _PART.finditer(text)), None)
    start = _time(matches[0], part, hours)
    if start is None:
        return None
    at = datetime.combine(day, start, hours.zone)
    rest = text[matches[0].end() :]
    if len(matches) > 1 and _SPAN.match(rest):
        end = _time(matches[1], part, hours)
        if end is not None:
            until = datetime.combine(day, end, hours.zone)
            until += timedelta(hours=12) if until <= at and end.hour < 12 else timedelta()
            return Appointment(at, until, "between")
    if _AFTER.match(rest):
        return Appointment(at, kind="after")
    if _BEFORE.match(rest):
        return Appointment(datetime.combine(day, hours.opens, hours.zone), at, "between")
    return Appointment(at)


def _time(match: re.Match[str], part: str | None, hours: BusinessHours) -> time | None:
    hour = number(match["hour"] or match["bare"])
    minute = {"半": 30, "一刻": 15, "三刻": 45, None: 0}.get(match["minute"], -1)
    minute = number(match["minute"]) if minute < 0 else minute
    afternoon = part is not None and _PARTS[part][0] >= 12 and not (part == "中午" and hour >= 10)
    nobody_calls = part is None and 1 <= hour < min(_FIRST_HOUR, hours.opens.hour or _FIRST_HOUR)
    if hour < 12 and (afternoon or nobody_calls):
        hour += 12
    elif hour == 12 and part in ("晚上", "今晚", "明晚", "夜里", "半夜"):
        return time(23, 59)
    return time(hour % 24, minute) if 0 <= hour <= 24 and 0 <= minute < 60 else None


def _part(text: str, day: date, hours: BusinessHours) -> Appointment | None:
    match = _PART.search(text)
    if match is None:
        if not _AFTER_WORK.search(text):
            return None
        return Appointment(datetime.combine(day, time(18), hours.zone), kind="after")
    first, last = _PARTS[match[0]]
    midnight = datetime.combine(day, time.min, hours.zone)
    opens, closes = (datetime.combine(day, at, hours.zone) for at in (hours.opens, hours.closes))
    start, end = midnight + timedelta(hours=first), midnight + timedelta(hours=last)
    if end <= opens or start >= closes:
        return Appointment(start, end, "between")
    return Appointment(max(start, opens), min(end, closes), "between")


def _loose(text: str, now: datetime, hours: BusinessHours) -> Appointment | None:
    if _SOON.search(text):
        return Appointment(hours.next_opening(now), kind="soon")
    if _ANY.search(text):
        return Appointment(hours.next_opening(now), kind="any")
    if _LATER.search(text):
        later = (now + timedelta(minutes=30)).replace(second=0, microsecond=0)
        return _checked(Appointment(later, kind="after"), now, hours)
    return None


def _over(found: Appointment, now: datetime) -> bool:
    return (found.end or found.start) <= now and found.kind != "after"


def _later(found: Appointment, days: int) -> Appointment:
    span = timedelta(days=days)
    return Appointment(found.start + span, found.end + span if found.end else None, found.kind)


def _checked(found: Appointment, now: datetime, hours: BusinessHours) -> Appointment:
    problem: Literal["past", "closed"] | None = None
    if _over(found, now) or found.start.date() < now.date():
        problem = "past"
    elif not hours.is_open(found.start):
        problem = "closed"
    return Appointment(found.start, found.end, found.kind, problem)


def number(text: str) -> int:
    """A number below 100 in digits or characters: 15, 十五, 两. Raises ValueError for anything else."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if any(character not in _DIGITS for character in tens + ones):
        raise ValueError(f"{text!r} is no number below 100")
    if not ten:
        return _DIGITS[ones[-1]]
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones[-1]] if ones else 0)
