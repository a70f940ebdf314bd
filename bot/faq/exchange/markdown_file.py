"""Entries in Markdown, made for reading and reviewing: a heading an entry, a smaller one a field.

Free text stands in quotes (`> `) and items in lists (`- `), so that no text is taken for a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.faq.entry import Entry
from bot.faq.exchange.cells import CellRefused, read_cell
from bot.faq.exchange.columns import LISTS, WRITTEN, Column, Heading, entry_cells
from bot.faq.exchange.record import Record
from bot.faq.problems import Place, Problems
from bot.faq.topic_file import Topic

_HEADING = re.compile(r"(#{1,3}) +(.*\S)\s*")
_NAMED = re.compile(r"(.*\S)\s*\{#([^{}\s]+)\}")
_IN_HEADINGS = ("topic", "title", "id", "question")
_QUOTED = ("answer", "rich")
_FIELDS = {column.header.partition("（")[0]: column for column in WRITTEN if column.field not in _IN_HEADINGS}


def write_markdown(topics: Iterable[Topic]) -> bytes:
    """The file's bytes."""
    lines: list[str] = []
    for topic in topics:
        lines += [f"# {topic.title} {{#{topic.name}}}", ""]
        for entry in topic.entries:
            lines += _entry_lines(topic, entry)
    return ("\n".join(lines)).encode()


def _entry_lines(topic: Topic, entry: Entry) -> Iterator[str]:
    cells = entry_cells(topic, entry)
    yield from (f"## {entry.question} {{#{entry.id}}}", "")
    for name, column in _FIELDS.items():
        text = cells[column.field]
        if text:
            mark = ">" if _is_quoted(column) else "-"
            yield from (f"### {name}", "")
            yield from (f"{mark} {line}" if line else mark for line in text.split("\n"))
            yield ""


def _is_quoted(column: Column) -> bool:
    return column.field in _QUOTED or column.field.startswith("channels.")


@dataclass(frozen=True)
class MarkdownPlace(Place):
    """An entry in a Markdown file: fields and items have lines of their own."""

    file: str
    lines: dict[str, int]

    def field(self, name: str) -> str:
        """The line of the item or field; the entry's own line where it has none."""
        item = name.partition("]")[0] + "]" if "[" in name else name
        line = self.lines.get(item) or self.lines.get(name.partition("[")[0])
        return f"{self.file} 第 {line} 行（{name}）" if line else f"{self.where}（{name}）"


@dataclass
class _Draft:
    """An entry whose fields are still being read; `number` is the line of its heading."""

    number: int
    values: dict[str, Any]
    lines: dict[str, int]


@dataclass
class _Section:
    """A field of an entry and the texts of its lines."""

    draft: _Draft
    column: Column
    number: int
    texts: list[str]


def read_markdown(name: str, data: bytes, problems: Problems) -> list[Record]:
    """The records of a Markdown file. What stands outside of the entries' fields goes to `problems`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add(f"{name} 第 {data[: error.start].count(bytes([10])) + 1} 行", "不是 UTF-8 编码")
        return []
    return _Document(name, problems).read(text)


class _Document:
    """Reads line by line; a heading opens a topic, an entry or a field."""

    def __init__(self, name: str, problems: Problems) -> None:
        self._name = name
        self._problems = problems
        self._drafts: list[_Draft] = []
        self._topic: dict[str, Any] = {}
        self._draft: _Draft | None = None
        self._section: _Section | None = None

    def read(self, text: str) -> list[Record]:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for number, line in enumerate(lines, 1):
            heading = _HEADING.fullmatch(line)
            if heading:
                self._close()
                self._open(number, len(heading[1]), heading[2])
            elif self._section is not None:
                self._add(self._section, number, line)
            elif line.strip():
                self._problem(number, "这一行不属于任何条目的字段")
        self._close()
        return [
            Record(MarkdownPlace(f"{self._name} 第 {draft.number} 行", self._name, draft.lines), draft.values)
            for draft in self._drafts
        ]

    def _problem(self, number: int, text: str) -> None:
        self._problems.add(f"{self._name} 第 {number} 行", text)

    def _open(self, number: int, level: int, text: str) -> None:
        if level == 3:
            self._open_field(number, text)
            return
        self._draft = None
        named = _NAMED.fullmatch(text)
        if named is None:
            self._problem(number, f"标题应为“{'#' * level} 文字 {{#编号}}”，实际是 {text!r}")
        elif level == 1:
            self._topic = {"topic": named[2], "title": named[1]}
        else:
            values: dict[str, Any] = {c.field: [] if c.kind in LISTS else None for c in _FIELDS.values()}
            self._draft = _Draft(number, {**values, **self._topic, "id": named[2], "question": named[1]}, {})
            self._drafts.append(self._draft)

    def _open_field(self, number: int, text: str) -> None:
        column = _FIELDS.get(text)
        if column is None:
            self._problem(number, f"不认识的字段 {text!r}")
        elif self._draft is None:
            self._problem(number, "字段不属于任何条目")
        elif column.field in self._draft.lines:
            self._problem(number, f"字段“{text}”出现了两次")
        else:
            self._draft.lines[column.field] = number
            self._section = _Section(self._draft, column, number, [])

    def _add(self, section: _Section, number: int, line: str) -> None:
        if not line.strip():
            return
        mark = ">" if _is_quoted(section.column) else "-"
        if not line.startswith(mark):
            self._problem(number, f"“{section.column.header}”的每一行应以“{mark} ”开头，实际是 {line!r}")
            return
        section.texts.append(line[1:].removeprefix(" "))
        section.draft.lines[f"{section.column.field}[{len(section.texts)}]"] = number

    def _close(self) -> None:
        section, self._section = self._section, None
        if section is None:
            return
        heading = Heading(section.column, section.column.header, "")
        try:
            section.draft.values.update(read_cell("\n".join(section.texts), heading))
        except CellRefused as error:
            self._problem(section.number, str(error))
