"""The shop as one customer sees it: their own orders, masked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from bot.errors import InvalidInput, OrderNotFound, WrongAnswer
from bot.shop.address import Address
from bot.shop.after_sales import CaseRequest, Refund, ReturnCase
from bot.shop.customer import Customer, Recipient
from bot.shop.order import Invoice, InvoiceRequest, Order, Urge, masked_invoice
from bot.shop.order_number import order_number
from bot.shop.systems import AfterSales, Customers, Orders

LONGEST_REASON = 500
_KEY = re.compile(r"[!-~]{1,128}")


def check_key(key: str) -> str:
    """The key itself. Raises InvalidInput unless it is 1 to 128 printable ASCII characters without spaces."""
    if not _KEY.fullmatch(key):
        raise InvalidInput("a key is 1 to 128 printable ASCII characters without spaces")
    return key


class KnownCustomer:
    """Made by `OrderAccess` for a customer who has shown who they are.

    Every answer of the shop is checked to be about this customer and this order (WrongAnswer if not) and is
    masked: 王*, 138****1234, addresses down to the district. `bot.shop.rules` tells, from an order that was
    read here, what may be done with it and under which terms; the shop itself decides again when it is done.

    `key` is the id of the customer's message: the same message again has the same result and no second
    effect. All methods raise SystemUnavailable and WrongAnswer; those with a number raise OrderNotFound (an
    order of somebody else is not told from one that does not exist); those with a key raise NotAllowed.
    """

    def __init__(
        self,
        customer: str,
        orders: Orders,
        customers: Customers,
        after_sales: AfterSales,
        clock: Callable[[], datetime],
    ) -> None:
        self._customer = customer
        self._orders = orders
        self._customers = customers
        self._after_sales = after_sales
        self._clock = clock

    @property
    def now(self) -> datetime:
        """The clock that the rules are to be asked with."""
        return self._clock()

    async def account(self) -> Customer:
        """Name, phone and level."""
        customer = await self._customers.customer(self._customer)
        if customer is None or customer.id != self._customer:
            raise WrongAnswer("the shop does not know the customer whom it named")
        return customer.masked()

    async def orders(self) -> tuple[Order, ...]:
        """The newest orders, newest first, at most 50."""
        found = await self._orders.orders(self._customer)
        if any(order.customer != self._customer for order in found):
            raise WrongAnswer("the shop listed an order of another customer")
        return tuple(
            order.masked() for order in sorted(found, key=lambda order: order.placed_at, reverse=True)
        )

    async def order(self, number: str) -> Order:
        """One order with its parcels, cases and refunds."""
        return (await self._own(_normal(number))).masked()

    async def cases(self) -> tuple[ReturnCase, ...]:
        """Returns, exchanges and repairs of these orders, newest first."""
        cases = [case for order in await self.orders() for case in order.cases]
        return tuple(sorted(cases, key=lambda case: case.opened_at, reverse=True))

    async def refunds(self) -> tuple[Refund, ...]:
        """Refunds of these orders, newest first."""
        refunds = [refund for order in await self.orders() for refund in order.refunds]
        return tuple(sorted(refunds, key=lambda refund: refund.requested_at, reverse=True))

    async def cancel(self, number: str, reason: str, key: str) -> Order:
        """Cancel before dispatch; what was paid is in the order's `refunds`."""
        number = _normal(number)
        order = await self._orders.cancel(self._customer, number, reason[:LONGEST_REASON], check_key(key))
        return self._checked(order, number).masked()

    async def change_address(
        self, number: str, address: Address, key: str, *, name: str | None = None, phone: str | None = None
    ) -> Order:
        """Send it to `address`; name and phone stay unless given. Raises InvalidInput for masked ones."""
        number = _normal(number)
        if not address.detail or "*" in (name or "") + (phone or ""):
            raise InvalidInput("masked data is no address to deliver to")
        order = await self._own(number)
        recipient = Recipient(name or order.recipient.name, phone or order.recipient.phone, address)
        changed = await self._orders.change_address(self._customer, number, recipient, check_key(key))
        return self._checked(changed, number).masked()

    async def change_variant(self, number: str, line: str, variant: str, key: str) -> Order:
        """Another colour or size before dispatch."""
        number = _normal(number)
        order = await self._orders.change_variant(self._customer, number, line, variant, check_key(key))
        return self._checked(order, number).masked()

    async def urge(self, number: str, key: str) -> Urge:
        """Hurry the warehouse or the courier."""
        number = _normal(number)
        urge = await self._orders.urge(self._customer, number, check_key(key))
        if urge.order != number:
            raise WrongAnswer("the shop urged another order")
        return urge

    async def request_invoice(self, number: str, request: InvoiceRequest, key: str) -> Invoice:
        """An electronic invoice."""
        number = _normal(number)
        return masked_invoice(
            await self._orders.request_invoice(self._customer, number, request, check_key(key))
        )

    async def open_case(self, number: str, request: CaseRequest, key: str) -> ReturnCase:
        """Open a return, exchange or repair; the case has its number."""
        number = _normal(number)
        case = await self._after_sales.open_case(self._customer, number, request, check_key(key))
        if case.order != number or case.line != request.line or case.kind != request.kind:
            raise WrongAnswer("the shop opened another case than the one asked for")
        return case

    async def _own(self, number: str) -> Order:
        return self._checked(await self._orders.order(self._customer, number), number)

    def _checked(self, order: Order, number: str) -> Order:
        if order.customer != self._customer or order.number != number:
            raise WrongAnswer("the shop answered with another order than the one asked for")
        return order


def _normal(number: str) -> str:
    try:
        return order_number(number)
    except InvalidInput as error:
        raise OrderNotFound("no order has such a number") from error
