"""Writes what a maintainer accepted into the FAQ's files; it goes live when a release is published."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.errors import InvalidInput, NotFound
from bot.faq.entry import Entry
from bot.faq.exchange.merge import merge
from bot.faq.exchange.record import Record
from bot.faq.file_lock import writing_entries
from bot.faq.normalize import normalize
from bot.faq.problems import Place
from bot.faq.topic_file import Topic, load_topics
from bot.faq.topic_writer import write_topics

# What `bot.privacy.mask` leaves behind.
_MASKED = re.compile(r"\*{3}|\[(?:身份证号|银行卡号尾号\d+|姓名|地址)\]")


def is_masked(text: str) -> bool:
    """Whether personal data was cut out of the text: nobody asks like that."""
    return _MASKED.search(text) is not None


def add_similar(folder: Path, entry: str, questions: Sequence[str]) -> Entry:
    """Add 相似问 to an entry in the files of `folder`; those that it has already are left out.

    Raises NotFound, InvalidInput when another entry has such a question or one is masked, ImportRefused.
    """
    with writing_entries(folder):
        topics = load_topics(folder)
        entries = {found.id: found for topic in topics for found in topic.entries}
        if entry not in entries:
            raise NotFound(f"no entry {entry!r}")
        known = {normalize(text) for text in entries[entry].questions}
        fresh = [text for text in dict.fromkeys(questions) if normalize(text) not in known]
        _check_questions(fresh, (found for name, found in entries.items() if name != entry))
        similar = [*entries[entry].similar, *fresh]
        return _write(folder, topics, {"id": entry, "similar": similar})


def add_entry(folder: Path, topic: str, entry: Entry) -> Entry:
    """Add a new entry at the end of a topic (its name, not its title) in the files of `folder`.

    Raises NotFound for an unknown topic, InvalidInput when the id is taken, another entry has such a question
    or a text is masked, ImportRefused with everything else that an entry may not be.
    """
    with writing_entries(folder):
        topics = load_topics(folder)
        if topic not in {found.name for found in topics}:
            raise NotFound(f"no topic {topic!r}")
        entries = [found for one in topics for found in one.entries]
        if entry.id and entry.id in {found.id for found in entries}:
            raise InvalidInput(f"an entry {entry.id!r} exists already")
        _check_questions(entry.questions, entries)
        if is_masked(entry.answer):
            raise InvalidInput("the answer holds masked personal data")
        values = {
            "id": entry.id or None,
            "topic": topic,
            "question": entry.question,
            "similar": list(entry.similar),
            "answer": entry.answer,
            "owner": entry.owner or None,
        }
        return _write(folder, topics, values)


def _check_questions(questions: Sequence[str], others: Any) -> None:
    taken = {normalize(text): found.id for found in others for text in found.questions}
    for text in questions:
        if is_masked(text):
            raise InvalidInput(f"the question {text!r} holds masked personal data")
        if normalize(text) in taken:
            raise InvalidInput(f"the question {text!r} belongs to the entry {taken[normalize(text)]!r}")


def _write(folder: Path, topics: Sequence[Topic], values: Mapping[str, Any]) -> Entry:
    merged = merge(topics, [Record(Place(f"条目 {values['id'] or values['question']}"), values)])
    write_topics(folder, [topic for topic in merged.topics if topic.name in merged.touched])
    if merged.changes:
        return merged.changes[0].entry
    return next(e for topic in merged.topics for e in topic.entries if e.id == values["id"])
