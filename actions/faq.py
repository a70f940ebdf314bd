"""What the actions need of the FAQ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.messages import DecisionRecord, Link


@dataclass(frozen=True)
class FollowUp:
    """A question that may come next: its title and the id of the entry that it leads to."""

    title: str
    entry: str


@dataclass(frozen=True)
class EntryView:
    """An FAQ entry as a customer sees it; `rich`, `channels` and `images` as in `bot.messages.Reply`."""

    id: str
    question: str
    answer: str
    links: tuple[Link, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    rich: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)
    images: tuple[Link, ...] = ()


@dataclass(frozen=True)
class FaqResult:
    """The decision about a question; `entry` is the one to show exactly when the decision is `answer`.

    `also` answer the further questions of a message, in order.
    """

    record: DecisionRecord
    entry: EntryView | None = None
    also: tuple[EntryView, ...] = ()

    def __post_init__(self) -> None:
        if (self.record.decision == "answer") != (self.entry is not None):
            raise ValueError(f"decision {self.record.decision!r} does not go with entry {self.entry!r}")


class FaqAnswerer(Protocol):
    """The published FAQ release, which another one may replace at any time."""

    async def answer(self, text: str, after: str | None = None) -> FaqResult:
        """Search and decide; a few milliseconds. Raises nothing for any text.

        `after` is the entry that was answered last, which a fragment (那运费呢?) may go on from.
        """

    def entry(self, entry_id: str, release: str = "") -> EntryView | None:
        """The entry with this id, as it was in `release` if that is given and still known.

        None when there is none that customers may read.
        """


class FixedAnswerer:
    """In-memory twin of the FAQ for tests: answers exactly the texts that it was given."""

    def __init__(self, entries: Sequence[EntryView], results: Mapping[str, FaqResult] | None = None) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self._by_question = {entry.question: entry for entry in entries}
        self._results = dict(results or {})

    async def answer(self, text: str, after: str | None = None) -> FaqResult:
        """The result given for the text, else the entry whose question it is, else no answer."""
        if text in self._results:
            return self._results[text]
        entry = self._by_question.get(text)
        if entry is not None:
            return FaqResult(DecisionRecord("answer", entry.id, 0.99, 0.99), entry)
        return FaqResult(DecisionRecord("no_answer", None, 0.0, 0.0))

    def entry(self, entry_id: str, release: str = "") -> EntryView | None:
        """The entry with this id, or None."""
        return self._entries.get(entry_id)
