"""Tickets: what an agent needs to know, by when, in which order. All inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.errors import NotFound
from bot.events import record
from bot.handoff.hours import BusinessHours
from bot.handoff.policy import RANKS, HandOff, Priority
from bot.messages import TicketNote
from bot.privacy import mask
from bot.tables import EpisodeRow, TicketRow

TicketKind = Literal["handoff", "request"]

# Time until somebody must have answered, in business hours.
DEADLINES: dict[Priority, timedelta] = {
    "urgent": timedelta(minutes=10),
    "high": timedelta(minutes=30),
    "normal": timedelta(hours=4),
}
# Among the fields of a ticket: what a customer adds later, what the bot has to say about a hand-off, and how
# satisfied the customer is, from 1 (bad) to 5 (good).
ADDED, TOLD, RATING = "added", "told", "rating"
SUMMARY_LINES = 8
LINE_LIMIT = 120
_SPEAKERS = {"customer": "客户", "bot": "小杉", "agent": "客服", "system": "系统"}


@dataclass(frozen=True)
class Line:
    """One line of a transcript."""

    sender: str
    text: str


@dataclass(frozen=True)
class TicketDraft:
    """A ticket without a number. `category` is a Chinese word, `summary` is masked when it is stored."""

    kind: TicketKind
    handoff: HandOff
    category: str
    summary: str
    emotion: Mapping[str, Any]
    tried: Sequence[str] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


def summarise(lines: Sequence[Line], explanation: str, tried: Sequence[str]) -> str:
    """The story in a few lines: the wish, why a human, what was tried, the end of the transcript."""
    wish = next((line.text for line in lines if line.sender == "customer" and len(line.text.strip()) > 5), "")
    wish = wish or next((line.text for line in lines if line.sender == "customer"), "（无文字）")
    parts = [f"诉求：{_shorten(wish)}", f"转人工原因：{explanation}"]
    if tried:
        parts.append("机器人已尝试：" + "；".join(tried[-3:]))
    parts.append("最近对话：")
    parts.extend(f"{_SPEAKERS[line.sender]}：{_shorten(line.text)}" for line in lines[-SUMMARY_LINES:])
    return mask("\n".join(parts))


def _shorten(text: str) -> str:
    # Masked first: a number that is cut in two is no longer known for what it is.
    flat = " ".join(mask(text).split())
    return flat if len(flat) <= LINE_LIMIT else flat[: LINE_LIMIT - 1] + "…"


def open_ticket(
    session: Session, episode: EpisodeRow, draft: TicketDraft, now: datetime, hours: BusinessHours
) -> TicketRow:
    """Store the ticket with the next number of the day and emit `ticket.created`."""
    day = now.astimezone(hours.zone).strftime("%Y%m%d")
    serial = (session.scalar(sa.select(sa.func.max(TicketRow.serial)).where(TicketRow.day == day)) or 0) + 1
    row = TicketRow(
        number=f"T{day}-{serial:04d}",
        day=day,
        serial=serial,
        kind=draft.kind,
        conversation_id=episode.conversation_id,
        episode=episode.number,
        state="open",
        reason=draft.handoff.reason,
        reason_text=draft.handoff.explanation,
        priority=draft.handoff.priority,
        rank=RANKS[draft.handoff.priority],
        category=draft.category,
        skill=draft.handoff.skill,
        summary=mask(draft.summary),
        emotion=dict(draft.emotion),
        tried=[mask(line) for line in draft.tried],
        fields=dict(draft.fields),
        assignee_id=episode.agent_id,
        assignee_name=episode.agent_name,
        created_at=now,
        deadline=hours.add(now, DEADLINES[draft.handoff.priority]),
        note="",
    )
    session.add(row)
    session.flush()
    record(session, "ticket.created", row.conversation_id, {"ticket": row.number, "reason": row.reason}, now)
    return row


def open_handoff(session: Session, conversation: str, episode: int) -> TicketRow | None:
    """The episode's open hand-off ticket; there is at most one."""
    return session.scalar(
        sa.select(TicketRow).where(
            TicketRow.conversation_id == conversation,
            TicketRow.episode == episode,
            TicketRow.kind == "handoff",
            TicketRow.state == "open",
        )
    )


def open_tickets(session: Session, conversation: str, episode: int) -> Sequence[TicketRow]:
    """All open tickets of the episode, newest first."""
    return session.scalars(
        sa.select(TicketRow)
        .where(
            TicketRow.conversation_id == conversation, TicketRow.episode == episode, TicketRow.state == "open"
        )
        .order_by(TicketRow.id.desc())
    ).all()


