"""The service without its listeners: real database, real policy and emotion, a stand-in for Rasa."""

from __future__ import annotations

import asyncio
import functools
import inspect
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.conversations.commit import Bookkeeping
from bot.conversations.conversations import AgentRef, Conversations, Status
from bot.conversations.router import Router
from bot.conversations.transcript import Message
from bot.conversations.turn import TurnHandler
from bot.database import Database
from bot.emotion import EmotionDetector
from bot.events import Hints
from bot.handoff.hours import BusinessHours
from bot.handoff.request_detector import BY_RULES, Wish
from bot.tables import AgentRow, EpisodeRow, TicketRow, TurnRow
from tests.dialogue import FakeDialogue

LEXICON = Path(__file__).resolve().parent.parent / "data" / "emotion" / "lexicon.tsv"
# A Wednesday, ten o'clock in Shanghai.
MORNING = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


class Clock:
    """Time that tests move."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Desk:
    """Everything between channel and Rasa, and shorthands for what customers and agents do."""

    database: Database
    dialogue: FakeDialogue
    router: Router
    conversations: Conversations
    hints: Hints
    clock: Clock
    counter: int = 0

    async def say(self, text: str, conversation: str = "c1", *, settle: bool = True) -> Message:
        self.counter += 1
        message = await self.conversations.receive(conversation, "web", f"m{self.counter}", text)
        if settle:
            await self.router.idle()
        return message

    async def click(self, of: int, choice: str, conversation: str = "c1") -> Message:
        self.counter += 1
        message = await self.conversations.choose(conversation, "web", f"m{self.counter}", of, choice)
        await self.router.idle()
        return message

    async def messages(self, conversation: str = "c1") -> list[Message]:
        return list((await self.conversations.opening(conversation, 0)).messages)

    async def texts(self, conversation: str = "c1") -> list[tuple[str, str]]:
        return [(message.sender, message.text) for message in await self.messages(conversation)]

    async def last(self, conversation: str = "c1") -> Message:
        return (await self.messages(conversation))[-1]

    async def status(self, conversation: str = "c1") -> Status:
        return (await self.conversations.opening(conversation, 0)).status

    async def tickets(self, conversation: str = "c1") -> list[TicketRow]:
        query = sa.select(TicketRow).where(TicketRow.conversation_id == conversation).order_by(TicketRow.id)
        return await self.database.read(lambda session: list(session.scalars(query)))

    async def turns(self, conversation: str = "c1") -> list[TurnRow]:
        query = sa.select(TurnRow).where(TurnRow.conversation_id == conversation).order_by(TurnRow.seq)
        return await self.database.read(lambda session: list(session.scalars(query)))

    async def trace(self, conversation: str = "c1") -> dict[str, Any]:
        return (await self.turns(conversation))[-1].trace

    async def episode(self, conversation: str = "c1") -> EpisodeRow:
        query = (
            sa.select(EpisodeRow)
            .where(EpisodeRow.conversation_id == conversation)
            .order_by(EpisodeRow.number.desc())
        )
        return await self.database.read(lambda session: session.scalars(query).first())  # type: ignore[arg-type,return-value]

    async def agent(self, name: str = "小林") -> AgentRef:
        def create(session: Any) -> AgentRef:
            row = AgentRow(
                name=name, display_name=name, role="agent", password_hash="", created_at=self.clock()
            )
            session.add(row)
            session.flush()
            return AgentRef(row.id, row.display_name)

        return await self.database.write(create)


@functools.cache
def feeling() -> EmotionDetector:
    """The detector, read once for all tests."""
    return EmotionDetector.load(LEXICON)


@functools.cache
def empty_database() -> bytes:
    """A migrated database file, made once for all tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        database = Database(f"sqlite:///{path}")
        database.migrate()
        database.close()
        return path.read_bytes()


def open_database(path: Path) -> Database:
    """The database in the file `path`, which is made if it is missing."""
    if not path.exists():
        path.write_bytes(empty_database())
    return Database(f"sqlite:///{path}")


async def until(condition: Callable[[], Any]) -> None:
    """Wait until `condition()`, which may be a coroutine, is true."""
    async with asyncio.timeout(10):
        while not (await value if inspect.isawaitable(value := condition()) else value):
            await asyncio.sleep(0.005)


@asynccontextmanager
async def open_desk(
    path: Path,
    dialogue: FakeDialogue | None = None,
    clock: Clock | None = None,
    *,
    start: bool = True,
    level: str | None = None,
    hear: Callable[[str], Wish] = BY_RULES.hear,
) -> AsyncIterator[Desk]:
    """A running desk on the database file `path`; opening it again is a restart.

    `level` is what the shop counts every customer as, `hear` judges the wish for a human before Rasa.
    """
    database = open_database(path)
    dialogue, clock, hints = dialogue or FakeDialogue(), clock or Clock(), Hints()
    books = Bookkeeping(BusinessHours.parse("09:00-21:00", "Asia/Shanghai"))

    async def level_of(_conversation: str) -> str | None:
        return level

    handler = TurnHandler(dialogue, feeling(), hear=hear, level=level_of)
    router = Router(database, handler, hints, books, clock=clock)
    conversations = Conversations(database, hints, books, router.wake, limit=2000, clock=clock)
    if start:
        await router.start()
    try:
        yield Desk(database, dialogue, router, conversations, hints, clock)
    finally:
        await router.stop()
        database.close()
