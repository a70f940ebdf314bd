"""The one feed of changes: stored with the change itself, and a hint in memory that wakes those who watch."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.tables import EventRow

EventKind = Literal["message.created", "conversation.changed", "ticket.created", "ticket.changed"]

_INSERT = sa.insert(cast("sa.Table", EventRow.__table__))


def record(
    session: Session, kind: EventKind, conversation: str, data: Mapping[str, Any], now: datetime
) -> None:
    """Add an event to the transaction; `data` holds references (seq, ticket number), not copies of texts."""
    session.execute(_INSERT, {"kind": kind, "conversation_id": conversation, "data": dict(data), "at": now})


class StoredMessage(Protocol):
    """A message that is in the database."""

    @property
    def seq(self) -> int:
        """Its sequence number in the conversation."""

    def public(self) -> dict[str, Any]:
        """What its readers may see of it."""


@dataclass(frozen=True)
class Hint:
    """Something was committed, or somebody types. Losing a hint costs time, never data.

    `what` is "stored" (look into the database), "typing", "presence" (a browser came or went), "rated"
    (the answer `of` helped, if `on`) or "trouble" (nothing could be stored).
    `messages` are all that was stored, if nothing else changed: then there is no
    need to look.
    """

    conversation: str
    what: Literal["stored", "typing", "presence", "rated", "trouble"] = "stored"
    who: Literal["customer", "bot", "agent"] | None = None
    on: bool = False
    of: int = 0
    messages: tuple[StoredMessage, ...] = ()


Watcher = Callable[[Hint], None]


@dataclass
class Hints:
    """Wakes the watchers in this process; every method belongs to the event loop's thread."""

    _by_conversation: dict[str, list[Watcher]] = field(default_factory=lambda: defaultdict(list))
    _all: list[Watcher] = field(default_factory=list)

    def send(self, hint: Hint) -> None:
        """Call all who watch the conversation. Watchers must return at once and may not raise."""
        for watcher in (*self._by_conversation.get(hint.conversation, ()), *self._all):
            watcher(hint)

    def watched(self, conversation: str) -> bool:
        """Whether a customer's browser is connected to the conversation."""
        return bool(self._by_conversation.get(conversation))

    @contextlib.contextmanager
    def watch(self, conversation: str, watcher: Watcher) -> Iterator[None]:
        """Receive the hints of one conversation inside the `with` block."""
        self._by_conversation[conversation].append(watcher)
        self.send(Hint(conversation, "presence"))
        try:
            yield
        finally:
            self._by_conversation[conversation].remove(watcher)
            if not self._by_conversation[conversation]:
                del self._by_conversation[conversation]
            self.send(Hint(conversation, "presence"))

    @contextlib.contextmanager
    def watch_all(self, watcher: Watcher) -> Iterator[None]:
        """Receive every hint inside the `with` block."""
        self._all.append(watcher)
        try:
            yield
        finally:
            self._all.remove(watcher)


class Wake:
    """A flag that a watcher sets and one task waits for."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Wake the waiting task, now or when it waits next."""
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Wait until it is set, at most `seconds`; true when it was. Clears the flag."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        self._event.clear()
        return True
