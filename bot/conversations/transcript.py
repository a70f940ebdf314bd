"""The stored messages of a conversation: the memory of both sides, and the outbox of every channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.events import record
from bot.messages import Button, ButtonKind, Link, Sender
from bot.tables import ConversationRow, EpisodeRow, MessageRow

WELCOME_LIMIT = 200
HUMAN_PAYLOAD = "/request_human"
RESUME_PAYLOAD = "/resume_bot"

# Statements of every turn are built once: building one costs as much as running it.
_INSERT = sa.insert(cast("sa.Table", MessageRow.__table__))
_AFTER = (
    sa.select(MessageRow)
    .where(MessageRow.conversation_id == sa.bindparam("conversation"), MessageRow.seq > sa.bindparam("seq"))
    .order_by(MessageRow.seq)
    .limit(sa.bindparam("limit"))
)


@dataclass(frozen=True)
class Choice:
    """A stored button: what the customer sees, and the command that a click stands for."""

    id: str
    title: str
    payload: str
    kind: ButtonKind


@dataclass(frozen=True)
class Message:
    """One stored message; `payload`: the clicked button's command, `answers`: seq that the bot replies to."""

    id: int
    conversation: str
    episode: int
    seq: int
    sender: Sender
    text: str
    choices: tuple[Choice, ...]
    links: tuple[Link, ...]
    agent: str | None
    client_id: str | None
    payload: str | None
    answers: int | None
    at: datetime

    def public(self) -> dict[str, Any]:
        """The message of docs/protocol.md; payloads stay on the server."""
        return {
            "seq": self.seq,
            "sender": self.sender,
            "text": self.text,
            "buttons": [
                {"id": choice.id, "title": choice.title, "kind": choice.kind} for choice in self.choices
            ],
            "links": [asdict(link) for link in self.links],
            "agent": self.agent,
            "client_id": self.client_id,
            "at": self.at.isoformat(timespec="milliseconds"),
        }


def read_message(row: MessageRow) -> Message:
    """The row as a value."""
    return Message(
        id=row.id,
        conversation=row.conversation_id,
        episode=row.episode,
        seq=row.seq,
        sender=row.sender,  # type: ignore[arg-type]
        text=row.text,
        choices=tuple(Choice(**choice) for choice in row.buttons),
        links=tuple(Link(**link) for link in row.links),
        agent=row.agent_name,
        client_id=row.client_id,
        payload=row.payload,
        answers=row.answers,
        at=row.at,
    )


def append(
    session: Session,
    conversation: ConversationRow,
    episode: EpisodeRow,
    sender: Sender,
    text: str,
    now: datetime,
    *,
    buttons: Iterable[Button] = (),
    links: Iterable[Link] = (),
    agent_name: str | None = None,
    client_id: str | None = None,
    payload: str | None = None,
    answers: int | None = None,
    pending: bool = False,
) -> Message:
    """Add a message with the next sequence number of its conversation, and its event, to the transaction.

    The rows of conversation and episode must be in the database already.
    """
    conversation.last_seq += 1
    conversation.updated_at = now
    choices = tuple(
        Choice(
            f"b{index}",
            button.title,
            HUMAN_PAYLOAD if button.kind == "human" else button.payload,
            button.kind,
        )
        for index, button in enumerate(buttons, start=1)
    )
    links = tuple(links)
    stored = session.execute(
        _INSERT,
        {
            "conversation_id": conversation.id,
            "episode": episode.number,
            "seq": conversation.last_seq,
            "sender": sender,
            "text": text,
            "buttons": [asdict(choice) for choice in choices],
            "links": [asdict(link) for link in links],
            "agent_name": agent_name,
            "client_id": client_id,
            "payload": payload,
            "answers": answers,
            "pending": pending,
            "at": now,
        },
    )
    key = cast("sa.CursorResult[Any]", stored).inserted_primary_key
    assert key is not None, "an insertion of one row has a key"
    message = Message(
        id=key[0],
        conversation=conversation.id,
        episode=episode.number,
        seq=conversation.last_seq,
        sender=sender,
        text=text,
        choices=choices,
        links=links,
        agent=agent_name,
        client_id=client_id,
        payload=payload,
        answers=answers,
        at=now,
    )
    record(session, "message.created", conversation.id, {"seq": message.seq, "sender": sender}, now)
    return message


def messages_after(
    session: Session, conversation: str, seq: int, limit: int = WELCOME_LIMIT
) -> list[Message]:
    """At most `limit` messages after `seq`, oldest first."""
    rows = session.scalars(_AFTER, {"conversation": conversation, "seq": seq, "limit": limit})
    return [read_message(row) for row in rows]


def message_at(session: Session, conversation: str, seq: int) -> Message | None:
    """The message with this sequence number."""
    row = session.scalar(
        sa.select(MessageRow).where(MessageRow.conversation_id == conversation, MessageRow.seq == seq)
    )
    return read_message(row) if row else None
