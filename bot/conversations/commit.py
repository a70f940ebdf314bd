"""The transaction of a turn: load what has no turn yet, and store what came of it once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.conversations.conversation import Episode, change, read_episode
from bot.conversations.story import Topics, draft_handoff
from bot.conversations.transcript import append, read_message
from bot.conversations.turn import RESUME_BUTTON, Result, Task
from bot.handoff import notify
from bot.handoff.hours import BusinessHours
from bot.handoff.policy import HandOff
from bot.handoff.ticket import TicketDraft, ahead_of, open_handoff, open_ticket, raise_priority
from bot.messages import Reply
from bot.tables import ConversationRow, EpisodeRow, MessageRow, TicketRow, TurnRow

# Categories of an action's request, as words for people.
CATEGORY_NAMES = {"callback": "回电", "complaint": "投诉", "suggestion": "建议"}
# A customer who waits is told so again after this time at the earliest.
REMINDER = timedelta(minutes=2)


@dataclass(frozen=True)
class Bookkeeping:
    """What a commit needs besides the result: business hours, topic of a FAQ entry, current release."""

    hours: BusinessHours
    topic: Topics = lambda _entry: None
    release: Callable[[], str] = lambda: ""


def lock_conversation(session: Session, conversation: str) -> ConversationRow | None:
    """The conversation, held until the transaction ends: owner and sequence change one at a time.

    SQLite admits one writer anyway; a server database needs the lock on the row.
    """
    return session.get(ConversationRow, conversation, with_for_update=True)


def latest_episode(session: Session, conversation: str) -> EpisodeRow | None:
    """The conversation's newest episode, open or closed."""
    return session.scalar(
        sa.select(EpisodeRow)
        .where(EpisodeRow.conversation_id == conversation)
        .order_by(EpisodeRow.number.desc())
        .limit(1)
    )


def open_episode(session: Session, conversation: ConversationRow, now: datetime) -> EpisodeRow:
    """The open episode; a new one when the last is closed."""
    row = latest_episode(session, conversation.id)
    if row is None or row.closed_at is not None:
        number = row.number + 1 if row else 1
        row = EpisodeRow(
            conversation_id=conversation.id,
            number=number,
            owner="bot",
            misses=0,
            emotion_streak=0,
            clarified=False,
            apologised=False,
            opened_at=now,
        )
        session.add(row)
        session.flush()
    return row


def next_task(session: Session, conversation: str) -> Task | None:
    """The oldest message without a turn, with the state in which it is to be handled."""
    row = session.scalar(
        sa.select(MessageRow)
        .where(MessageRow.conversation_id == conversation, MessageRow.pending.is_(True))
        .order_by(MessageRow.seq)
        .limit(1)
    )
    if row is None:
        return None
    latest = latest_episode(session, conversation)
    assert latest is not None, "a message belongs to an episode"
    if latest.closed_at is None:
        episode = read_episode(latest)
        ticket = open_handoff(session, conversation, episode.number)
    else:
        episode, ticket = Episode(conversation, latest.number + 1), None
    last = session.execute(
        sa.select(MessageRow.text, MessageRow.at)
        .where(MessageRow.conversation_id == conversation, MessageRow.sender == "bot")
        .order_by(MessageRow.seq.desc())
        .limit(1)
    ).first()
    channel = session.scalar(sa.select(ConversationRow.channel).where(ConversationRow.id == conversation))
    return Task(
        message=read_message(row),
        episode=episode,
        channel=channel or "",
        ticket=ticket.number if ticket else None,
        last_prompt=last.text if last else None,
        last_prompt_at=last.at if last else None,
    )


def commit_turn(session: Session, result: Result, now: datetime, books: Bookkeeping) -> bool:
    """Store the turn with its effects; false when the state moved and it must be thought through again."""
    started = time.perf_counter()
    conversation = lock_conversation(session, result.task.message.conversation)
    assert conversation is not None, "a message belongs to a conversation"
    message = session.get_one(MessageRow, result.task.message.id)
    if not message.pending:
        return True
    row = open_episode(session, conversation, now)
    episode = read_episode(row)
    expected = result.task.episode
    if (episode.number, episode.owner) != (expected.number, expected.owner):
        if episode.owner != "human" and not (expected.owner == "bot" and episode.number > expected.number):
            return False
        # A human came in between: what the bot was about to say is dropped.
        _finish(session, message, "dropped", result.trace(None, started, books.release()), now)
        return True
    message.episode = row.number
    effect = _effect(session, row, episode, result, now, books)
    after = episode.heard(result.displeased) if effect.after is None else effect.after
    _open_requests(session, row, result, now, books)
    for reply in effect.replies:
        append(
            session,
            conversation,
            row,
            "bot",
            reply.text,
            now,
            buttons=reply.buttons,
            links=reply.links,
            answers=message.seq,
        )
    change(session, row, after.calmed() if result.apologises else after, now, effect.cause)
    trace = result.trace(effect.ticket.number if effect.ticket else None, started, books.release())
    _finish(session, message, effect.outcome, trace, now)
    return True


