"""What the console shows, read in few queries however long the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.conversations.feedback import verdicts
from bot.conversations.transcript import read_message
from bot.errors import InvalidInput, NotFound
from bot.handoff.ticket import public_ticket, ticket_by_number, tickets_of
from bot.tables import ConversationRow, EpisodeRow, MessageRow, TicketRow, TurnRow

PAGE = 50
TRANSCRIPT = 500
IsOnline = Callable[[str], bool]


def ticket_page(
    session: Session, state: str, before: str | None, reader: int
) -> tuple[list[dict[str, Any]], bool]:
    """Open tickets in the order in which they are to be served, others newest first; and whether more follow.

    Raises NotFound when `before` names no ticket.
    """
    query = sa.select(TicketRow)
    if state != "all":
        query = query.where(TicketRow.state == state)
    last = ticket_by_number(session, before) if before else None
    if state == "open":
        query = query.order_by(TicketRow.rank, TicketRow.id)
        if last is not None:
            later = sa.and_(TicketRow.rank == last.rank, TicketRow.id > last.id)
            query = query.where(sa.or_(TicketRow.rank > last.rank, later))
    else:
        query = query.order_by(TicketRow.id.desc())
        if last is not None:
            query = query.where(TicketRow.id < last.id)
    rows = session.scalars(query.limit(PAGE + 1)).all()
    return [public_ticket(row, reader) for row in rows[:PAGE]], len(rows) > PAGE


def conversation_page(
    session: Session, owner: str, before: str | None, is_online: IsOnline
) -> tuple[list[dict[str, Any]], bool]:
    """Conversations by last activity, latest first. Raises NotFound when `before` names no conversation."""
    newest = _newest_episode()
    query = (
        sa.select(ConversationRow.id)
        .join(newest, newest.c.conversation_id == ConversationRow.id)
        .join(
            EpisodeRow,
            sa.and_(EpisodeRow.conversation_id == ConversationRow.id, EpisodeRow.number == newest.c.number),
        )
        .order_by(ConversationRow.updated_at.desc(), ConversationRow.id.desc())
    )
    if owner != "all":
        query = query.where(EpisodeRow.owner == owner)
    if before is not None:
        last = session.get(ConversationRow, before)
        if last is None:
            raise NotFound(f"no conversation {before!r}")
        same = sa.and_(ConversationRow.updated_at == last.updated_at, ConversationRow.id < last.id)
        query = query.where(sa.or_(ConversationRow.updated_at < last.updated_at, same))
    ids = session.scalars(query.limit(PAGE + 1)).all()
    return conversation_views(session, ids[:PAGE], is_online), len(ids) > PAGE


def conversation_views(session: Session, ids: Sequence[str], is_online: IsOnline) -> list[dict[str, Any]]:
    """The conversations of docs/protocol.md in the order of `ids`; unknown ids are left out."""
    rows = {
        row.id: row for row in session.scalars(sa.select(ConversationRow).where(ConversationRow.id.in_(ids)))
    }
    newest = _newest_episode()
    episodes = {
        row.conversation_id: row
        for row in session.scalars(
            sa.select(EpisodeRow)
            .join(
                newest,
                sa.and_(
                    newest.c.conversation_id == EpisodeRow.conversation_id,
                    newest.c.number == EpisodeRow.number,
                ),
            )
            .where(EpisodeRow.conversation_id.in_(ids))
        )
    }
    lasts = {
        row.conversation_id: row
        for row in session.scalars(
            sa.select(MessageRow)
            .join(
                ConversationRow,
                sa.and_(
                    ConversationRow.id == MessageRow.conversation_id,
                    ConversationRow.last_seq == MessageRow.seq,
                ),
            )
            .where(MessageRow.conversation_id.in_(ids))
        )
    }
    unread: dict[str, int] = dict(
        session.execute(
            sa.select(MessageRow.conversation_id, sa.func.count())
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .where(
                MessageRow.conversation_id.in_(ids),
                MessageRow.sender == "customer",
                MessageRow.seq > ConversationRow.agent_seq,
            )
            .group_by(MessageRow.conversation_id)
        ).all()
    )
    tickets: dict[str, str] = dict(
        session.execute(
            sa.select(TicketRow.conversation_id, TicketRow.number)
            .where(TicketRow.conversation_id.in_(ids), TicketRow.state == "open")
            .order_by(TicketRow.id)
        ).all()
    )
    views = []
    for conversation in ids:
        row, episode, last = rows.get(conversation), episodes.get(conversation), lasts.get(conversation)
        if row is None or episode is None:
            continue
        said = {"sender": last.sender, "text": last.text, "at": _stamp(last.at)} if last else None
        views.append(
            {
                "id": row.id,
                "channel": row.channel,
                "customer": row.customer,
                "owner": episode.owner,
                "agent": episode.agent_name,
                "episode": episode.number,
                "ticket": tickets.get(conversation),
                "last_message": said,
                "unread": unread.get(conversation, 0),
                "updated_at": _stamp(row.updated_at),
                "customer_online": is_online(conversation),
            }
        )
    return views


def conversation_view(session: Session, conversation: str, is_online: IsOnline) -> dict[str, Any]:
    """One conversation. Raises NotFound."""
    views = conversation_views(session, [conversation], is_online)
    if not views:
        raise NotFound(f"no conversation {conversation!r}")
    return views[0]


def conversation_detail(
    session: Session, conversation: str, is_online: IsOnline, reader: int
) -> dict[str, Any]:
    """The conversation, its latest messages with traces, and all its tickets. Raises NotFound."""
    view = conversation_view(session, conversation, is_online)
    rows = session.scalars(
        sa.select(MessageRow)
        .where(MessageRow.conversation_id == conversation)
        .order_by(MessageRow.seq.desc())
        .limit(TRANSCRIPT)
    ).all()
    return {
        "conversation": view,
        "messages": traced_messages(session, list(reversed(rows))),
        "tickets": [public_ticket(row, reader) for row in tickets_of(session, conversation)],
    }


def traced_messages(session: Session, rows: Sequence[MessageRow]) -> list[dict[str, Any]]:
    """The messages of one conversation, each of the bot's with the trace of its turn."""
    answered = {row.answers for row in rows if row.answers is not None}
    traces: dict[int, dict[str, Any]] = {}
    if answered:
        found = session.execute(
            sa.select(TurnRow.seq, TurnRow.trace).where(
                TurnRow.conversation_id == rows[0].conversation_id, TurnRow.seq.in_(answered)
            )
        )
        traces = dict(found.all())
    said = verdicts(session, [row.id for row in rows if row.entry is not None])
    return [
        read_message(row, said.get(row.id)).public()
        | {"trace": traces.get(row.answers) if row.answers is not None else None}
        for row in rows
    ]


def check_choice(name: str, value: str, choices: Sequence[str]) -> str:
    """The value. Raises InvalidInput when it is none of `choices`."""
    if value not in choices:
        raise InvalidInput(f"{name} must be one of {', '.join(choices)}")
    return value


def _newest_episode() -> sa.Subquery:
    return (
        sa.select(EpisodeRow.conversation_id, sa.func.max(EpisodeRow.number).label("number"))
        .group_by(EpisodeRow.conversation_id)
        .subquery()
    )


def _stamp(at: Any) -> str:
    return str(at.isoformat(timespec="milliseconds"))
