"""The policy's part of a turn's trace: written with the turn, read again to replay it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.emotion import Emotion
from bot.handoff.policy import Continue, ConversationState, HandOff, OfferHuman, Step
from bot.handoff.replay import PastTurn
from bot.privacy import mask
from bot.tables import ConversationRow, MessageRow, TurnRow

# Read at a time, so that a busy week does not lie in memory twice.
BATCH = 2000
_OF_STATE = (
    "wants_human",
    "emotion_streak",
    "emotion_rise",
    "misses",
    "missed",
    "repeats",
    "asked",
    "failing",
    "level",
    "danger",
)


def step_name(step: Step) -> str:
    """`continue`, `offer` or `handoff`."""
    return "handoff" if isinstance(step, HandOff) else "offer" if isinstance(step, OfferHuman) else "continue"


def policy_trace(state: ConversationState, step: Step) -> dict[str, Any]:
    """`policy` of docs/protocol.md's trace: what the policy saw besides intent and emotion, and its step."""
    return {"step": step_name(step), **{field: getattr(state, field) for field in _OF_STATE}}


def past_turns(session: Session, since: datetime) -> Iterator[PastTurn]:
    """The bot's turns after `since`, sorted by conversation, episode and order.

    Turns in which a human had the conversation are left out, and those that were stored before the trace
    said what the policy saw.
    """
    trace = TurnRow.trace
    rows = session.execute(
        sa.select(
            TurnRow.conversation_id,
            TurnRow.episode,
            TurnRow.message_id,
            TurnRow.at,
            trace["policy"].label("policy"),
            trace["emotion"].label("emotion"),
            trace["intent"].label("intent"),
            trace["handoff"].label("handoff"),
        )
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        # The index on the conversations' last change spares a look at every turn that ever was.
        .where(ConversationRow.updated_at >= since, TurnRow.at >= since)
        .where(TurnRow.outcome.in_(("replied", "handoff")))
        .order_by(TurnRow.conversation_id, TurnRow.seq)
        .execution_options(yield_per=BATCH)
    )
    for row in rows:
        if row.policy:
            state = _state(row.policy, row.emotion, row.intent or {})
            step = _step(row.policy["step"], row.handoff or {})
            yield PastTurn(row.conversation_id, row.episode, row.message_id, row.at, state, step)


def masked_texts(session: Session, messages: Collection[int]) -> dict[int, str]:
    """The customers' messages by id, without personal data."""
    rows = session.execute(sa.select(MessageRow.id, MessageRow.text).where(MessageRow.id.in_(messages)))
    return {row.id: mask(row.text) for row in rows}


def _state(
    policy: Mapping[str, Any], emotion: Mapping[str, Any], intent: Mapping[str, Any]
) -> ConversationState:
    return ConversationState(
        # What the policy has learned to look at since then has its default.
        **{field: policy[field] for field in _OF_STATE if field in policy},
        emotion=Emotion(emotion["label"], emotion["intensity"], emotion["risk"], tuple(emotion["cues"])),
        intent=intent.get("name"),
        intent_confidence=float(intent.get("confidence") or 0.0),
    )


def _step(name: str, handoff: Mapping[str, Any]) -> Step:
    if name == "handoff":
        return HandOff.because(handoff["reason"])
    return OfferHuman("") if name == "offer" else Continue()
