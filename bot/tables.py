"""The tables of the service. Portable types only, so that SQLite and PostgreSQL hold the same schema."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import (
    JSON,
    Boolean,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite would otherwise drop the time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive datetime, which would be stored in an unknown zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without a time zone cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back that SQLite does not keep."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """Base of all tables; named constraints so that migrations can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class ConversationRow(Table):
    """One customer on one channel, for ever. `agent_seq`: the last message that an agent has dealt with."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    customer: Mapped[str] = mapped_column(String(64))
    last_seq: Mapped[int] = mapped_column(default=0)
    customer_seq: Mapped[int] = mapped_column(default=0)
    agent_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)


class EpisodeRow(Table):
    """From a first message to a resolution; the columns are those of `conversation.Episode`."""

    __tablename__ = "episodes"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner: Mapped[str] = mapped_column(String(8))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    agent_name: Mapped[str | None] = mapped_column(String(64))
    misses: Mapped[int] = mapped_column(default=0)
    emotion_streak: Mapped[int] = mapped_column(default=0)
    intensity: Mapped[float] = mapped_column(default=0.0)
    emotion_rise: Mapped[int] = mapped_column(default=0)
    entry: Mapped[str | None] = mapped_column(Text)
    repeats: Mapped[int] = mapped_column(default=0)
    clarified: Mapped[bool] = mapped_column(Boolean, default=False)
    apologised: Mapped[bool] = mapped_column(Boolean, default=False)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_episodes_owner_open", "owner", "closed_at"),)


class MessageRow(Table):
    """One message. `payload`: the command of a clicked button. `answers`: seq of the message it replies to.

    `rich`: the text in Markdown, `images`: titled pictures below it. `entry`: the FAQ entry that it is from.
    `pending` is true from the moment a customer's message is stored until its turn is committed.
    """

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(64))
    episode: Mapped[int]
    seq: Mapped[int]
    sender: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    buttons: Mapped[list[Any]] = mapped_column(default=list)
    links: Mapped[list[Any]] = mapped_column(default=list)
    rich: Mapped[str | None] = mapped_column(Text)
    images: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    agent_name: Mapped[str | None] = mapped_column(String(64))
    client_id: Mapped[str | None] = mapped_column(String(64))
    payload: Mapped[str | None] = mapped_column(Text)
    answers: Mapped[int | None] = mapped_column(Integer)
    entry: Mapped[str | None] = mapped_column(String(64))
    pending: Mapped[bool] = mapped_column(Boolean, default=False)
    at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "episode"],
            ["episodes.conversation_id", "episodes.number"],
            name="fk_messages_episode",
        ),
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "sender", "client_id"),
        Index(
            "ix_messages_pending",
            "conversation_id",
            "seq",
            sqlite_where=sa.text("pending"),
            postgresql_where=sa.text("pending"),
        ),
    )


class TurnRow(Table):
    """What came of one customer message; the primary key makes a second turn impossible."""

    __tablename__ = "turns"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int]
    episode: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(16))
    trace: Mapped[dict[str, Any]]
    at: Mapped[datetime]

    __table_args__ = (Index("ix_turns_conversation_id_seq", "conversation_id", "seq"),)


class FeedbackRow(Table):
    """What the customer said about an answer, once; `typed` tells words from a press of the button."""

    __tablename__ = "feedback"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(String(64))
    helpful: Mapped[bool] = mapped_column(Boolean)
    typed: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_feedback_conversation_id", "conversation_id"),)


class GapDecisionRow(Table):
    """What a maintainer decided about a gap. `texts`: its wordings in normal form, masked."""

    __tablename__ = "gap_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    question: Mapped[str] = mapped_column(Text)
    texts: Mapped[list[Any]]
    customers: Mapped[int]
    entry: Mapped[str | None] = mapped_column(String(64))
    until: Mapped[datetime | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    author_name: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class TicketRow(Table):
    """A request to the shop's people. `kind`: 'handoff' (a human takes the episode) or 'request'."""

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    day: Mapped[str] = mapped_column(String(8))
    serial: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    conversation_id: Mapped[str] = mapped_column(String(64))
    episode: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(32))
    reason_text: Mapped[str] = mapped_column(Text)
    priority: Mapped[str] = mapped_column(String(8))
    rank: Mapped[int]
    category: Mapped[str] = mapped_column(String(32))
    skill: Mapped[str] = mapped_column(String(32))
    summary: Mapped[str] = mapped_column(Text)
    emotion: Mapped[dict[str, Any]]
    tried: Mapped[list[Any]]
    fields: Mapped[dict[str, Any]]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id"))
    assignee_name: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    deadline: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "episode"],
            ["episodes.conversation_id", "episodes.number"],
            name="fk_tickets_episode",
        ),
        UniqueConstraint("day", "serial"),
        Index(
            "uq_tickets_open_handoff",
            "conversation_id",
            "episode",
            unique=True,
            sqlite_where=sa.text("kind = 'handoff' AND state = 'open'"),
            postgresql_where=sa.text("kind = 'handoff' AND state = 'open'"),
        ),
        Index("ix_tickets_state_rank_id", "state", "rank", "id"),
    )


class AgentRow(Table):
    """A person of the shop who signs in to the console."""

    __tablename__ = "agents"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(Text)
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime]


class AgentSessionRow(Table):
    """A signed-in browser; only a hash of its token is kept."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class PolicyRevisionRow(Table):
    """One saved version of the hand-off policy; the newest is in force. `values` null: the defaults."""

    __tablename__ = "policy_revisions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    values: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    note: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    author_name: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class FaqChangeRow(Table):
    """A maintainer's change of an entry or of the golden questions; never changed or deleted itself."""

    __tablename__ = "faq_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    entry: Mapped[str] = mapped_column(String(64))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    author_id: Mapped[int] = mapped_column(ForeignKey("agents.id"))
    author_name: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_faq_changes_entry", "entry"),)


class EventRow(Table):
    """One change of state, written in the transaction that made it. The one feed for all who watch."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    conversation_id: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]

    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012
