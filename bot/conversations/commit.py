"""The transaction of a turn: load what has no turn yet, and store what came of it once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bot.conversations.conversation import Episode, change, read_episode
from bot.conversations.feedback import SAID, overhear
from bot.conversations.story import Topics, draft_handoff, told_by_action
from bot.conversations.transcript import Message, append, read_message
from bot.conversations.turn import RESUME_BUTTON, Result, Task
from bot.conversations.waiting import answer_waiting, bot_messages, may_leave
from bot.handoff import notify
from bot.handoff.hours import BusinessHours
from bot.handoff.policy import HandOff, Reason
from bot.handoff.ticket import (
    TicketDraft,
    add_note,
    add_rating,
    ahead_of,
    open_handoff,
    open_ticket,
    raise_priority,
)
from bot.messages import Reply
from bot.tables import ConversationRow, EpisodeRow, MessageRow, TicketRow, TurnRow

# Categories of an action's request, as words for people.
CATEGORY_NAMES = {"callback": "回电", "complaint": "投诉", "suggestion": "建议"}
_REQUESTS: dict[str, Reason] = {"callback": "callback", "suggestion": "suggestion"}

_MESSAGES = cast("sa.Table", MessageRow.__table__)


def _newest_episode() -> sa.ScalarSelect[Any]:
    other = aliased(EpisodeRow)
    return (
        sa.select(sa.func.max(other.number))
        .where(other.conversation_id == MessageRow.conversation_id)
        .scalar_subquery()
    )


def _next() -> sa.Select[Any]:
    """The oldest message without a turn, with everything that its turn depends on, in one statement."""
    said, earlier, later = (aliased(MessageRow) for _ in range(3))
    ticket = sa.select(TicketRow.number).where(
        TicketRow.conversation_id == EpisodeRow.conversation_id,
        TicketRow.episode == EpisodeRow.number,
        TicketRow.kind == "handoff",
        TicketRow.state == "open",
    )
    last_said = (
        sa.select(earlier.seq)
        .where(earlier.conversation_id == MessageRow.conversation_id, earlier.sender == "bot")
        .order_by(earlier.seq.desc())
        .limit(1)
    )
    waits = sa.exists().where(
        later.conversation_id == MessageRow.conversation_id,
        later.pending.is_(True),
        later.seq > MessageRow.seq,
    )
    return (
        sa.select(
            MessageRow,
            EpisodeRow,
            ConversationRow.channel,
            ticket.correlate(EpisodeRow).scalar_subquery().label("ticket"),
            said.text,
            waits.correlate(MessageRow).label("more"),
        )
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .join(
            EpisodeRow,
            sa.and_(
                EpisodeRow.conversation_id == MessageRow.conversation_id,
                EpisodeRow.number == _newest_episode(),
            ),
        )
        .outerjoin(
            said,
            sa.and_(
                said.conversation_id == MessageRow.conversation_id,
                said.seq == last_said.correlate(MessageRow).scalar_subquery(),
            ),
        )
        .where(MessageRow.conversation_id == sa.bindparam("conversation"), MessageRow.pending.is_(True))
        .order_by(MessageRow.seq)
        .limit(1)
    )


# Statements of every turn are built once: building one costs as much as running it.
_NEXT = _next()
_LOCK = sa.select(ConversationRow).where(ConversationRow.id == sa.bindparam("conversation")).with_for_update()
_LATEST = (
    sa.select(EpisodeRow)
    .where(EpisodeRow.conversation_id == sa.bindparam("conversation"))
    .order_by(EpisodeRow.number.desc())
    .limit(1)
)
_TURN = (
    sa.select(MessageRow.pending, EpisodeRow)
    .join(
        EpisodeRow,
        sa.and_(
            EpisodeRow.conversation_id == MessageRow.conversation_id,
            EpisodeRow.number == _newest_episode(),
        ),
    )
    .where(MessageRow.id == sa.bindparam("message"))
)
_FINISHED = (
    sa.update(_MESSAGES)
    .where(_MESSAGES.c.id == sa.bindparam("message"))
    .values(pending=False, episode=sa.bindparam("in_episode"))
)
_INSERT = sa.insert(cast("sa.Table", TurnRow.__table__))


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
    return session.scalar(_LOCK, {"conversation": conversation})


def latest_episode(session: Session, conversation: str) -> EpisodeRow | None:
    """The conversation's newest episode, open or closed."""
    return session.scalar(_LATEST, {"conversation": conversation})


def open_episode(session: Session, conversation: ConversationRow, now: datetime) -> EpisodeRow:
    """The open episode; a new one when the last is closed."""
    return _open_after(session, conversation, latest_episode(session, conversation.id), now)


def _open_after(
    session: Session, conversation: ConversationRow, row: EpisodeRow | None, now: datetime
) -> EpisodeRow:
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
    found = session.execute(_NEXT, {"conversation": conversation}).first()
    if found is None:
        return None
    latest: EpisodeRow = found.EpisodeRow
    if latest.closed_at is None:
        episode, ticket = read_episode(latest), found.ticket
    else:
        episode, ticket = Episode(conversation, latest.number + 1), None
    return Task(
        message=read_message(found.MessageRow),
        episode=episode,
        channel=found.channel,
        ticket=ticket,
        last_prompt=found.text,
        more=found.more,
    )


