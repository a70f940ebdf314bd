"""The FAQ's files as maintainers edit them, one entry at a time, without overwriting each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError, ContentChanged, EntryRefused, FaqFilesBroken, NotFound
from bot.faq.entry import Entry
from bot.faq.entry_reader import read_entry
from bot.faq.exchange.merge import entry_values
from bot.faq.file_lock import writing_entries
from bot.faq.problems import Place, Problems
from bot.faq.topic_file import Topic, load_topics
from bot.faq.topic_writer import write_topics

Stamps = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Filed:
    """An entry and the name of the topic in whose file it stands."""

    topic: str
    entry: Entry

    @property
    def revision(self) -> str:
        """A hash of all that was written: whoever saves says which one they have seen."""
        content = json.dumps([self.topic, self.entry.to_json()], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def values(self) -> dict[str, Any]:
        """Plain JSON of the fields that can be edited."""
        values = entry_values(self.entry)
        return {name: v.isoformat() if isinstance(v, date) else v for name, v in values.items()}


class EntryBook:
    """The entries in `folder`. All methods block; reading again what has not changed costs nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: tuple[Stamps, tuple[Topic, ...]] | None = None

    def topics(self) -> tuple[Topic, ...]:
        """All topics as the files have them now. Raises FaqFilesBroken, with what is wrong in which file."""
        stamps = self._stamps()
        if self._kept is None or self._kept[0] != stamps:
            try:
                self._kept = (stamps, load_topics(self.folder))
            except ConfigurationError as error:
                raise FaqFilesBroken(str(error)) from error
        return self._kept[1]

    def entries(self) -> tuple[Filed, ...]:
        """All entries in the order of the files."""
        return tuple(Filed(topic.name, entry) for topic in self.topics() for entry in topic.entries)

    def one(self, identifier: str) -> Filed:
        """Raises NotFound."""
        found = next((filed for filed in self.entries() if filed.entry.id == identifier), None)
        if found is None:
            raise NotFound(f"no entry {identifier!r}")
        return found

    def read(self, topic: str, values: Mapping[str, Any]) -> Filed:
        """What a form says, without writing it. Raises EntryRefused with a sentence for each wrong field."""
        return _filed(self.topics(), topic, values)

    def save(self, identifier: str, topic: str, values: Mapping[str, Any], seen: str) -> tuple[Filed, Filed]:
        """Write an entry; the entries before and after.

        Raises NotFound, EntryRefused, and ContentChanged when the entry is not the one of revision `seen`.
        """
        with self._editing():
            before = self._seen(identifier, seen)
            after = _filed(self.topics(), topic, {**values, "id": identifier})
            self._put(before, after)
        return before, after

    def create(self, topic: str, values: Mapping[str, Any]) -> Filed:
        """Write a new entry at the end of its topic. Raises EntryRefused."""
        with self._editing():
            after = _filed(self.topics(), topic, values)
            if any(filed.entry.id == after.entry.id for filed in self.entries()):
                raise EntryRefused({"id": f"编号 {after.entry.id} 已经有条目在用"})
            self._put(None, after)
        return after

    def delete(self, identifier: str, seen: str) -> Filed:
        """Raises NotFound, ContentChanged, and EntryRefused while buttons of other entries lead to it."""
        with self._editing():
            before = self._seen(identifier, seen)
            leading = [
                filed.entry.question
                for filed in self.entries()
                if filed.entry.id != identifier
                and any(button.entry == identifier for button in filed.entry.buttons)
            ]
            if leading:
                raise EntryRefused({"id": f"这些条目的按钮还指向它，请先改掉：{'、'.join(leading)}"})
            if len(self.entries()) == 1:
                raise EntryRefused({"id": "这是最后一个条目，不能删除"})
            self._put(before, None)
        return before

    def _seen(self, identifier: str, seen: str) -> Filed:
        filed = self.one(identifier)
        if filed.revision != seen:
            raise ContentChanged(f"entry {identifier} is of revision {filed.revision}, not {seen}")
        return filed

    def _put(self, before: Filed | None, after: Filed | None) -> None:
        """Write the files of the topics that change."""
        topics = list(self.topics())
        changed: list[Topic] = []
        for number, topic in enumerate(topics):
            entries = _with(topic, before, after)
            if entries != topic.entries:
                topics[number] = replace(topic, entries=entries)
                changed.append(topics[number])
        write_topics(self.folder, changed)
        self._kept = (self._stamps(), tuple(topics))

    @contextmanager
    def _editing(self) -> Iterator[None]:
        """One writer at a time, in all processes."""
        try:
            with writing_entries(self.folder):
                yield
        except OSError as error:
            raise FaqFilesBroken(f"FAQ 文件夹不能写入：{error.strerror}") from error

    def _stamps(self) -> Stamps:
        found = ((file, file.stat()) for file in sorted(self.folder.glob("*.yml")))
        return tuple((file.name, stat.st_mtime_ns, stat.st_size) for file, stat in found)


def _with(topic: Topic, before: Filed | None, after: Filed | None) -> tuple[Entry, ...]:
    """The topic's entries with one in the other's place; one that is new to the topic comes last."""
    stays = before is not None and after is not None and before.topic == after.topic == topic.name
    entries: list[Entry] = []
    for entry in topic.entries:
        if before is None or before.topic != topic.name or entry.id != before.entry.id:
            entries.append(entry)
        elif stays and after is not None:
            entries.append(after.entry)
    if after is not None and after.topic == topic.name and not stays:
        entries.append(after.entry)
    return tuple(entries)


class _Field(Place):
    """The form shows a problem beside its field."""

    def field(self, name: str) -> str:
        return name


def _filed(topics: Sequence[Topic], topic: str, values: Mapping[str, Any]) -> Filed:
    problems = Problems()
    title = next((found.title for found in topics if found.name == topic), "")
    if not title:
        problems.add("topic", f"没有分类 {topic!r}")
    entry = read_entry(values, title, _Field("id"), problems)
    known = {found.id for one in topics for found in one.entries} | {entry.id}
    for number, button in enumerate(entry.buttons, 1):
        if button.entry and button.entry not in known:
            problems.add(f"buttons[{number}].entry", f"没有编号为 {button.entry} 的条目")
    refuse(problems)
    return Filed(topic, entry)


def refuse(problems: Problems) -> None:
    """Raise EntryRefused with the problems by field, those of one field together, if there are any."""
    fields: dict[str, str] = {}
    for line in problems.lines:
        field, _, text = line.partition(": ")
        fields[field] = f"{fields[field]}；{text}" if field in fields else text
    if fields:
        raise EntryRefused(fields)
