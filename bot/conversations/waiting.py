"""What the bot says to a customer who waits for a human: never silence, and never a chatter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.conversations.turn import RESUME_BUTTON, Result
from bot.handoff import notify
from bot.handoff.hours import BusinessHours
from bot.handoff.policy import HandOff
from bot.handoff.request import adds_nothing
from bot.handoff.ticket import ahead_of, raise_priority
from bot.messages import Reply
from bot.tables import MessageRow, TicketRow, TurnRow

# What was noted once is noted again after so many messages of the customer, or after this time, whichever
# comes first.
SEVERAL = 4
REMINDER = timedelta(minutes=2)


def bot_messages(session: Session, conversation: str, episode: int) -> int:
    """How many messages the bot has said in the episode; the wordings take turns by it."""
    said = (MessageRow.conversation_id == conversation, MessageRow.episode == episode)
    query = sa.select(sa.func.count()).select_from(MessageRow).where(*said, MessageRow.sender == "bot")
    return session.scalar(query) or 0


def may_leave(ticket: TicketRow) -> bool:
    """Whether words are enough to leave the queue: where somebody is in danger, only the button is."""
    return ticket.priority != "urgent"


def answer_waiting(
    session: Session, result: Result, ticket: TicketRow, now: datetime, hours: BusinessHours
) -> tuple[Reply, ...]:
    """The replies to a message in the queue; a danger newly told moves the ticket forward.

    Danger and questions about the waiting are answered each time. All else is noted the first time after the
    hand-off, and then again only after SEVERAL messages or REMINDER.
    """
    step, before = result.step, ticket.reason
    if isinstance(step, HandOff):
        raise_priority(session, ticket, step, now, hours)
        session.flush()
    message, turn = result.task.message, bot_messages(session, ticket.conversation_id, ticket.episode)
    ahead = ahead_of(session, ticket)
    if isinstance(step, HandOff) and step.priority == "urgent":
        notice = notify.handoff_notice(
            step.reason, ticket.number, ahead, now, hours, apologise=False, danger=result.state.danger
        )
        if step.reason == before or notice == result.task.last_prompt:
            return (Reply(notify.in_turn(notify.NOTED_IN_DANGER, turn)),)
        return (Reply(notice, (RESUME_BUTTON,)),)
    place = notify.place(ahead, now, hours)
    if result.asks_again:
        text = notify.in_turn(notify.STILL_WAITING, turn).format(place=place, number=ticket.number)
        return (Reply(text, (RESUME_BUTTON,)),)
    if result.withdraws:
        return (Reply(notify.in_turn(notify.NOT_LET_GO, turn), (RESUME_BUTTON,)),)
    silence = _silence(session, message.conversation, message.seq, now)
    if silence.noted and silence.messages < SEVERAL and silence.span < REMINDER:
        return ()
    if not may_leave(ticket):
        return (Reply(notify.in_turn(notify.NOTED_IN_DANGER, turn)),)
    if adds_nothing(message.text):
        wordings: tuple[str, ...] = notify.TO_COURTESY
    else:
        wordings = notify.NOTED_UPSET if result.displeased else notify.NOTED
    text = notify.in_turn(wordings, turn)
    if silence.span >= REMINDER:
        text += f"{place}。"
    return (Reply(text, (RESUME_BUTTON,)),)


@dataclass(frozen=True)
class _Silence:
    """Since the bot's last message: the customer's `messages`, this one too, and the time.

    `noted`: that message was said in the queue, and was not what led there.
    """

    noted: bool
    messages: int
    span: timedelta


def _silence(session: Session, conversation: str, seq: int, now: datetime) -> _Silence:
    last = session.execute(
        sa.select(MessageRow.seq, MessageRow.at, TurnRow.outcome)
        .outerjoin(
            TurnRow,
            sa.and_(TurnRow.conversation_id == MessageRow.conversation_id, TurnRow.seq == MessageRow.answers),
        )
        .where(MessageRow.conversation_id == conversation, MessageRow.sender == "bot")
        .order_by(MessageRow.seq.desc())
        .limit(1)
    ).one()
    since = (
        MessageRow.conversation_id == conversation,
        MessageRow.sender == "customer",
        MessageRow.seq > last.seq,
        MessageRow.seq <= seq,
    )
    messages = session.scalar(sa.select(sa.func.count()).select_from(MessageRow).where(*since)) or 0
    return _Silence(last.outcome == "transcript", messages, now - last.at)