def raise_priority(
    session: Session, row: TicketRow, handoff: HandOff, now: datetime, hours: BusinessHours
) -> None:
    """A more pressing reason came up while the customer waits: the ticket moves forward, never back."""
    if RANKS[handoff.priority] >= row.rank:
        return
    row.priority, row.rank = handoff.priority, RANKS[handoff.priority]
    row.reason, row.reason_text, row.skill = handoff.reason, handoff.explanation, handoff.skill
    row.deadline = min(row.deadline, hours.add(now, DEADLINES[handoff.priority]))
    record(session, "ticket.changed", row.conversation_id, {"ticket": row.number, "what": "priority"}, now)


def assign(session: Session, row: TicketRow, agent_id: int, agent_name: str, now: datetime) -> None:
    """Give the ticket to an agent and emit `ticket.changed`; assigning twice changes nothing."""
    if row.assignee_id == agent_id:
        return
    row.assignee_id, row.assignee_name = agent_id, agent_name
    record(session, "ticket.changed", row.conversation_id, {"ticket": row.number, "what": "assignee"}, now)


def resolve(session: Session, row: TicketRow, note: str, now: datetime) -> None:
    """Close the ticket and emit `ticket.changed`."""
    row.state, row.resolved_at, row.note = "resolved", now, note
    record(session, "ticket.changed", row.conversation_id, {"ticket": row.number, "what": "resolved"}, now)


def ahead_of(session: Session, row: TicketRow) -> int:
    """How many waiting hand-offs come before this one: by priority, then first come, first served."""
    earlier = sa.or_(TicketRow.rank < row.rank, sa.and_(TicketRow.rank == row.rank, TicketRow.id < row.id))
    return (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(TicketRow)
            .where(
                TicketRow.state == "open",
                TicketRow.kind == "handoff",
                TicketRow.assignee_id.is_(None),
                earlier,
            )
        )
        or 0
    )


def ticket_by_number(session: Session, number: str) -> TicketRow:
    """The ticket. Raises NotFound."""
    row = session.scalar(sa.select(TicketRow).where(TicketRow.number == number))
    if row is None:
        raise NotFound(f"no ticket {number!r}")
    return row


def tickets_of(session: Session, conversation: str) -> Sequence[TicketRow]:
    """All tickets of the conversation, newest first."""
    return session.scalars(
        sa.select(TicketRow).where(TicketRow.conversation_id == conversation).order_by(TicketRow.id.desc())
    ).all()


def add_note(session: Session, conversation: str, note: TicketNote, now: datetime) -> None:
    """Add the customer's words to an open ticket of the conversation and emit `ticket.changed`.

    A ticket that was settled meanwhile, or is not of this conversation, stays as it is: the words are in the
    transcript.
    """
    row = session.scalar(
        sa.select(TicketRow).where(
            TicketRow.number == note.ticket,
            TicketRow.conversation_id == conversation,
            TicketRow.state == "open",
        )
    )
    if row is None:
        return
    said = row.fields.get(ADDED)
    row.fields = {**row.fields, ADDED: f"{said}\n{note.text}" if said else note.text}
    record(session, "ticket.changed", row.conversation_id, {"ticket": row.number, "what": "note"}, now)


def add_rating(session: Session, conversation: str, episode: int, rating: int, now: datetime) -> None:
    """Put a rating into the newest ticket of the episode or of the one before; emit `ticket.changed`.

    An older ticket is not what a customer rates today. Without a ticket the rating stays in the turn's trace.
    """
    row = session.scalar(
        sa.select(TicketRow)
        .where(TicketRow.conversation_id == conversation, TicketRow.episode >= episode - 1)
        .order_by(TicketRow.id.desc())
        .limit(1)
    )
    if row is None:
        return
    row.fields = {**row.fields, RATING: str(rating)}
    record(session, "ticket.changed", row.conversation_id, {"ticket": row.number, "what": "rating"}, now)


def public_ticket(row: TicketRow, reader: int | None = None) -> dict[str, Any]:
    """The ticket of docs/protocol.md. `fields` are masked unless the agent `reader` has the ticket."""
    own = reader is not None and row.assignee_id == reader
    stamp: Callable[[datetime], str] = lambda at: at.isoformat(timespec="seconds")  # noqa: E731
    return {
        "number": row.number,
        "state": row.state,
        "reason": row.reason,
        "reason_text": row.reason_text,
        "priority": row.priority,
        "category": row.category,
        "summary": row.summary,
        "emotion": row.emotion,
        "tried": row.tried,
        "fields": {name: value if own else mask(str(value)) for name, value in row.fields.items()},
        "conversation": row.conversation_id,
        "episode": row.episode,
        "assignee": row.assignee_name,
        "created_at": stamp(row.created_at),
        "deadline": stamp(row.deadline),
        "resolved_at": stamp(row.resolved_at) if row.resolved_at else None,
        "note": row.note,
    }
