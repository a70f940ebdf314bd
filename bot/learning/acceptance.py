"""Writes what a maintainer accepted into the FAQ's files; it goes live when a release is published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import EntryRefused, NotFound
from bot.faq.entry import Entry
from bot.faq.exchange.merge import merge
from bot.faq.exchange.record import Record
from bot.faq.file_lock import writing_entries
from bot.faq.normalize import normalize
from bot.faq.problems import Place
from bot.faq.topic_file import Topic, load_topics
from bot.faq.topic_writer import write_topics

_STILL_MASKED = "还有遮住的隐私信息，请改写成适合所有客户的说法"
# What `bot.privacy.mask` leaves behind.
_MASKED = re.compile(r"\*{3}|\[(?:身份证号|银行卡号尾号\d+|姓名|地址)\]")


@dataclass(frozen=True)
class Accepted:
    """An entry in the files, `before` and `after`, and the name of the topic that it stands in."""

    topic: str
    before: Entry | None
    after: Entry


def is_masked(text: str) -> bool:
    """Whether personal data was cut out of the text: nobody asks like that."""
    return _MASKED.search(text) is not None


def add_similar(folder: Path, entry: str, questions: Sequence[str]) -> Accepted:
    """Add 相似问 to an entry in the files of `folder`; those that it has already are left out.

    Raises NotFound, EntryRefused when another entry has such a question or one is masked, ImportRefused.
    """
    with writing_entries(folder):
        topics = load_topics(folder)
        entries = {found.id: found for topic in topics for found in topic.entries}
        if entry not in entries:
            raise NotFound(f"no entry {entry!r}")
        before = entries[entry]
        known = {normalize(text) for text in before.questions}
        fresh = [text for text in dict.fromkeys(questions) if normalize(text) not in known]
        others = [found for name, found in entries.items() if name != entry]
        _refuse(_wrong(((f"similar[{n}]", text) for n, text in enumerate(fresh, 1)), others))
        after = _write(folder, topics, {"id": entry, "similar": [*before.similar, *fresh]})
        return Accepted(next(one.name for one in topics if before in one.entries), before, after)


def add_entry(folder: Path, topic: str, entry: Entry) -> Accepted:
    """Add a new entry at the end of a topic (its name, not its title) in the files of `folder`.

    Raises NotFound for an unknown topic, EntryRefused when the id is taken, another entry has such a question
    or a text is masked, ImportRefused with everything else that an entry may not be.
    """
    with writing_entries(folder):
        topics = load_topics(folder)
        if topic not in {found.name for found in topics}:
            raise NotFound(f"no topic {topic!r}")
        entries = [found for one in topics for found in one.entries]
        named = [(f"similar[{n}]", text) for n, text in enumerate(entry.similar, 1)]
        wrong = _wrong([("question", entry.question), *named], entries)
        if entry.id and entry.id in {found.id for found in entries}:
            wrong["id"] = f"编号 {entry.id} 已经有条目在用"
        if is_masked(entry.answer):
            wrong["answer"] = _STILL_MASKED
        _refuse(wrong)
        values = {
            "id": entry.id or None,
            "topic": topic,
            "question": entry.question,
            "similar": list(entry.similar),
            "answer": entry.answer,
            "owner": entry.owner or None,
        }
        return Accepted(topic, None, _write(folder, topics, values))


def _wrong(questions: Iterable[tuple[str, str]], others: Iterable[Entry]) -> dict[str, str]:
    """What is wrong with the questions (field, text), by field."""
    taken = {normalize(text): found.id for found in others for text in found.questions}
    wrong = {}
    for field, text in questions:
        if is_masked(text):
            wrong[field] = f"“{text}”：{_STILL_MASKED}"
        elif normalize(text) in taken:
            wrong[field] = f"“{text}”已经是词条 {taken[normalize(text)]} 的问题"
    return wrong


def _refuse(wrong: Mapping[str, str]) -> None:
    if wrong:
        raise EntryRefused(wrong)


def _write(folder: Path, topics: Sequence[Topic], values: Mapping[str, Any]) -> Entry:
    merged = merge(topics, [Record(Place(f"条目 {values['id'] or values['question']}"), values)])
    write_topics(folder, [topic for topic in merged.topics if topic.name in merged.touched])
    if merged.changes:
        return merged.changes[0].entry
    return next(e for topic in merged.topics for e in topic.entries if e.id == values["id"])
