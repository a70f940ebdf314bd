"""What customers say about FAQ answers: 有帮助 or 没解决, once for each answer, pressed or typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.conversations.transcript import Message
from bot.errors import UnknownChoice
from bot.tables import EpisodeRow, FeedbackRow, MessageRow

# What a press of the button stands for: the message that a customer would type, and its intent as a command.
UNHELPFUL_TEXT = "没解决"
UNHELPFUL_PAYLOAD = "/unhelpful"
# Intents that are a word on the answer before.
SAID = {"helpful": True, "unhelpful": False}


def find_answer(session: Session, conversation: str, seq: int) -> MessageRow:
    """The FAQ answer with this number. Raises UnknownChoice when the message is none."""
    row = session.scalar(
        sa.select(MessageRow).where(MessageRow.conversation_id == conversation, MessageRow.seq == seq)
    )
    if row is None or row.sender != "bot" or row.entry is None:
        raise UnknownChoice(f"message {seq} is no FAQ answer")
    return row


def give(
    session: Session, answer: MessageRow, *, helpful: bool, typed: bool, now: datetime
) -> tuple[bool, bool]:
    """Store a word on an answer: whether it is the first, and the one that stands."""
    given = session.get(FeedbackRow, answer.id)
    if given is not None:
        return False, given.helpful
    session.add(
        FeedbackRow(
            message_id=answer.id,
            conversation_id=answer.conversation_id,
            helpful=helpful,
            typed=typed,
            at=now,
        )
    )
    return True, helpful


def is_latest(session: Session, answer: MessageRow) -> bool:
    """Whether the customer has said nothing since, and the episode is open."""
    later = sa.exists().where(
        MessageRow.conversation_id == answer.conversation_id,
        MessageRow.sender == "customer",
        MessageRow.seq > answer.seq,
    )
    over = session.scalar(
        sa.select(EpisodeRow.closed_at).where(
            EpisodeRow.conversation_id == answer.conversation_id, EpisodeRow.number == answer.episode
        )
    )
    return over is None and not session.scalar(sa.select(later))


def overhear(session: Session, heard: Message, helpful: bool, decision: str, now: datetime) -> None:
    """Store what the customer typed about the answer that their last message got, if it got one.

    Words that were answered from the FAQ (`decision`) were a question.
    """
    if heard.payload is not None or decision == "answer":
        return
    before = (
        sa.select(sa.func.max(MessageRow.seq))
        .where(
            MessageRow.conversation_id == heard.conversation,
            MessageRow.sender == "customer",
            MessageRow.seq < heard.seq,
        )
        .scalar_subquery()
    )
    answer = session.scalar(
        sa.select(MessageRow)
        .where(
            MessageRow.conversation_id == heard.conversation,
            MessageRow.episode == heard.episode,
            MessageRow.entry.is_not(None),
            MessageRow.seq < heard.seq,
            MessageRow.answers == before,
        )
        .order_by(MessageRow.seq.desc())
        .limit(1)
    )
    if answer is not None:
        give(session, answer, helpful=helpful, typed=True, now=now)


def verdicts(session: Session, messages: Sequence[int]) -> dict[int, bool]:
    """Whether each answer helped, by message id; those nobody spoke about are left out."""
    if not messages:
        return {}
    found = session.execute(
        sa.select(FeedbackRow.message_id, FeedbackRow.helpful).where(FeedbackRow.message_id.in_(messages))
    )
    return dict(found.all())
