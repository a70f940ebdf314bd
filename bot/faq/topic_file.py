"""The files of data/faq: one topic a file, in YAML."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigurationError
from bot.faq.entry import Entry
from bot.faq.entry_reader import IDENTIFIER, read_entry, read_line
from bot.faq.problems import Place, Problems

TOPIC_FIELDS = {"topic", "title", "entries"}
FILE_LIMIT = 10 * 2**20


@dataclass(frozen=True)
class Topic:
    """The entries of one file. `name` is the file's name without its ending, `title` a word for people."""

    name: str
    title: str
    entries: tuple[Entry, ...] = ()


def load_topics(folder: Path) -> tuple[Topic, ...]:
    """All `*.yml` files in `folder`, in the order of their names.

    Raises ConfigurationError naming file, entry and field of everything that breaks the format, and of
    ids that are used twice and buttons that lead nowhere.
    """
    files = sorted(folder.glob("*.yml"), key=lambda file: file.stem)
    if not files:
        raise ConfigurationError(f"{folder} holds no .yml file with FAQ entries")
    problems = Problems()
    topics = tuple(_read_topic(file, problems) for file in files)
    for file, topic in zip(files, topics, strict=True):
        if topic.name and topic.name != file.stem:
            problems.add(f"{file.name}: topic", f"{topic.name!r} 应与文件名 {file.stem!r} 相同")
    check_references((entry for topic in topics for entry in topic.entries), problems)
    problems.check()
    return topics


def load_entries(folder: Path) -> tuple[Entry, ...]:
    """The entries of all files in `folder`, in the order of file name and file. Raises as `load_topics`."""
    return tuple(entry for topic in load_topics(folder) for entry in topic.entries)


def load_topic(file: Path) -> Topic:
    """One file. Raises as `load_topics` does."""
    problems = Problems()
    topic = _read_topic(file, problems)
    check_references(topic.entries, problems)
    problems.check()
    return topic


def check_references(entries: Iterable[Entry], problems: Problems) -> None:
    """Report ids used twice and buttons whose entry does not exist."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        if entry.id in seen:
            problems.add(f"{entry.topic}: 条目 {entry.id}: id", f"已用于“{seen[entry.id].topic}”的条目")
        seen[entry.id] = entry
    for entry in seen.values():
        for button in entry.buttons:
            if button.entry not in seen:
                problems.add(
                    f"{entry.topic}: 条目 {entry.id}: buttons", f"没有编号为 {button.entry!r} 的条目"
                )


def load_yaml(file: Path) -> Any:
    """Parse a YAML file. Raises ConfigurationError with file, line and column.

    A key that stands twice in one mapping is refused, and so are aliases: a few bytes of them grow into
    gigabytes.
    """
    try:
        if file.stat().st_size > FILE_LIMIT:
            raise ConfigurationError(f"{file}: larger than {FILE_LIMIT // 2**20} MiB")
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from error
    try:
        return yaml.load(text, _Loader)  # noqa: S506 (it is a safe loader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        character = f"U+{ord(text[error.position]):04X}"
        raise ConfigurationError(f"{file}:{line}: not YAML: character {character} is not allowed") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else str(file)
        raise ConfigurationError(f"{place}: not YAML: {error.problem or error.context}") from error
    except (RecursionError, ValueError) as error:  # nested too deep; a date such as 2026-02-30
        raise ConfigurationError(f"{file}: not YAML: {error}") from error


class _Loader(yaml.SafeLoader):
    """Refuses what YAML allows and nobody means."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, f"alias *{event.anchor} is not allowed", event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} stands there twice", key.start_mark
                )
            if isinstance(key, yaml.ScalarNode):
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def _read_topic(file: Path, problems: Problems) -> Topic:
    content = load_yaml(file)
    if not isinstance(content, Mapping) or not isinstance(content.get("entries"), list):
        problems.add(file.name, "应包含 topic、title 和 entries（条目列表）")
        return Topic("", "")
    for unknown in sorted(set(content) - TOPIC_FIELDS, key=str):
        problems.add(file.name, f"没有名为 {unknown!r} 的字段")
    name = read_line(content.get("topic"), f"{file.name}: topic", problems)
    if name and not IDENTIFIER.fullmatch(name):
        problems.add(f"{file.name}: topic", f"{name!r} 只能含 a-z、0-9、“-”、“_”和“.”，最多 64 个字符")
    title = read_line(content.get("title") or content.get("topic"), f"{file.name}: title", problems)
    entries = []
    for number, value in enumerate(content["entries"], 1):
        identifier = value.get("id") if isinstance(value, Mapping) else None
        place = Place(f"{file.name}: 条目 {identifier or number}")
        if isinstance(value, Mapping):
            entries.append(read_entry(value, title, place, problems))
        else:
            problems.add(place.where, "应为“字段: 内容”的对照")
    return Topic(name, title, tuple(entries))
