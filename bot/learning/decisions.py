"""What maintainers decided about gaps: a gap that was dealt with stays away unless it grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.faq.gaps import Gap
from bot.tables import GapDecisionRow

Kind = Literal["accepted", "dismissed", "snoozed"]
State = Literal["open", "accepted", "dismissed", "snoozed"]
STATES: tuple[State, ...] = get_args(State)
# So many further customers, or as many again as there were, bring a gap back.
GROWTH = 2


@dataclass(frozen=True)
class GapDecision:
    """One decision. `texts` are the gap's wordings in normal form, `customers` those it had then.

    `entry` is where it was accepted into, `until` when a snoozed gap comes back.
    """

    kind: Kind
    question: str
    texts: frozenset[str]
    customers: int
    author_id: int
    author: str
    at: datetime
    entry: str | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if (self.kind == "snoozed") != (self.until is not None):
            raise ValueError(f"until {self.until!r} does not go with {self.kind!r}")

    def concerns(self, gap: Gap) -> bool:
        """Whether the gap is the one that was decided on: groups move a little as questions are added."""
        return 2 * len(self.texts & gap.texts) >= min(len(self.texts), len(gap.texts))

    def holds(self, gap: Gap, now: datetime) -> bool:
        """Whether it still keeps the gap away.

        Counted are customers who asked after the decision, so that a look back of another length changes
        nothing.
        """
        if self.until is not None:
            return now < self.until
        later = {one.customer for one in gap.asked if one.at > self.at}
        return len(later) < max(GROWTH, self.customers)

    def public(self) -> dict[str, Any]:
        """The decision of docs/protocol.md."""
        return {
            "kind": self.kind,
            "entry": self.entry,
            "until": self.until.isoformat(timespec="seconds") if self.until else None,
            "author": self.author,
            "at": self.at.isoformat(timespec="seconds"),
        }


def state_of(gap: Gap, decisions: Sequence[GapDecision], now: datetime) -> tuple[State, GapDecision | None]:
    """The gap's state by the last decision on it, and that decision. `decisions` are in order of time."""
    last = next((decision for decision in reversed(decisions) if decision.concerns(gap)), None)
    if last is None or not last.holds(gap, now):
        return "open", last
    return last.kind, last


def read_decisions(session: Session) -> list[GapDecision]:
    """All decisions in order of time."""
    rows = session.scalars(sa.select(GapDecisionRow).order_by(GapDecisionRow.id))
    return [
        GapDecision(
            kind=row.kind,  # type: ignore[arg-type]
            question=row.question,
            texts=frozenset(row.texts),
            customers=row.customers,
            author_id=row.author_id,
            author=row.author_name,
            at=row.at,
            entry=row.entry,
            until=row.until,
        )
        for row in rows
    ]


def store_decision(session: Session, decision: GapDecision) -> None:
    """Add it to the transaction."""
    session.add(
        GapDecisionRow(
            kind=decision.kind,
            question=decision.question,
            texts=sorted(decision.texts),
            customers=decision.customers,
            entry=decision.entry,
            until=decision.until,
            author_id=decision.author_id,
            author_name=decision.author,
            at=decision.at,
        )
    )
