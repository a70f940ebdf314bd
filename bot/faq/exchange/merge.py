"""Brings the records of a file together with the entries that are there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.errors import ImportRefused
from bot.faq.entry import Entry
from bot.faq.entry_reader import IDENTIFIER, read_entry
from bot.faq.exchange.record import Record
from bot.faq.problems import Problems
from bot.faq.topic_file import Topic, check_references

ChangeKind = Literal["added", "changed"]


@dataclass(frozen=True)
class Change:
    """An entry that an import adds or changes, with the names of the fields that become others."""

    kind: ChangeKind
    topic: str
    entry: Entry
    before: Entry | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Merged:
    """All topics after an import, in the order of their names, and what it changed.

    `touched` names the topics whose files become others; `unchanged` counts records that say nothing new.
    """

    topics: tuple[Topic, ...]
    changes: tuple[Change, ...]
    touched: tuple[str, ...]
    unchanged: int


def merge(topics: Sequence[Topic], records: Sequence[Record]) -> Merged:
    """The topics with what the records say: a field that a record has replaces the entry's, blank clears it.

    Entries are known by their id, or without one by their 标准问; entries that the file does not name
    stay. A new entry needs a topic, a new topic a name and a title. Raises ImportRefused with every
    problem; then nothing has changed.
    """
    merging = _Merging(topics)
    for record in records:
        merging.add(record)
    return merging.result()


class _Merging:
    """The topics while records come in."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._titles = {topic.name: topic.title for topic in topics}
        self._entries = {entry.id: entry for topic in topics for entry in topic.entries}
        self._topic_of = {entry.id: topic.name for topic in topics for entry in topic.entries}
        self._by_question = {entry.question: entry.id for entry in self._entries.values()}
        self._changes: list[Change] = []
        self._touched: set[str] = set()
        self._seen: dict[str, Record] = {}
        self._problems = Problems()
        self._unchanged = 0

    def add(self, record: Record) -> None:
        identifier = self._identifier(record)
        before = self._entries.get(identifier)
        topic = self._topic(record, self._topic_of.get(identifier))
        if topic is None:
            return
        if identifier in self._seen:
            self._problems.add(record.place.field("id"), f"编号 {identifier!r} 在文件里出现了两次")
            return
        self._seen[identifier] = record
        values = {"id": identifier, **(entry_values(before) if before else {})}
        _overlay(values, record.values)
        entry = read_entry(values, self._titles[topic], record.place, self._problems)
        self._put(entry, before, topic)

    def _identifier(self, record: Record) -> str:
        given = record.values.get("id")
        if given:
            return str(given)
        question = str(record.values.get("question") or "")
        known = self._by_question.get(question)
        if known:
            return known
        # The same question gets the same id, so that importing twice adds nothing twice.
        digest = hashlib.sha256(question.encode()).hexdigest()[:8]
        return f"{record.values.get('topic') if self._is_name(record) else 'entry'}-{digest}"

    @staticmethod
    def _is_name(record: Record) -> bool:
        name = record.values.get("topic")
        return isinstance(name, str) and bool(IDENTIFIER.fullmatch(name)) and len(name) <= 55

    def _topic(self, record: Record, current: str | None) -> str | None:
        """The name of the record's topic, made known if it is new; None after a problem."""
        name, title = record.values.get("topic"), record.values.get("title")
        place = record.place.field("topic")
        if not name and not title:
            if current is None:
                self._problems.add(place, "新条目要写明分类")
            return current
        names = [
            known
            for known, text in self._titles.items()
            if name in (known, text) or (not name and title == text)
        ]
        if names:
            if title and self._titles[names[0]] != title:
                self._problems.add(
                    record.place.field("title"), f"分类 {names[0]} 的名称是“{self._titles[names[0]]}”"
                )
                return None
            return names[0]
        if name and title and IDENTIFIER.fullmatch(name):
            self._titles[name] = title
            return str(name)
        known = "、".join(f"{known}（{text}）" for known, text in self._titles.items())
        self._problems.add(
            place, f"没有分类“{name or title}”；新分类要有英文编号和名称；现有：{known or '无'}"
        )
        return None

    def _put(self, entry: Entry, before: Entry | None, topic: str) -> None:
        moved = before is not None and self._topic_of[entry.id] != topic
        if before is not None and entry == before and not moved:
            self._unchanged += 1
            return
        if before is None:
            self._changes.append(Change("added", topic, entry))
        else:
            names = ["topic"] if moved else []
            names += [n for n in entry_values(entry) if entry_values(entry)[n] != entry_values(before)[n]]
            self._changes.append(Change("changed", topic, entry, before, tuple(names)))
            self._touched.add(self._topic_of[entry.id])
            if moved:  # to the end of its new topic
                del self._entries[entry.id]
        self._touched.add(topic)
        self._entries[entry.id] = entry
        self._topic_of[entry.id] = topic

    def result(self) -> Merged:
        check_references(self._entries.values(), self._problems)
        if self._problems.lines:
            raise ImportRefused(self._problems.lines)
        topics = tuple(
            Topic(name, title, tuple(e for e in self._entries.values() if self._topic_of[e.id] == name))
            for name, title in sorted(self._titles.items())
        )
        return Merged(topics, tuple(self._changes), tuple(sorted(self._touched)), self._unchanged)


def entry_values(entry: Entry) -> dict[str, Any]:
    """The plain values that `read_entry` reads the entry from, every field of them."""
    value = entry.to_json()
    return {
        "id": entry.id,
        "question": entry.question,
        "similar": list(entry.similar),
        "answer": entry.answer,
        "rich": entry.rich or None,
        "channels": {answer.channel: answer.text for answer in entry.channels},
        "links": list(value["links"]),
        "images": list(value.get("images", ())),
        "buttons": list(value["buttons"]),
        "tags": list(entry.tags),
        "valid_from": entry.valid_from,
        "valid_until": entry.valid_until,
        "audience": entry.audience,
        "owner": entry.owner or None,
        "reviewed": entry.reviewed,
    }


def _overlay(values: dict[str, Any], given: Mapping[str, Any]) -> None:
    channels = dict(values.get("channels") or {})
    for name, value in given.items():
        if name.startswith("channels."):
            channel = name.removeprefix("channels.")
            channels.pop(channel, None)
            if value is not None:
                channels[channel] = value
        elif name not in ("id", "topic", "title"):
            values[name] = value
    values["channels"] = channels