@dataclass(frozen=True)
class _Effect:
    """What a turn does in the state that the episode is in now."""

    replies: tuple[Reply, ...]
    outcome: str
    cause: str = "turn"
    after: Episode | None = None
    ticket: TicketRow | None = None


def _effect(
    session: Session, row: EpisodeRow, episode: Episode, result: Result, now: datetime, books: Bookkeeping
) -> _Effect:
    heard = episode.heard(result.displeased)
    waiting = open_handoff(session, row.conversation_id, row.number) if result.task.ticket else None
    if result.resumes:
        reply = Reply(notify.RESUMED.format(number=waiting.number) if waiting else notify.GOES_ON)
        after = heard.resumed() if episode.owner == "queue" else heard
        return _Effect((reply,), "replied", "resumed", after, waiting)
    if episode.owner == "human":
        waiting = open_handoff(session, row.conversation_id, row.number)
        if not result.asks_again or waiting is None:
            return _Effect((), "transcript", ticket=waiting)
        text = notify.ALREADY_SERVED.format(agent=episode.agent_name, number=waiting.number)
        return _Effect((Reply(text),), "transcript", ticket=waiting)
    if episode.owner == "queue":
        assert waiting is not None, "an episode waits with its ticket only"
        return _Effect(_while_waiting(session, result, waiting, now, books), "transcript", ticket=waiting)
    if isinstance(result.step, HandOff):
        ticket = _hand_off(session, row, result, result.step, waiting, now, books)
        ahead = ahead_of(session, ticket)
        notice = notify.handoff_notice(
            result.step.reason, ticket.number, ahead, now, books.hours, apologise=result.apologises
        )
        replies = (*result.replies, Reply(notice, (RESUME_BUTTON,)))
        return _Effect(replies, "handoff", result.step.reason, heard.queued(), ticket)
    return _Effect(result.replies, "replied", after=heard.turned(result.outcome), ticket=waiting)


def _finish(
    session: Session, message: MessageRow, outcome: str, trace: dict[str, Any], now: datetime
) -> None:
    message.pending = False
    session.add(
        TurnRow(
            message_id=message.id,
            conversation_id=message.conversation_id,
            seq=message.seq,
            episode=message.episode,
            outcome=outcome,
            trace=trace,
            at=now,
        )
    )


def _while_waiting(
    session: Session, result: Result, ticket: TicketRow, now: datetime, books: Bookkeeping
) -> tuple[Reply, ...]:
    """Danger is answered at once; asking again, or a long silence, with the place in the queue."""
    step, before = result.step, ticket.reason
    if isinstance(step, HandOff):
        raise_priority(session, ticket, step, now, books.hours)
        session.flush()
    ahead = ahead_of(session, ticket)
    if isinstance(step, HandOff) and step.reason in ("self_harm", "fraud") and step.reason != before:
        notice = notify.handoff_notice(step.reason, ticket.number, ahead, now, books.hours, apologise=False)
        return (Reply(notice, (RESUME_BUTTON,)),)
    last = result.task.last_prompt_at
    if result.asks_again or last is None or now - last >= REMINDER:
        outlook = notify.outlook(ahead, now, books.hours)
        text = notify.STILL_WAITING.format(number=ticket.number, outlook=outlook)
        return (Reply(text, (RESUME_BUTTON,)),)
    return ()


def _hand_off(
    session: Session,
    row: EpisodeRow,
    result: Result,
    step: HandOff,
    waiting: TicketRow | None,
    now: datetime,
    books: Bookkeeping,
) -> TicketRow:
    """The episode's one hand-off ticket: still open from before the customer resumed, or new."""
    if waiting is not None:
        raise_priority(session, waiting, step, now, books.hours)
        return waiting
    return open_ticket(session, row, draft_handoff(session, row, result, step, books.topic), now, books.hours)


def _open_requests(
    session: Session, row: EpisodeRow, result: Result, now: datetime, books: Bookkeeping
) -> None:
    for request in result.rasa.tickets if result.rasa else ():
        draft = TicketDraft(
            kind="request",
            handoff=HandOff.because("callback" if request.category == "callback" else "complaint"),
            category=CATEGORY_NAMES.get(request.category, request.category),
            summary=request.summary,
            emotion=asdict(result.emotion) | {"cues": list(result.emotion.cues)},
            fields=request.fields,
        )
        open_ticket(session, row, draft, now, books.hours)
