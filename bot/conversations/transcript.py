"""The stored messages of a conversation: the memory of both sides, and the outbox of every channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.events import record
from bot.messages import Button, ButtonKind, Link, Sender
from bot.tables import ConversationRow, EpisodeRow, FeedbackRow, MessageRow

WELCOME_LIMIT = 200
HUMAN_PAYLOAD = "/request_human"
RESUME_PAYLOAD = "/resume_bot"
Feedback = Literal["open", "helpful", "unhelpful"]

# Statements of every turn are built once: building one costs as much as running it.
_INSERT = sa.insert(cast("sa.Table", MessageRow.__table__))
_AFTER = (
    sa.select(MessageRow, FeedbackRow.helpful)
    .outerjoin(FeedbackRow, FeedbackRow.message_id == MessageRow.id)
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
    """One stored message; `payload`: the clicked button's command, `answers`: seq that the bot replies to.

    `rich` is the text in Markdown, empty if there is no such form, `images` stand below it. `entry` is the
    FAQ entry whose answer it gives, `helpful` what the customer said about that.
    """

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
    entry: str | None = None
    helpful: bool | None = None
    rich: str = ""
    images: tuple[Link, ...] = ()

    def public(self) -> dict[str, Any]:
        """The message of docs/protocol.md; payloads stay on the server."""
        return {
            "seq": self.seq,
            "sender": self.sender,
            "text": self.text,
            "rich": self.rich or None,
            "images": [asdict(image) for image in self.images],
            "buttons": [
                {"id": choice.id, "title": choice.title, "kind": choice.kind} for choice in self.choices
            ],
            "links": [asdict(link) for link in self.links],
            "agent": self.agent,
            "client_id": self.client_id,
            "feedback": self.feedback,
            "at": self.at.isoformat(timespec="milliseconds"),
        }

    @property
    def feedback(self) -> Feedback | None:
        """Whether the customer may say or has said if it helped; None for all but an FAQ answer."""
        if self.helpful is not None:
            return "helpful" if self.helpful else "unhelpful"
        return "open" if self.entry is not None else None


def read_message(row: MessageRow, helpful: bool | None = None) -> Message:
    """The row as a value, with what the customer said about it."""
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
        entry=row.entry,
        helpful=helpful,
        rich=row.rich or "",
        images=tuple(Link(**image) for image in row.images or ()),
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
    rich: str = "",
    images: Iterable[Link] = (),
    agent_name: str | None = None,
    client_id: str | None = None,
    payload: str | None = None,
    answers: int | None = None,
    entry: str | None = None,
    pending: bool = False,
) -> Message:
    """Add a message with the next sequence number of its conversation, and its event, to the transaction.

    The rows of conversation and episode must be in the database already.
    """
    conversation.last_seq += 1
    conversation.updated_at = now
    choices, links, images = choices_of(buttons), tuple(links), tuple(images)
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
            "rich": rich or None,
            "images": [asdict(image) for image in images] or None,
            "agent_name": agent_name,
            "client_id": client_id,
            "payload": payload,
            "answers": answers,
            "entry": entry,
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
        entry=entry,
        rich=rich,
        images=images,
    )
    record(session, "message.created", conversation.id, {"seq": message.seq, "sender": sender}, now)
    return message


def choices_of(buttons: Iterable[Button]) -> tuple[Choice, ...]:
    """The buttons with the ids that a click names."""
    return tuple(
        Choice(
            f"b{index}",
            button.title,
            HUMAN_PAYLOAD if button.kind == "human" else button.payload,
            button.kind,
        )
        for index, button in enumerate(buttons, start=1)
    )


def messages_after(
    session: Session, conversation: str, seq: int, limit: int = WELCOME_LIMIT
) -> list[Message]:
    """At most `limit` messages after `seq`, oldest first."""
    rows = session.execute(_AFTER, {"conversation": conversation, "seq": seq, "limit": limit})
    return [read_message(row, helpful) for row, helpful in rows]


def message_at(session: Session, conversation: str, seq: int) -> Message | None:
    """The message with this sequence number."""
    row = session.scalar(
        sa.select(MessageRow).where(MessageRow.conversation_id == conversation, MessageRow.seq == seq)
    )
    return read_message(row) if row else None
