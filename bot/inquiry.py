"""One turn in a fresh conversation, with everything that led to the answer: what `bot ask` prints."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.conversations.conversations import Conversations
from bot.conversations.transcript import messages_after
from bot.database import Database
from bot.errors import PartUnavailable
from bot.events import Hints, Wake
from bot.tables import TurnRow

CHANNEL = "ask"


async def ask(
    text: str, conversations: Conversations, database: Database, hints: Hints, *, patience: float = 30.0
) -> dict[str, Any]:
    """Ask and wait for the turn; at most `patience` seconds.

    Returns reply, decision, entry, also, probability, in_scope, candidates, understood, intent, emotion,
    handoff, timings_ms.
    Raises MessageEmpty, MessageTooLong, PartUnavailable.
    """
    conversation = f"q{secrets.token_hex(12)}"
    wake = Wake()

    def look(session: Session) -> dict[str, Any] | None:
        turn = session.scalar(sa.select(TurnRow).where(TurnRow.conversation_id == conversation))
        if turn is None:
            return None
        said = [
            message for message in messages_after(session, conversation, turn.seq) if message.sender == "bot"
        ]
        return answer_of(turn.trace, [message.text for message in said])

    with hints.watch(conversation, lambda _hint: wake.set()):
        await conversations.receive(conversation, CHANNEL, "ask", text)
        try:
            async with asyncio.timeout(patience):
                while (answer := await database.read(look)) is None:
                    await wake.wait(1.0)
        except TimeoutError:
            raise PartUnavailable(f"no turn within {patience:g} s") from None
    return answer


def answer_of(trace: dict[str, Any], texts: list[str]) -> dict[str, Any]:
    """The documented shape of an answer."""
    intent = trace["intent"] or {}
    return {
        "reply": "\n".join(texts),
        "decision": trace["decision"],
        "entry": trace["entry"],
        "also": trace["also"],
        "probability": trace["probability"],
        "in_scope": trace["in_scope"],
        "candidates": trace["candidates"],
        "understood": trace["understood"],
        "intent": intent.get("name"),
        "emotion": trace["emotion"],
        "handoff": trace["handoff"],
        "timings_ms": trace["timings_ms"],
    }
