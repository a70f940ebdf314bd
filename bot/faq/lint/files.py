"""The form of the files, and mending them in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bot.faq.lint.finding import FILE_FORM, Finding
from bot.faq.lint.mending import mend
from bot.faq.topic_file import Topic
from bot.faq.topic_writer import SUFFIX, format_topic, write_topics

_COMMENT = re.compile(r"^\s*#", re.M)


def check_files(folder: Path, topics: Sequence[Topic]) -> Iterator[Finding]:
    """Files whose text is not the one that their topics are written as."""
    for topic in topics:
        text = _text(folder, topic)
        if text == format_topic(topic):
            continue
        commented = bool(_COMMENT.search(text))
        mend = "把注释移到条目的字段里，再重写文件" if commented else "按统一的格式重写文件"
        message = "文件不是统一的格式，改动会不好核对" + ("；里面有注释，不会自动重写" if commented else "")
        yield Finding(
            FILE_FORM.code, FILE_FORM.severity, topic.title, "", "", message, mend, fixable=not commented
        )


def mend_files(folder: Path, topics: Sequence[Topic]) -> tuple[Topic, ...]:
    """Mend what is mechanical and write the files that change; those with comments are left as they are.

    Returns all topics as the files have them then.
    """
    after: list[Topic] = []
    changed: list[Topic] = []
    for topic in topics:
        text = _text(folder, topic)
        if _COMMENT.search(text):
            after.append(topic)
            continue
        mended = replace(topic, entries=tuple(mend(entry) for entry in topic.entries))
        after.append(mended)
        if format_topic(mended) != text:
            changed.append(mended)
    write_topics(folder, changed)
    return tuple(after)


def _text(folder: Path, topic: Topic) -> str:
    return (folder / f"{topic.name}{SUFFIX}").read_text("utf-8")
