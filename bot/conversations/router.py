"""Hands every stored message to a turn: in order inside a conversation, side by side across conversations."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.conversations.commit import Bookkeeping, Stored, commit_turn, next_task
from bot.conversations.turn import Result, Task, Timings, TurnHandler
from bot.database import Database
from bot.events import Hint, Hints
from bot.tables import MessageRow

logger = logging.getLogger(__name__)

CONCURRENT_TURNS = 64
# A reply that comes sooner needs no sign that it is being written.
TYPING_AFTER_SECONDS = 0.15
RETRY_SECONDS = (0.2, 1.0, 5.0, 15.0, 30.0)


class Router:
    """One worker for each conversation that has something to do.

    Until `start`, messages are stored and wait; `start` takes up every message without a turn, whichever
    process left it behind.
    """

    def __init__(
        self,
        database: Database,
        handler: TurnHandler,
        hints: Hints,
        books: Bookkeeping,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._handler = handler
        self._hints = hints
        self._books = books
        self._clock = clock
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._woken: set[str] = set()
        self._slots = asyncio.Semaphore(CONCURRENT_TURNS)
        self._running = False

    async def start(self) -> None:
        """Begin to handle messages, the waiting ones first."""

        def waiting(session: Session) -> list[str]:
            pending = sa.select(MessageRow.conversation_id).where(MessageRow.pending.is_(True)).distinct()
            return list(session.scalars(pending))

        self._running = True
        for conversation in await self._database.read(waiting):
            self.wake(conversation)

    def wake(self, conversation: str) -> None:
        """The conversation has a message without a turn."""
        if not self._running:
            return
        self._woken.add(conversation)
        if conversation not in self._workers:
            self._workers[conversation] = asyncio.create_task(self._work(conversation))

    async def idle(self) -> None:
        """Wait until no worker has anything to do."""
        while self._workers:
            await asyncio.gather(*self._workers.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Stop at once; what is not committed is handled after the next start."""
        self._running = False
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, conversation: str) -> None:
        failures = 0
        try:
            while conversation in self._woken:
                self._woken.discard(conversation)
                try:
                    async with self._slots:
                        while await self._one(conversation):
                            failures = 0
                except Exception:
                    # The message stays without a turn, so trying again loses nothing and repeats nothing.
                    logger.exception("a turn of %s could not be stored", conversation)
                    self._hints.send(Hint(conversation, "trouble"))
                    self._woken.add(conversation)
                    await asyncio.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                    failures += 1
        finally:
            del self._workers[conversation]

    async def _one(self, conversation: str) -> bool:
        """Handle the oldest message without a turn; whether there is another one."""
        task = await self._database.read(lambda session: next_task(session, conversation))
        if task is None:
            return False
        with self._typing(task):
            stored = await self._store(task, await self._handler.think(task))
        self._hints.send(Hint(conversation, messages=stored.messages if stored and stored.plain else ()))
        return task.more or stored is None

    @contextlib.contextmanager
    def _typing(self, task: Task) -> Iterator[None]:
        """Show that the bot writes, if it takes a moment."""
        if not self._handler.needs_dialogue(task):
            yield
            return
        conversation, shown = task.message.conversation, False

        def show() -> None:
            nonlocal shown
            shown = True
            self._hints.send(Hint(conversation, "typing", who="bot", on=True))

        timer = asyncio.get_running_loop().call_later(TYPING_AFTER_SECONDS, show)
        try:
            yield
        finally:
            timer.cancel()
            if shown:
                self._hints.send(Hint(conversation, "typing", who="bot", on=False))

    async def _store(self, task: Task, result: Result) -> Stored | None:
        def commit(session: Session, outcome: Result) -> Stored | None:
            return commit_turn(session, outcome, self._clock(), self._books)

        try:
            return await self._database.write(lambda session: commit(session, result))
        except Exception as error:
            if result.error is not None:
                raise
            # What the bot decided cannot be stored; the plain hand-off probably can.
            failed = self._handler.failed(task, Timings(), f"{type(error).__name__}: {error}")
            return await self._database.write(lambda session: commit(session, failed))
