"""An agent's own answer in a ticket as the draft of an entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.errors import InvalidInput, NotFound
from bot.faq.entry import Entry
from bot.faq.normalize import normalize
from bot.handoff.request import wants_human
from bot.privacy import mask
from bot.tables import MessageRow, TicketRow, TurnRow

# Shorter ones greet, thank or agree.
SHORTEST_QUESTION = 4
_SMALL_TALK = {"greet", "goodbye", "thanks", "affirm", "deny", "helpful", "unhelpful", "request_human"}


def draft_of_ticket(session: Session, number: str, seq: int | None) -> Entry:
    """The question of the ticket's episode and what the agent answered, both masked.

    `seq` is the agent's message; without it the longest one, which most likely says how it is done. The
    question is what the customer typed last before it, greetings and wishes for a human left out. Raises
    NotFound for an unknown ticket or message, InvalidInput when nobody asked or answered anything.
    """
    ticket = session.scalar(sa.select(TicketRow).where(TicketRow.number == number))
    if ticket is None:
        raise NotFound(f"no ticket {number!r}")
    said = session.scalars(
        sa.select(MessageRow)
        .where(MessageRow.conversation_id == ticket.conversation_id, MessageRow.episode == ticket.episode)
        .order_by(MessageRow.seq)
    ).all()
    answer = _answer(said, seq)
    traces: dict[int, dict[str, Any]] = dict(
        session.execute(
            sa.select(TurnRow.seq, TurnRow.trace).where(
                TurnRow.conversation_id == ticket.conversation_id, TurnRow.episode == ticket.episode
            )
        ).all()
    )
    asked = [
        message
        for message in said
        if message.sender == "customer"
        and message.payload is None
        and message.seq < answer.seq
        and len(normalize(message.text)) >= SHORTEST_QUESTION
        and _intent(traces.get(message.seq)) not in _SMALL_TALK
        and not wants_human(message.text)
    ]
    if not asked:
        raise InvalidInput(f"the customer of ticket {number} typed no question before the answer")
    return Entry(
        id="",
        question=mask(" ".join(asked[-1].text.split())),
        answer=mask(answer.text.strip()),
        tags=(number,),
        owner=answer.agent_name or "",
    )


def _intent(trace: dict[str, Any] | None) -> str:
    return str(((trace or {}).get("intent") or {}).get("name"))


def _answer(said: Sequence[MessageRow], seq: int | None) -> MessageRow:
    answers = [message for message in said if message.sender == "agent"]
    if seq is not None:
        found = next((message for message in answers if message.seq == seq), None)
        if found is None:
            raise NotFound(f"message {seq} is no agent's of this ticket")
        return found
    if not answers:
        raise InvalidInput("no agent has answered in this ticket")
    return max(answers, key=lambda message: (len(message.text), -message.seq))
