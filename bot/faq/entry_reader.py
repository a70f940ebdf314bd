"""Reads an entry out of plain values, whatever file they came from; every rule for entries stands here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.faq.entry import AUDIENCES, CHANNELS, Audience, ChannelAnswer, Entry, EntryButton, Image
from bot.faq.problems import Place, Problems
from bot.messages import Link

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
URL = re.compile(r"(/(?!/)|https?://|mailto:|tel:)\S*")
IMAGE_URL = re.compile(r"(/(?!/)|https?://)\S+")
# What no spreadsheet and no YAML file can hold as it is, and what some readers take for a line break.
UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
LINE_LIMIT = 500
TEXT_LIMIT = 10_000
# The order in which files and sheets show them.
ENTRY_FIELDS = (
    "id",
    "question",
    "similar",
    "answer",
    "rich",
    "channels",
    "links",
    "images",
    "buttons",
    "tags",
    "valid_from",
    "valid_until",
    "audience",
    "owner",
    "reviewed",
)


def read_entry(value: Mapping[str, Any], topic: str, place: Place, problems: Problems) -> Entry:
    """The entry that a mapping of `ENTRY_FIELDS` describes; `topic` is the title of its topic.

    Everything that breaks the format goes to `problems`; the entry is good when nothing was added.
    """
    for unknown in sorted(set(value) - set(ENTRY_FIELDS), key=str):
        problems.add(place.where, f"没有名为 {unknown!r} 的字段")
    reader = _Reader(value, place, problems)
    valid_from, valid_until = reader.day("valid_from"), reader.day("valid_until")
    if valid_from and valid_until and valid_from > valid_until:
        problems.add(place.field("valid_until"), f"{valid_until} 早于生效日期 {valid_from}")
        valid_from = None
    return Entry(
        id=reader.identifier(),
        question=reader.line("question"),
        answer=reader.text("answer"),
        similar=reader.lines("similar"),
        topic=topic,
        links=tuple(Link(**link) for link in reader.addresses("links", URL)),
        buttons=tuple(EntryButton(**button) for button in reader.mappings("buttons", ("title", "entry"))),
        tags=reader.lines("tags"),
        rich=reader.text("rich", required=False),
        channels=reader.channels(),
        images=tuple(Image(**image) for image in reader.addresses("images", IMAGE_URL)),
        valid_from=valid_from,
        valid_until=valid_until,
        audience=reader.audience(),
        owner=reader.line("owner", required=False),
        reviewed=reader.day("reviewed"),
    )


def read_line(value: Any, place: str, problems: Problems) -> str:
    """One line of text without spaces at its ends; '' after a problem."""
    text = _clean(value, place, problems, LINE_LIMIT)
    if "\n" in text:
        problems.add(place, "只能写一行，不能换行")
        return ""
    return text


def read_text(value: Any, place: str, problems: Problems) -> str:
    """Text of one or more lines, none with spaces at its end; '' after a problem."""
    return _clean(value, place, problems, TEXT_LIMIT)


def _clean(value: Any, place: str, problems: Problems, limit: int) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        problems.add(place, "缺少内容")
        return ""
    if not isinstance(value, str):
        problems.add(place, f"应为文本，实际是 {value!r}（请加引号）")
        return ""
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "\n".join(line.rstrip() for line in text.split("\n")).strip()
    unreadable = UNREADABLE.search(text)
    if unreadable:
        problems.add(place, f"含有不可见的控制字符 U+{ord(unreadable[0]):04X}，请删除")
        return ""
    if len(text) > limit:
        problems.add(place, f"太长：{len(text)} 个字符，最多 {limit} 个")
        return ""
    return text


class _Reader:
    """Reads the fields of one mapping."""

    def __init__(self, value: Mapping[str, Any], place: Place, problems: Problems) -> None:
        self._value = value
        self._place = place
        self._problems = problems

    def _problem(self, field: str, text: str) -> None:
        self._problems.add(self._place.field(field), text)

    def line(self, field: str, *, required: bool = True) -> str:
        value = self._value.get(field)
        if value is None and not required:
            return ""
        return read_line(value, self._place.field(field), self._problems)

    def text(self, field: str, *, required: bool = True) -> str:
        value = self._value.get(field)
        if value is None and not required:
            return ""
        return read_text(value, self._place.field(field), self._problems)

    def identifier(self) -> str:
        identifier = self.line("id")
        if identifier and not IDENTIFIER.fullmatch(identifier):
            self._problem("id", f"{identifier!r} 只能含 a-z、0-9、“-”、“_”和“.”，最多 64 个字符")
        return identifier

    def day(self, field: str) -> date | None:
        value = self._value.get(field)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                return date.fromisoformat(value.strip())
            except ValueError:
                pass
        elif isinstance(value, date) and not isinstance(value, datetime):
            return value
        self._problem(field, f"应为日期，如 2026-11-21，实际是 {value!r}")
        return None

    def audience(self) -> Audience:
        value = self._value.get("audience")
        for audience in AUDIENCES:
            if value == audience:
                return audience
        if value is not None:
            self._problem("audience", f"应为 {' 或 '.join(AUDIENCES)}，实际是 {value!r}")
        return "everyone"

    def channels(self) -> tuple[ChannelAnswer, ...]:
        value = self._value.get("channels")
        if value is None:
            return ()
        if not isinstance(value, Mapping):
            self._problem("channels", f"应为“渠道: 答案”的对照，实际是 {value!r}")
            return ()
        for unknown in sorted(set(value) - set(CHANNELS), key=str):
            self._problem("channels", f"没有渠道 {unknown!r}，可用：{'、'.join(CHANNELS)}")
        texts = (
            (name, read_text(value[name], self._place.field(f"channels.{name}"), self._problems))
            for name in CHANNELS
            if name in value
        )
        return tuple(ChannelAnswer(name, text) for name, text in texts if text)

    def lines(self, field: str) -> tuple[str, ...]:
        return tuple(
            read_line(item, self._place.field(f"{field}[{number}]"), self._problems)
            for number, item in enumerate(self._items(field), 1)
        )

    def addresses(self, field: str, allowed: re.Pattern[str]) -> list[dict[str, str]]:
        found = self.mappings(field, ("title", "url"))
        for number, item in enumerate(found, 1):
            if item["url"] and not allowed.fullmatch(item["url"]):
                self._problem(f"{field}[{number}].url", f"{item['url']!r} 不是站内路径，也不是允许的网址")
        return found

    def mappings(self, field: str, keys: tuple[str, ...]) -> list[dict[str, str]]:
        found = []
        for number, item in enumerate(self._items(field), 1):
            name = f"{field}[{number}]"
            if not isinstance(item, Mapping) or set(item) != set(keys):
                self._problem(name, f"须恰好有 {' 和 '.join(keys)}，实际是 {item!r}")
                continue
            found.append(
                {
                    key: read_line(item[key], self._place.field(f"{name}.{key}"), self._problems)
                    for key in keys
                }
            )
        return found

    def _items(self, field: str) -> Sequence[Any]:
        items = self._value.get(field)
        if items is None:
            return []
        if not isinstance(items, list):
            self._problem(field, f"应为列表，实际是 {items!r}")
            return []
        return items
