"""The shop's systems as the bot sees them: three protocols, the fewest methods that work.

Rules for every method of every implementation:
- It names the customer, and answers about that customer alone. An order of somebody else is OrderNotFound,
  exactly as one that does not exist.
- It raises OrderNotFound, NotAllowed, SystemUnavailable or WrongAnswer of `bot.errors`, and nothing else.
- What changes something takes a `key`, the id of the customer's message (1–128 characters). The same
  key, customer, order and operation again changes nothing and gives the same result, so a turn that is
  handled again after a crash is harmless. After SystemUnavailable the outcome is open until it is repeated.
- Times are aware, amounts are what the customer pays.

Nothing here is masked. Callers use `bot.shop.access.OrderAccess`, which checks who asks and masks.
"""

from __future__ import annotations

from typing import Protocol

from bot.shop.after_sales import CaseRequest, ReturnCase
from bot.shop.customer import Customer, Recipient
from bot.shop.order import Invoice, InvoiceRequest, Order, Urge

NEWEST = 50


class Customers(Protocol):
    """Who the customers are."""

    async def customer(self, customer: str) -> Customer | None:
        """The account of this id, None when there is none."""
        ...

    async def customer_by_order(self, order: str, last_four: str) -> Customer | None:
        """Whose order this is, if the phone of the buyer's account ends in these four digits.

        None for an unknown order just as for wrong digits, in the same time. It changes nothing.
        """
        ...


class Orders(Protocol):
    """Orders before and on their way."""

    async def orders(self, customer: str) -> tuple[Order, ...]:
        """The customer's newest orders, newest first, at most 50."""
        ...

    async def order(self, customer: str, number: str) -> Order:
        """One order. Raises OrderNotFound."""
        ...

    async def cancel(self, customer: str, number: str, reason: str, key: str) -> Order:
        """Cancel while `pending_payment`, `paid` or `packing`; what was paid becomes a refund in full."""
        ...

    async def change_address(self, customer: str, number: str, recipient: Recipient, key: str) -> Order:
        """Send it elsewhere: once, while `pending_payment`, `paid` or `packing`."""
        ...

    async def change_variant(self, customer: str, number: str, line: str, variant: str, key: str) -> Order:
        """Another of the line's `other_variants`: once an order, while it is not sent."""
        ...

    async def urge(self, customer: str, number: str, key: str) -> Urge:
        """Hurry the warehouse (`paid`, `packing`) or, after 48 silent hours, the courier."""
        ...

    async def request_invoice(self, customer: str, number: str, request: InvoiceRequest, key: str) -> Invoice:
        """An electronic invoice: once, while `completed` and within a year of that."""
        ...


class AfterSales(Protocol):
    """Orders that have arrived. Cases and refunds are read as parts of their order."""

    async def open_case(self, customer: str, number: str, request: CaseRequest, key: str) -> ReturnCase:
        """Open a return, exchange or repair of one line; the answer has its number.

        `signed` or `completed`, and no other case of the line open. Return or exchange for personal reasons
        until the end of day 7 after signing (returns only of lines with `no_reason_return`), for faults until
        the end of day 15, damage and missing parts within 48 hours. Repair of lines with a warranty at any
        time; within it the shop pays the freight.
        """
        ...
