"""Order numbers, phones, tracking numbers, dates, times and products in a message.

Deterministic, in traditional script too: a number is read as one thing or as nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.emotion.script import SIMPLIFIED

Kind = Literal["order_number", "phone", "tracking_number", "date", "time", "product"]

# Full-width forms become half-width one to one, so that every offset stays valid.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_SEPARATOR = r"[\s\-_.]"
_GAP = rf"{_SEPARATOR}{{0,2}}"
_NO_LETTER_OR_DIGIT_BEFORE = r"(?<![0-9A-Za-z])"

_YS = rf"{_NO_LETTER_OR_DIGIT_BEFORE}Y\s?S[:：#]?{_GAP}"
_ORDER = re.compile(rf"{_YS}(\d(?:{_GAP}\d){{9}})(?!\d)", re.IGNORECASE)
# With too few or too many digits it is no order number, but no phone or parcel either.
_ORDER_MISTYPED = re.compile(rf"{_YS}\d(?:{_GAP}\d)*", re.IGNORECASE)
_ORDER_BARE = re.compile(
    r"(?<!快递)(?<!物流)(?<!运)(?:订单号?|单号)(?:是|为)?[:：#]?\s?(\d{10})(?![0-9A-Za-z])"
)
# Without its YS and the word for it, but called an order afterwards: 2600010001 这个单子到哪了.
_ORDER_TOLD_AFTER = re.compile(
    r"(?<![0-9A-Za-z+])(?<!快递单号)(?<!物流单号)(?<!运单号)(?<!运单)(\d{10})(?![0-9A-Za-z])"
    r"(?=\s?[,，]?(?:[这那]一?个?|的)?(?:订单|单|物流|快递|包裹)|\s?[,，]?到哪|\s?[,，]?发货)"
)
_PHONE = re.compile(
    rf"(?<![0-9A-Za-z+])(?<!\d{_SEPARATOR})(?:(?:\+|00)?86{_GAP})?(1{_SEPARATOR}?[3-9](?:{_SEPARATOR}?\d){{9}})"
    rf"(?!\d|[A-Za-z]|{_SEPARATOR}\d{{3}})"
)
_TRACKING = re.compile(
    rf"{_NO_LETTER_OR_DIGIT_BEFORE}(?:(?:SF|YT|JT|ZTO?|STO|DPK|YD|TT|JD[A-Z]{{0,2}})\d{{9,15}}|[A-Z]{{2}}\d{{9}}CN|\d{{12,15}})"
    r"(?![0-9A-Za-z])",
    re.IGNORECASE,
)

_NUMERAL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DAY_WORD = (
    r"大前天|前天|昨天|昨日|昨晚|今天|今日|今早|今晚|明天|明早|明晚|大后天|后天|"
    r"月初|月中|月底|年前|年后|周末|(?:上|这|本|下)个?(?:周末|月|季度)|去年|今年"
)
_WEEKDAY = (
    r"(?:(?:上上|上|这|本|下)?个?(?:周|星期|礼拜)[一二三四五六日天])|(?:上上|上|这|本|下)个?(?:周|星期|礼拜)"
)
_CALENDAR = (
    r"(?:\d{4}年)?" + _NUMERAL + r"月(?:份|底|初)?" + rf"(?:{_NUMERAL}[日号]?)?"
    r"|(?<!\d)20\d{2}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|(?<![\d./-])(?:1[0-2]|0?[1-9])/(?:3[01]|[12]\d|0?[1-9])(?![\d/])"
)
_DAY_OF_MONTH = r"(?<![\d.])(?:3[01]|[12]\d|[1-9])[号日](?![码线楼店仓门房床电链色位机球])"
_AGO = rf"(?:{_NUMERAL}|半|几|两)个?(?:多)?(?:天|周|星期|礼拜|月|小时|年)(?:以?前|之前)"
_DATE = re.compile(f"{_AGO}|{_CALENDAR}|{_DAY_OF_MONTH}|{_WEEKDAY}|{_DAY_WORD}")

_PART_OF_DAY = r"凌晨|早上|早晨|上午|中午|午后|下午|傍晚|晚上|夜里|半夜"
_HOUR = r"(?:[01]?\d|2[0-4]|十[一二]?|二十[一二三四]?|[一二两三四五六七八九])"
_CLOCK = (
    rf"(?:{_HOUR}点(?:钟|半|整|一刻|三刻|{_NUMERAL}分?)?"
    r"|(?<!\d)(?:[01]?\d|2[0-3])[:：][0-5]\d(?!\d))"
)
_TIME = re.compile(
    rf"(?:{_PART_OF_DAY})?{_CLOCK}(?:以后|之后|以前|之前|左右|前后|前|后)?|(?:{_PART_OF_DAY})(?!好)"
)


@dataclass(frozen=True)
class Entity:
    """One thing named in a message: `text[start:end]` is how it was written, `value` its normal form."""

    kind: Kind
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Catalogue:
    """Product words, longest first, each with the product that it names."""

    words: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, aliases: Mapping[str, str]) -> Catalogue:
        """From word → product name. Raises ValueError on an empty word."""
        if any(not word.strip() for word in aliases):
            raise ValueError("a product word is empty")
        return cls(
            tuple(
                sorted(
                    ((word.lower(), name) for word, name in aliases.items()), key=lambda p: (-len(p[0]), p)
                )
            )
        )

    @classmethod
    def read(cls, path: Path) -> Catalogue:
        """One product a line: its name, then other words for it, separated by spaces; `#` starts a comment.

        Raises OSError when the file cannot be read, ValueError when a word names two products.
        """
        aliases: dict[str, str] = {}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            words = line.partition("#")[0].split()
            for word in words:
                if word in aliases:
                    raise ValueError(
                        f"{path}:{number}: {word!r} names both {aliases[word]!r} and {words[0]!r}"
                    )
                aliases[word] = words[0]
        return cls.of(aliases)


def half_width(text: str) -> str:
    """The text with full-width ASCII forms and spaces made half-width; same length."""
    return text.translate(_HALF_WIDTH)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())


def _numbers(text: str) -> Iterator[tuple[Kind | None, str, int, int]]:
    for found in _ORDER.finditer(text):
        yield "order_number", f"YS{_digits(found[1])}", found.start(), found.end()
    for found in _ORDER_MISTYPED.finditer(text):
        yield None, "", found.start(), found.end()
    for called in (_ORDER_BARE, _ORDER_TOLD_AFTER):
        for found in called.finditer(text):
            yield "order_number", f"YS{found[1]}", found.start(1), found.end(1)
    for found in _PHONE.finditer(text):
        yield "phone", _digits(found[1]), found.start(), found.end()
    for found in _TRACKING.finditer(text):
        yield "tracking_number", found[0].upper(), found.start(), found.end()


def _products(text: str, catalogue: Catalogue, boundaries: frozenset[int] | None) -> Iterator[Entity]:
    lower = text.lower() if len(text.lower()) == len(text) else text
    for word, name in catalogue.words:
        start = lower.find(word)
        while start >= 0:
            end = start + len(word)
            if boundaries is None or (start in boundaries and end in boundaries):
                yield Entity("product", name, start, end)
            start = lower.find(word, start + 1)


def find_entities(
    text: str, catalogue: Catalogue, boundaries: Iterable[int] | None = None
) -> tuple[Entity, ...]:
    """All entities of a message in order of appearance; none overlap.

    `boundaries` are the offsets where words start or end: a product word must lie between two of
    them, so that 手机号 names no 手机. None: no such check. Where readings compete, order number wins
    over phone, phone over parcel, numbers over dates, dates over times, and longer words over shorter.
    """
    plain = half_width(text).translate(SIMPLIFIED)
    taken: list[tuple[int, int]] = []
    found: list[Entity] = []

    def free(start: int, end: int) -> bool:
        return all(end <= left or right <= start for left, right in taken)

    for kind, value, start, end in _numbers(plain):
        if free(start, end):
            taken.append((start, end))
            if kind:
                found.append(Entity(kind, value, start, end))
    moments: tuple[tuple[Kind, re.Pattern[str]], ...] = (("date", _DATE), ("time", _TIME))
    for moment, pattern in moments:
        for match in pattern.finditer(plain):
            if free(match.start(), match.end()):
                taken.append(match.span())
                found.append(Entity(moment, match[0], *match.span()))
    for product in _products(plain, catalogue, frozenset(boundaries) if boundaries is not None else None):
        if free(product.start, product.end):
            taken.append((product.start, product.end))
            found.append(product)
    return tuple(sorted(found, key=lambda entity: entity.start))