@dataclass(frozen=True)
class Stored:
    """What a turn left in the database: the bot's messages, and whether nothing else changed for readers."""

    messages: tuple[Message, ...] = ()
    plain: bool = False


def commit_turn(session: Session, result: Result, now: datetime, books: Bookkeeping) -> Stored | None:
    """Store the turn with its effects; None when the state moved and it must be thought through again."""
    started = time.perf_counter()
    heard = result.task.message
    conversation = lock_conversation(session, heard.conversation)
    assert conversation is not None, "a message belongs to a conversation"
    found = session.execute(_TURN, {"message": heard.id}).one()
    if not found.pending:
        return Stored()
    row = _open_after(session, conversation, found.EpisodeRow, now)
    episode = read_episode(row)
    expected = result.task.episode
    if (episode.number, episode.owner) != (expected.number, expected.owner):
        if episode.owner != "human" and not (expected.owner == "bot" and episode.number > expected.number):
            return None
        # A human came in between: what the bot was about to say is dropped.
        _finish(session, heard, heard.episode, "dropped", result.trace(None, started, books.release()), now)
        return Stored()
    effect = _effect(session, row, episode, result, now, books)
    after = result.heard(episode) if effect.after is None else effect.after
    _open_requests(session, row, result, now, books)
    if result.rasa is not None and result.rasa.intent in SAID:
        overhear(session, heard, SAID[result.rasa.intent], result.decision, now)
    messages = tuple(
        append(
            session,
            conversation,
            row,
            "bot",
            reply.text,
            now,
            buttons=reply.buttons,
            links=reply.links,
            rich=reply.rich,
            images=reply.images,
            answers=heard.seq,
            entry=reply.entry,
        )
        for reply in (said.on(conversation.channel) for said in effect.replies)
    )
    change(session, row, after.calmed() if result.apologises else after, now, effect.cause)
    trace = result.trace(effect.ticket.number if effect.ticket else None, started, books.release())
    _finish(session, heard, row.number, effect.outcome, trace, now)
    return Stored(messages, plain=episode.owner == after.owner == "bot")


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
    heard = result.heard(episode)
    waiting = open_handoff(session, row.conversation_id, row.number) if result.task.ticket else None
    if result.resumes or (result.withdraws and waiting is not None and may_leave(waiting)):
        wordings = notify.RESUMED if waiting else notify.GOES_ON
        turn = bot_messages(session, row.conversation_id, row.number)
        reply = Reply(notify.in_turn(wordings, turn).format(number=waiting.number if waiting else ""))
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
        replies = answer_waiting(session, result, waiting, now, books.hours)
        return _Effect(replies, "transcript", ticket=waiting)
    if isinstance(result.step, HandOff):
        ticket = _hand_off(session, row, result, result.step, waiting, now, books)
        ahead = ahead_of(session, ticket)
        notice = notify.handoff_notice(
            result.step.reason,
            ticket.number,
            ahead,
            now,
            books.hours,
            apologise=result.apologises,
            danger=result.state.danger,
        )
        replies = (*result.replies, Reply(notice, (RESUME_BUTTON,)))
        return _Effect(replies, "handoff", result.step.reason, heard.queued(), ticket)
    return _Effect(
        result.replies, "replied", after=heard.turned(result.outcome, result.entry), ticket=waiting
    )


def _finish(
    session: Session, message: Message, episode: int, outcome: str, trace: dict[str, Any], now: datetime
) -> None:
    session.execute(_FINISHED, {"message": message.id, "in_episode": episode})
    session.execute(
        _INSERT,
        {
            "message_id": message.id,
            "conversation_id": message.conversation,
            "seq": message.seq,
            "episode": episode,
            "outcome": outcome,
            "trace": trace,
            "at": now,
        },
    )


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
        waiting.fields = {**waiting.fields, **told_by_action(result)}
        raise_priority(session, waiting, step, now, books.hours)
        return waiting
    return open_ticket(session, row, draft_handoff(session, row, result, step, books.topic), now, books.hours)


def _open_requests(
    session: Session, row: EpisodeRow, result: Result, now: datetime, books: Bookkeeping
) -> None:
    for request in result.rasa.tickets if result.rasa else ():
        draft = TicketDraft(
            kind="request",
            handoff=HandOff.because(_REQUESTS.get(request.category, "complaint")),
            category=CATEGORY_NAMES.get(request.category, request.category),
            summary=request.summary,
            emotion=asdict(result.emotion) | {"cues": list(result.emotion.cues)},
            fields=request.fields,
        )
        open_ticket(session, row, draft, now, books.hours)
    for note in result.rasa.notes if result.rasa else ():
        add_note(session, row.conversation_id, note, now)
    if result.rasa is not None and result.rasa.rating is not None:
        add_rating(session, row.conversation_id, row.number, result.rasa.rating, now)
