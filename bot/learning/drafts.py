"""Drafts of new entries, in a file of their own until somebody accepts them.

They live in `BOT_VAR/drafts.yml`, in the form of a topic of the FAQ: with the database and not with the FAQ's
own files, because they come out of conversations and nobody has looked at them yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.errors import NotFound
from bot.faq.entry import Entry
from bot.faq.topic_file import Topic, load_topic
from bot.faq.topic_writer import write_topics

NAME, TITLE = "drafts", "草稿"


class Drafts:
    """The drafts in `folder`. Every method reads or writes the file anew; blocks. One writer at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / f"{NAME}.yml"

    def all(self) -> tuple[Entry, ...]:
        """In the order in which they came. Raises ConfigurationError when the file was broken by hand."""
        return load_topic(self._file).entries if self._file.exists() else ()

    def one(self, identifier: str) -> Entry:
        """Raises NotFound."""
        found = next((entry for entry in self.all() if entry.id == identifier), None)
        if found is None:
            raise NotFound(f"no draft {identifier!r}")
        return found

    def add(self, draft: Entry) -> Entry:
        """Keep a draft under an id of its own; the same question from the same place replaces its draft."""
        source = "\n".join((draft.question, *draft.tags))
        named = replace(draft, id=f"draft-{hashlib.sha256(source.encode()).hexdigest()[:8]}", topic=TITLE)
        self._change(lambda kept: [*(entry for entry in kept if entry.id != named.id), named])
        return named

    def remove(self, identifier: str) -> None:
        """Raises NotFound."""
        self.one(identifier)
        self._change(lambda kept: [entry for entry in kept if entry.id != identifier])

    def _change(self, change: Callable[[Sequence[Entry]], Sequence[Entry]]) -> None:
        write_topics(self._folder, [Topic(NAME, TITLE, tuple(change(self.all())))])
