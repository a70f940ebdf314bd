"""FAQ entries and the files under data/faq that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigurationError
from bot.messages import Link

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
URL = re.compile(r"(/(?!/)|https?://|mailto:|tel:)\S*")
TOPIC_FIELDS = {"topic", "title", "entries"}
ENTRY_FIELDS = {"id", "question", "similar", "answer", "links", "buttons", "tags"}
PROBLEMS_SHOWN = 20


@dataclass(frozen=True)
class EntryButton:
    """A follow-up under an answer: its title and the id of the entry that it leads to."""

    title: str
    entry: str


@dataclass(frozen=True)
class Entry:
    """One answer and the questions that it answers: the 标准问 and its 相似问.

    `topic` is the topic's title, a word for people.
    """

    id: str
    question: str
    answer: str
    similar: tuple[str, ...] = ()
    topic: str = ""
    links: tuple[Link, ...] = ()
    buttons: tuple[EntryButton, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """The 标准问 first, then every 相似问."""
        return (self.question, *self.similar)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and mappings, for a release."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Entry:
        """The inverse of `to_json`."""
        return cls(
            **{
                **value,
                "similar": tuple(value["similar"]),
                "links": tuple(Link(**link) for link in value["links"]),
                "buttons": tuple(EntryButton(**button) for button in value["buttons"]),
                "tags": tuple(value["tags"]),
            }
        )


class Problems:
    """Collects what is wrong, each with its place, so that one run shows all of it."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, place: str, text: str) -> None:
        """`place` names file, entry and field."""
        self._lines.append(f"{place}: {text}")

    def check(self) -> None:
        """Raises ConfigurationError listing every problem."""
        if self._lines:
            more = len(self._lines) - PROBLEMS_SHOWN
            shown = self._lines[:PROBLEMS_SHOWN] + ([f"… and {more} more"] if more > 0 else [])
            raise ConfigurationError("\n".join(shown))


def load_entries(folder: Path) -> tuple[Entry, ...]:
    """All entries of the `*.yml` files in `folder`, in the order of file name and file.

    Raises ConfigurationError naming file, entry and field of everything that breaks the format, and of
    ids that are used twice and buttons that lead nowhere.
    """
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise ConfigurationError(f"{folder} holds no .yml file with FAQ entries")
    problems = Problems()
    entries = [entry for file in files for entry in _read_topic(file, problems)]
    check_references(entries, problems)
    problems.check()
    return tuple(entries)


def load_topic(file: Path) -> tuple[Entry, ...]:
    """The entries of one file in the format of data/faq. Raises as `load_entries` does."""
    problems = Problems()
    entries = _read_topic(file, problems)
    check_references(entries, problems)
    problems.check()
    return tuple(entries)


def check_references(entries: Iterable[Entry], problems: Problems) -> None:
    """Report ids used twice and buttons whose entry does not exist."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        if entry.id in seen:
            problems.add(f"{entry.topic}: entry {entry.id}", f"id: already used in {seen[entry.id].topic}")
        seen[entry.id] = entry
    for entry in seen.values():
        for button in entry.buttons:
            if button.entry not in seen:
                problems.add(
                    f"{entry.topic}: entry {entry.id}", f"buttons: no entry has the id {button.entry!r}"
                )


def load_yaml(file: Path) -> Any:
    """Parse a YAML file. Raises ConfigurationError with file, line and column."""
    try:
        return yaml.safe_load(file.read_text("utf-8-sig"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else str(file)
        raise ConfigurationError(f"{place}: not YAML: {getattr(error, 'problem', None) or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from error


def _read_topic(file: Path, problems: Problems) -> list[Entry]:
    content = load_yaml(file)
    if not isinstance(content, dict) or not isinstance(content.get("entries"), list):
        problems.add(file.name, "must hold a mapping with topic, title and a list of entries")
        return []
    for unknown in sorted(set(content) - TOPIC_FIELDS, key=str):
        problems.add(file.name, f"unknown field {unknown!r}")
    _text(content.get("topic"), f"{file.name}: topic", problems)
    topic = _text(content.get("title") or content.get("topic"), f"{file.name}: title", problems)
    entries = []
    for number, value in enumerate(content["entries"], 1):
        name = value.get("id") if isinstance(value, dict) else None
        place = f"{file.name}: entry {name or number}"
        if not isinstance(value, dict):
            problems.add(place, "must be a mapping")
            continue
        for unknown in sorted(set(value) - ENTRY_FIELDS, key=str):
            problems.add(place, f"unknown field {unknown!r}")
        entries.append(_read_entry(value, topic, place, problems))
    return entries


def _read_entry(value: Mapping[str, Any], topic: str, place: str, problems: Problems) -> Entry:
    identifier = _text(value.get("id"), f"{place}: id", problems)
    if identifier and not IDENTIFIER.fullmatch(identifier):
        problems.add(f"{place}: id", f"{identifier!r} may hold a-z, 0-9, '-', '_' and '.' only, at most 64")
    links = []
    for link in _mappings(value, "links", {"title", "url"}, place, problems):
        if not URL.fullmatch(link["url"]):
            problems.add(
                f"{place}: links", f"{link['url']!r} is neither a path nor http, https, mailto or tel"
            )
        links.append(Link(link["title"], link["url"]))
    buttons = [EntryButton(**b) for b in _mappings(value, "buttons", {"title", "entry"}, place, problems)]
    return Entry(
        id=identifier,
        question=_text(value.get("question"), f"{place}: question", problems),
        answer=_text(value.get("answer"), f"{place}: answer", problems),
        similar=tuple(_texts(value, "similar", place, problems)),
        topic=topic,
        links=tuple(links),
        buttons=tuple(buttons),
        tags=tuple(_texts(value, "tags", place, problems)),
    )


def _text(value: Any, place: str, problems: Problems) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    if value is None:
        problems.add(place, "is missing")
    else:
        problems.add(place, f"must be text, got {value!r} (put quotes around it)")
    return ""


def _items(value: Mapping[str, Any], field: str, place: str, problems: Problems) -> Sequence[Any]:
    items = value.get(field)
    if items is None:
        return []
    if not isinstance(items, list):
        problems.add(f"{place}: {field}", f"must be a list, got {items!r}")
        return []
    return items


def _texts(value: Mapping[str, Any], field: str, place: str, problems: Problems) -> list[str]:
    items = _items(value, field, place, problems)
    return [_text(item, f"{place}: {field}[{number}]", problems) for number, item in enumerate(items, 1)]


def _mappings(
    value: Mapping[str, Any], field: str, keys: set[str], place: str, problems: Problems
) -> list[dict[str, str]]:
    found = []
    for number, item in enumerate(_items(value, field, place, problems), 1):
        where = f"{place}: {field}[{number}]"
        if not isinstance(item, dict) or set(item) != keys:
            problems.add(where, f"must have exactly {' and '.join(sorted(keys))}, got {item!r}")
            continue
        found.append({key: _text(item[key], f"{where}.{key}", problems) for key in sorted(keys)})
    return found
