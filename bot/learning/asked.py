"""Reads the questions that were asked in vain out of the conversations, masked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bot.faq.gaps import Asked, Reason
from bot.faq.normalize import normalize
from bot.privacy import mask
from bot.tables import ConversationRow, FeedbackRow, MessageRow, TurnRow

# Turns that are read at most, the newest; a longer look back would take long and say little more.
TURNS = 20_000
# A longer message tells a story and is no question that an entry could have.
LONGEST = 120
# Conversations of `bot ask` are no customers'.
_NOT_CUSTOMERS = ("ask",)
# Reasons for which a human came that an entry could have prevented.
_AVOIDABLE = ("requested", "misses", "important_customer")
_LETTER = re.compile(r"[^\W\d_]")
_QUESTION = ("answer", "clarify", "no_answer", "fallback")


@dataclass(frozen=True)
class PastTurn:
    """One turn with what matters here.

    `clicked`: a button, no words; `chosen` is the entry of such a button. `searched`: the FAQ was asked.
    `helpful` is what the customer said about its answer.
    """

    conversation: str
    episode: int
    seq: int
    text: str
    clicked: bool
    chosen: str | None
    decision: str
    entry: str | None
    intent: str | None
    handoff: str | None
    searched: bool
    helpful: bool | None
    at: datetime

    @property
    def asks(self) -> bool:
        """Whether it is a question that the FAQ was asked."""
        if self.clicked or self.intent in ("unhelpful", "helpful"):
            return False
        return self.decision in _QUESTION or (self.handoff in _AVOIDABLE and self.searched)


def read_asked(session: Session, since: datetime) -> list[Asked]:
    """The questions since then that got no answer, or none that helped; the newest 20,000 turns at most."""
    found = list[Asked]()
    for _, turns in groupby(_turns(session, since), key=lambda turn: (turn.conversation, turn.episode)):
        found.extend(in_vain(list(turns)))
    return found


def in_vain(turns: Sequence[PastTurn]) -> Iterator[Asked]:
    """The questions of one episode, given in order, that got no answer, or none that helped."""
    for place, turn in enumerate(turns):
        if turn.handoff == "self_harm":
            # From here on somebody needs help, and no entry.
            return
        if not turn.asks:
            continue
        text = mask(" ".join(turn.text.split()))
        if len(text) > LONGEST or not _LETTER.search(normalize(text)):
            continue
        follow = turns[place + 1] if place + 1 < len(turns) else None
        reasons, chosen, shown = _verdict(turn, follow, turns[place + 2 :])
        if reasons:
            yield Asked(
                key=f"{turn.conversation}:{turn.seq}",
                text=text,
                customer=turn.conversation,
                reasons=reasons,
                at=turn.at,
                chosen=chosen,
                shown=shown,
            )


def _verdict(
    turn: PastTurn, follow: PastTurn | None, rest: Sequence[PastTurn]
) -> tuple[tuple[Reason, ...], str | None, str | None]:
    """The reasons why it was asked in vain, the entry that was clicked, the entry that was shown."""
    reasons: list[Reason] = []
    chosen, shown = None, turn.entry if turn.decision == "answer" else None
    last = turn
    if turn.decision == "clarify":
        if follow is not None and follow.chosen is not None:
            reasons.append("clicked")
            chosen = shown = follow.chosen
            last, follow = follow, rest[0] if rest else None
        else:
            reasons.append("unclicked")
    elif turn.decision != "answer":
        reasons.append("unresolved")
    if last.helpful is False:
        reasons.append("unhelpful")
    if turn.handoff in _AVOIDABLE or (follow is not None and _gives_up(follow)):
        reasons.append("handed_off")
    # An answer that was clicked is where the question belongs, unless it did not help.
    return tuple(reasons), chosen, shown if set(reasons) & {"unhelpful", "handed_off"} else None


def _gives_up(turn: PastTurn) -> bool:
    """Whether the customer wants a human and says nothing else."""
    return turn.handoff == "requested" and not turn.searched


def _turns(session: Session, since: datetime) -> list[PastTurn]:
    """The newest turns since then, by conversation and in order."""
    answer = aliased(MessageRow)
    helpful = (
        sa.select(sa.func.min(sa.cast(FeedbackRow.helpful, sa.Integer)))
        .join(answer, answer.id == FeedbackRow.message_id)
        .where(answer.conversation_id == TurnRow.conversation_id, answer.answers == TurnRow.seq)
        .correlate(TurnRow)
        .scalar_subquery()
    )
    query = (
        sa.select(TurnRow, MessageRow.text, MessageRow.payload, helpful)
        .join(MessageRow, MessageRow.id == TurnRow.message_id)
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        .where(TurnRow.at >= since, ConversationRow.channel.not_in(_NOT_CUSTOMERS))
        .order_by(TurnRow.at.desc(), TurnRow.message_id.desc())
        .limit(TURNS)
    )
    turns = [_read(row, text, payload, said) for row, text, payload, said in session.execute(query)]
    return sorted(turns, key=lambda turn: (turn.conversation, turn.episode, turn.seq))


def _read(row: TurnRow, text: str, payload: str | None, helpful: int | None) -> PastTurn:
    trace: Mapping[str, Any] = row.trace
    intent = (trace.get("intent") or {}).get("name")
    return PastTurn(
        conversation=row.conversation_id,
        episode=row.episode,
        seq=row.seq,
        text=text,
        clicked=payload is not None,
        chosen=trace.get("entry") if intent == "choose_entry" else None,
        decision=trace["decision"],
        entry=trace.get("entry"),
        intent=intent,
        handoff=(trace.get("handoff") or {}).get("reason"),
        searched=trace.get("in_scope") is not None,
        helpful=None if helpful is None else bool(helpful),
        at=row.at,
    )
