"""What customers asked the FAQ, masked and counted, out of the stored turns."""

from __future__ import annotations

from typing import get_args

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.faq.replay import AskedQuestion
from bot.messages import DecisionKind
from bot.privacy import mask
from bot.tables import MessageRow, TurnRow

BATCH = 500


def asked_questions(session: Session, last: int) -> list[AskedQuestion]:
    """The newest `last` typed messages that the FAQ decided about, equal ones together, newest first.

    What the bot made of a question is that of its newest message. Raises ValueError when `last` is not
    positive.
    """
    if last < 1:
        raise ValueError(f"last must be at least 1, got {last}")
    decision, entry = TurnRow.trace["decision"].as_string(), TurnRow.trace["entry"].as_string()
    rows = session.execute(
        sa.select(MessageRow.text, decision, entry)
        .join(TurnRow, TurnRow.message_id == MessageRow.id)
        .where(
            MessageRow.sender == "customer",
            MessageRow.payload.is_(None),
            decision.in_(get_args(DecisionKind)),
        )
        .order_by(TurnRow.message_id.desc())
        .limit(last)
        .execution_options(yield_per=BATCH)
    )
    times: dict[str, int] = {}
    newest: dict[str, tuple[str, str | None]] = {}
    for text, decided, answered in rows:
        masked = mask(text).strip()
        times[masked] = times.get(masked, 0) + 1
        newest.setdefault(masked, (decided, answered))
    return [AskedQuestion(text, times[text], *found) for text, found in newest.items()]
