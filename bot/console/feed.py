"""The live feed of the console: stored events in order, resumed by id, and typing signs in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.console.views import IsOnline, conversation_views, traced_messages
from bot.database import Database
from bot.errors import NotAuthenticated
from bot.events import Hint, Hints
from bot.handoff.ticket import public_ticket, ticket_by_number
from bot.tables import EventRow, MessageRow

BATCH = 200
# A comment this often keeps proxies from closing the line, and the session is checked again.
HEARTBEAT_SECONDS = 15.0
# Events that come together go out together.
GATHER_SECONDS = 0.02
BACKLOG = 1000


async def feed(
    database: Database,
    hints: Hints,
    after: int | None,
    still_signed_in: Callable[[], Awaitable[object]],
    reader: int,
) -> AsyncIterator[str]:
    """Server-sent events for the agent `reader` after the id `after`; from now on when it is None.

    Ends when the session does; the browser then asks again and is refused.
    """
    signs: asyncio.Queue[Hint] = asyncio.Queue(BACKLOG)

    def hear(hint: Hint) -> None:
        if not signs.full():
            signs.put_nowait(hint)

    with hints.watch_all(hear):
        last = after if after is not None else await database.read(_newest)
        yield "retry: 1000\n\n"
        while True:
            # A batch that is not full is the end of what is stored.
            full = True
            while full:
                frames, last, full = await database.read(
                    partial(_stored, after=last, hints=hints, reader=reader)
                )
                for frame in frames:
                    yield frame
            gathered = await _gather(signs)
            if gathered is None:
                try:
                    await still_signed_in()
                except NotAuthenticated:
                    return
                yield ": still here\n\n"
            else:
                for frame in await database.read(partial(_passing, gathered=gathered, hints=hints)):
                    yield frame


def _newest(session: Session) -> int:
    return session.scalar(sa.select(sa.func.max(EventRow.id))) or 0


def _stored(session: Session, *, after: int, hints: Hints, reader: int) -> tuple[list[str], int, bool]:
    events = read_events(session, after, hints.watched, reader)
    ids = [event["id"] for event in events if event["id"] is not None]
    return [_frame(event) for event in events], max(ids, default=after), len(ids) >= BATCH


def _passing(session: Session, *, gathered: Sequence[Hint], hints: Hints) -> list[str]:
    """What is not stored: typing signs, and who is there."""
    frames = [
        _frame(_event(None, "typing", hint.conversation, _now(), {"who": hint.who, "on": hint.on}))
        for hint in gathered
        if hint.what == "typing"
    ]
    came = list(dict.fromkeys(hint.conversation for hint in gathered if hint.what == "presence"))
    views = conversation_views(session, came, hints.watched) if came else []
    frames.extend(_frame(_event(None, "conversation.changed", view["id"], _now(), view)) for view in views)
    return frames


async def _gather(signs: asyncio.Queue[Hint]) -> list[Hint] | None:
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            gathered = [await signs.get()]
    except TimeoutError:
        return None
    await asyncio.sleep(GATHER_SECONDS)
    while not signs.empty():
        gathered.append(signs.get_nowait())
    return gathered


def read_events(session: Session, after: int, is_online: IsOnline, reader: int) -> list[dict[str, Any]]:
    """At most `BATCH` events after `after`, with the data as it is now.

    A new message changes its conversation's last message and unread count, so the conversation follows it
    once a batch, without an id: it is not stored.
    """
    rows = session.scalars(
        sa.select(EventRow).where(EventRow.id > after).order_by(EventRow.id).limit(BATCH)
    ).all()
    touched = list(dict.fromkeys(row.conversation_id for row in rows))
    views = {view["id"]: view for view in conversation_views(session, touched, is_online)}
    events = []
    for row in rows:
        data = _data(session, row, views, reader)
        events.append(_event(row.id, row.kind, row.conversation_id, row.at.isoformat(), data))
    for conversation, view in views.items():
        events.append(_event(None, "conversation.changed", conversation, view["updated_at"], view))
    return events


def _data(session: Session, row: EventRow, views: dict[str, dict[str, Any]], reader: int) -> dict[str, Any]:
    if row.kind == "message.created":
        same = (MessageRow.conversation_id == row.conversation_id, MessageRow.seq == row.data["seq"])
        return traced_messages(session, session.scalars(sa.select(MessageRow).where(*same)).all())[0]
    if row.kind.startswith("ticket."):
        return public_ticket(ticket_by_number(session, row.data["ticket"]), reader)
    return views[row.conversation_id]


def _event(id_: int | None, kind: str, conversation: str, at: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"id": id_, "kind": kind, "conversation": conversation, "at": at, "data": data}


def _frame(event: dict[str, Any]) -> str:
    head = f"id: {event['id']}\n" if event["id"] is not None else ""
    return f"{head}event: {event['kind']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
