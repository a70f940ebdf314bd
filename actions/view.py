"""What a form may look at in a turn: the message, the values so far, and what the shop says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from actions.turn import Turn
from bot.handoff.hours import BusinessHours
from bot.shop.order import Order, OrderLine

ORDER, LINE = "order", "line"
SHOP_ZONE = ZoneInfo("Asia/Shanghai")
ALWAYS = BusinessHours(time.min, time.max, SHOP_ZONE)


@dataclass(frozen=True)
class TicketView:
    """A ticket as its customer sees it; times are aware."""

    number: str
    open: bool
    category: str
    created_at: datetime
    deadline: datetime
    taken: bool = False
    note: str = ""


@dataclass(frozen=True)
class View:
    """One turn of one form.

    `orders` are the known customer's, newest first, masked; empty while nobody is `known`. `recent` is the
    number of the order that was spoken of last, `missing` a number in the message that is no order of this
    customer, `tickets` those of the conversation, newest first.
    """

    turn: Turn
    values: Mapping[str, str] = field(default_factory=dict)
    known: bool = False
    orders: tuple[Order, ...] = ()
    recent: str | None = None
    missing: str | None = None
    tickets: tuple[TicketView, ...] = ()
    now: datetime = datetime(2026, 1, 5, 10, tzinfo=UTC)
    hours: BusinessHours = ALWAYS

    def find(self, number: str | None) -> Order | None:
        """The customer's order of this number."""
        return next((order for order in self.orders if order.number == number), None)

    @property
    def order(self) -> Order | None:
        """The order that the form is about."""
        return self.find(self.values.get(ORDER))

    @property
    def line(self) -> OrderLine | None:
        """The line of the order that the form is about."""
        order = self.order
        return order.line(self.values.get(LINE, "")) if order else None
