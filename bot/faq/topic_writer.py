"""Writes the files of data/faq in one form, so that a change shows as the lines that changed.

Comments are not kept: what is worth saying about an entry belongs into its fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import yaml

from bot.faq.entry import Entry
from bot.faq.topic_file import Topic

SUFFIX = ".yml"
_RESOLVER = yaml.resolver.Resolver()
_NOT_FIRST = set("-?:,[]{}#&*!|>'\"%@`")
_NEVER_PLAIN = re.compile(r": |:$| #|[\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]|\s$|^\s")
_FLOW_MARKS = set(",[]{}:?")
_BLOCK = re.compile(r"[^\s\x7f-\xa0\ufeff][^\x00-\x09\x0b-\x1f\x7f-\xa0\ufeff]*")


def format_topic(topic: Topic) -> str:
    """The file's text: `topic_file.load_topic` reads the same topic from it."""
    lines = [f"topic: {_scalar(topic.name)}", f"title: {_scalar(topic.title)}"]
    if not topic.entries:
        return "\n".join([*lines, "entries: []", ""])
    lines.append("entries:")
    for number, entry in enumerate(topic.entries):
        if number:
            lines.append("")
        lead = "  - "
        for line in _entry_lines(entry):
            lines.append(f"{lead}{line}" if line else "")
            lead = "    "
    return "\n".join([*lines, ""])


def write_topics(folder: Path, topics: Iterable[Topic]) -> None:
    """Write one file a topic; no file is touched before all are written beside their places.

    Raises OSError when the folder cannot be written to.
    """
    fresh: list[tuple[Path, Path]] = []
    try:
        for topic in topics:
            path = folder / f"{topic.name}{SUFFIX}"
            beside = folder / f".{topic.name}.writing"
            fresh.append((beside, path))
            beside.write_text(format_topic(topic), "utf-8")
        for beside, path in fresh:
            beside.replace(path)
    finally:
        for beside, _ in fresh:
            beside.unlink(missing_ok=True)


def _entry_lines(entry: Entry) -> Iterator[str]:
    yield f"id: {_scalar(entry.id)}"
    yield f"question: {_scalar(entry.question)}"
    yield from _list("similar", [_scalar(text) for text in entry.similar])
    yield from _text("answer", entry.answer)
    if entry.rich:
        yield from _text("rich", entry.rich)
    if entry.channels:
        yield "channels:"
        for answer in entry.channels:
            yield from (f"  {line}" if line else "" for line in _text(answer.channel, answer.text))
    yield from _list("links", [_pairs(title=link.title, url=link.url) for link in entry.links])
    yield from _list("images", [_pairs(title=image.title, url=image.url) for image in entry.images])
    yield from _list("buttons", [_pairs(title=b.title, entry=b.entry) for b in entry.buttons])
    if entry.tags:
        yield f"tags: [{', '.join(_scalar(tag, flow=True) for tag in entry.tags)}]"
    for name in ("valid_from", "valid_until"):
        day = getattr(entry, name)
        if day:
            yield f"{name}: {day.isoformat()}"
    if entry.audience != "everyone":
        yield f"audience: {entry.audience}"
    if entry.owner:
        yield f"owner: {_scalar(entry.owner)}"
    if entry.reviewed:
        yield f"reviewed: {entry.reviewed.isoformat()}"


def _list(name: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"{name}:"
        yield from (f"  - {item}" for item in items)


def _pairs(**values: str) -> str:
    return "{" + ", ".join(f"{name}: {_scalar(text, flow=True)}" for name, text in values.items()) + "}"


def _text(name: str, text: str) -> Iterator[str]:
    lines = text.split("\n")
    if len(lines) == 1:
        yield f"{name}: {_scalar(text)}"
    elif _BLOCK.fullmatch(text):
        yield f"{name}: |-"
        yield from (f"  {line}" if line else "" for line in lines)
    else:
        yield f"{name}: {_quoted(text)}"


def _scalar(text: str, *, flow: bool = False) -> str:
    return text if _is_plain(text, flow) else _quoted(text)


def _is_plain(text: str, flow: bool) -> bool:
    if not text or text[0] in _NOT_FIRST or _NEVER_PLAIN.search(text):
        return False
    if text.startswith(("---", "...")) or (flow and not _FLOW_MARKS.isdisjoint(text.replace("://", ""))):
        return False
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return bool(tag == "tag:yaml.org,2002:str")


def _quoted(text: str) -> str:
    # A JSON string is a YAML string; what YAML holds for unprintable is escaped as JSON escapes it.
    escaped = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\xa0\ufeff]", lambda char: f"\\u{ord(char[0]):04x}", escaped)
