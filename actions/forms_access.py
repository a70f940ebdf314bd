"""What forms need from outside: the shop, the conversation's tickets, the clock and the business hours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from actions.form import Form
from actions.turn import Turn
from actions.view import ALWAYS, ORDER, TicketView, View
from bot.errors import InvalidInput, OrderNotFound
from bot.handoff.hours import BusinessHours
from bot.shop.access import OrderAccess, Proof, Standing
from bot.shop.known_customer import KnownCustomer
from bot.shop.order import Order
from bot.shop.order_number import order_number

Clock = Callable[[], datetime]
Tickets = Callable[[str], Awaitable[tuple[TicketView, ...]]]


async def no_tickets(_conversation: str) -> tuple[TicketView, ...]:
    """For where no tickets are kept."""
    return ()


@dataclass(frozen=True)
class FormsAccess:
    """`shop` admits a conversation once the customer is known; `tickets` are those of a conversation."""

    shop: OrderAccess
    hours: BusinessHours = ALWAYS
    tickets: Tickets = no_tickets
    clock: Clock = lambda: datetime.now(UTC)

    async def view(self, form: Form, turn: Turn, values: Mapping[str, str], recent: str | None) -> View:
        """The turn as the form may see it. Raises SystemUnavailable and WrongAnswer."""
        tickets = await self.tickets(turn.conversation)
        known = await self.customer(turn) if form.identifies else None
        orders: tuple[Order, ...] = await known.orders() if known else ()
        missing = None
        for number in (_number(turn), values.get(ORDER)):
            if known is None or number is None or any(order.number == number for order in orders):
                continue
            # The list holds the newest only.
            try:
                orders = (*orders, await known.order(number))
            except OrderNotFound:
                missing = number
        return View(
            turn, values, known is not None, orders, recent, missing, tickets, self.clock(), self.hours
        )

    async def customer(self, turn: Turn) -> KnownCustomer | None:
        """Who asks, if that is known."""
        return await self.shop.known(turn.conversation)

    async def standing(self, turn: Turn) -> Standing:
        """Whether the customer is known, and how many tries are left."""
        return await self.shop.standing(turn.conversation)

    async def prove(self, turn: Turn, order: str, digits: str) -> Proof:
        """One try; the message's id is its key. Raises InvalidInput, SystemUnavailable and WrongAnswer."""
        return await self.shop.prove(turn.conversation, order, digits, turn.message_id)


def _number(turn: Turn) -> str | None:
    named = turn.choice or turn.mention("order_number")
    try:
        return order_number(named) if named else None
    except InvalidInput:
        return None
