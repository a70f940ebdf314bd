"""A whole shop in one SQLite file, for the demo and for tests: the embedded twin of the HTTP adapter."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.database import Database
from bot.errors import NotAllowed, OrderNotFound, PartUnavailable, SystemUnavailable
from bot.shop import rules
from bot.shop.after_sales import CaseKind, CaseRequest, Refund, ReturnCase
from bot.shop.customer import Customer, Recipient
from bot.shop.deadlines import SHOP_ZONE, working_days
from bot.shop.demo import FloatingOrder
from bot.shop.moving import moved
from bot.shop.order import Invoice, InvoiceRequest, Order, Urge
from bot.shop.systems import NEWEST
from bot.shop.tables import CallRow, CustomerRow, OrderRow

T = TypeVar("T")

_ORDER = TypeAdapter(Order)
_CUSTOMER = TypeAdapter(Customer)
_PREFIXES: dict[CaseKind, str] = {"return": "TH", "exchange": "HH", "repair": "WX"}


class EmbeddedShop:
    """`Orders`, `Customers` and `AfterSales` of `bot.shop.systems`, by the rules of `bot.shop.rules`."""

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._clock = clock

    def seed(self, customers: tuple[Customer, ...], orders: tuple[FloatingOrder, ...]) -> None:
        """Fill an empty shop; one that has orders stays as it is. Blocks."""

        def run(session: Session) -> None:
            if session.scalar(select(OrderRow.number).limit(1)) is not None:
                return
            session.add_all(
                CustomerRow(id=customer.id, document=_CUSTOMER.dump_json(customer).decode())
                for customer in customers
            )
            session.flush()
            session.add_all(
                OrderRow(
                    number=floating.order.number,
                    customer=floating.order.customer,
                    document=_ORDER.dump_json(floating.order).decode(),
                    floats_from=floating.floats_from,
                    step_minutes=floating.step_minutes,
                )
                for floating in orders
            )

        self._database.write_now(run)

    async def customer(self, customer: str) -> Customer | None:
        """See `Customers`."""

        def run(session: Session) -> Customer | None:
            row = session.get(CustomerRow, customer)
            return _CUSTOMER.validate_json(row.document) if row else None

        return await self._read(run)

    async def customer_by_order(self, order: str, last_four: str) -> Customer | None:
        """See `Customers`."""

        def run(session: Session) -> Customer | None:
            row = session.scalar(select(CustomerRow).join(OrderRow).where(OrderRow.number == order))
            customer = _CUSTOMER.validate_json(row.document) if row else None
            # Compared in every case, so that an unknown order takes as long.
            same = hmac.compare_digest(
                (customer.phone if customer else "none")[-4:].encode(), last_four.encode()
            )
            return customer if same else None

        return await self._read(run)

    async def orders(self, customer: str) -> tuple[Order, ...]:
        """See `Orders`."""

        def run(session: Session) -> tuple[Order, ...]:
            rows = session.scalars(select(OrderRow).where(OrderRow.customer == customer))
            found = sorted(
                (self._order(row) for row in rows), key=lambda order: order.placed_at, reverse=True
            )
            return tuple(found[:NEWEST])

        return await self._read(run)

    async def order(self, customer: str, number: str) -> Order:
        """See `Orders`."""
        return await self._read(lambda session: self._order(_own(session, customer, number)))

    async def cancel(self, customer: str, number: str, reason: str, key: str) -> Order:
        """See `Orders`."""

        def change(order: Order, now: datetime, call: int) -> tuple[Order, str]:
            rules.check_cancel(order)
            cancelled = replace(order, state="cancelled", cancelled_at=now, cancel_reason=reason, pay_by=None)
            if order.payment is not None:
                refund = Refund(
                    number=_number("TK", now, call),
                    order=number,
                    amount=order.payment.amount,
                    state="refunding",
                    target=order.payment.way_text,
                    requested_at=now,
                    expected_by=working_days(now, 3),
                )
                cancelled = replace(cancelled, refunds=(*order.refunds, refund))
            return cancelled, number

        return (await self._call(customer, number, "cancel", key, change))[0]

    async def change_address(self, customer: str, number: str, recipient: Recipient, key: str) -> Order:
        """See `Orders`."""

        def change(order: Order, _now: datetime, _call: int) -> tuple[Order, str]:
            rules.check_address(order)
            return replace(order, recipient=recipient, address_changed=True), number

        return (await self._call(customer, number, "address", key, change))[0]

    async def change_variant(self, customer: str, number: str, line: str, variant: str, key: str) -> Order:
        """See `Orders`."""

        def change(order: Order, _now: datetime, _call: int) -> tuple[Order, str]:
            old = order.line(line)
            if old is None:
                raise NotAllowed("no_such_line", "这个订单里没有这件商品，请再看一下。")
            rules.check_variant(order, old, variant)
            others = tuple(one for one in old.other_variants if one != variant)
            new = replace(
                old, variant=variant, other_variants=(*others, *([old.variant] if old.variant else []))
            )
            lines = tuple(new if one.id == line else one for one in order.lines)
            return replace(order, lines=lines, variant_changed=True), number

        return (await self._call(customer, number, "variant", key, change))[0]

    async def urge(self, customer: str, number: str, key: str) -> Urge:
        """See `Orders`."""

        def change(order: Order, now: datetime, _call: int) -> tuple[Order, str]:
            urge = Urge(rules.check_urge(order, now), number, now, working_days(now, 1))
            return replace(order, urges=(*order.urges, urge)), str(len(order.urges))

        order, place = await self._call(customer, number, "urge", key, change)
        return order.urges[int(place)]

    async def request_invoice(self, customer: str, number: str, request: InvoiceRequest, key: str) -> Invoice:
        """See `Orders`."""

        def change(order: Order, now: datetime, call: int) -> tuple[Order, str]:
            rules.check_invoice(order, now)
            invoice = Invoice(
                number=_number("FP", now, call),
                kind=request.kind,
                title=request.title,
                amount=order.payment.amount if order.payment else order.total,
                requested_at=now,
                ready_by=now + timedelta(hours=24),
                email=request.email,
            )
            return replace(order, invoice=invoice), invoice.number

        order, _ = await self._call(customer, number, "invoice", key, change)
        assert order.invoice is not None
        return order.invoice

    async def open_case(self, customer: str, number: str, request: CaseRequest, key: str) -> ReturnCase:
        """See `AfterSales`."""

        def change(order: Order, now: datetime, call: int) -> tuple[Order, str]:
            terms = rules.check_case(order, request, now)
            line = order.line(request.line)
            assert line is not None
            case = ReturnCase(
                number=_number(_PREFIXES[request.kind], now, call),
                kind=request.kind,
                state="reviewing",
                order=number,
                line=line.id,
                product=line.title,
                reason=request.reason,
                freight=terms.freight,
                opened_at=now,
                review_by=now + timedelta(hours=24),
                variant=request.variant,
                note=request.note,
            )
            return replace(order, cases=(*order.cases, case)), case.number

        operation = f"case {request.kind} {request.line}"
        order, case_number = await self._call(customer, number, operation, key, change)
        return next(case for case in order.cases if case.number == case_number)

    async def _call(
        self,
        customer: str,
        number: str,
        operation: str,
        key: str,
        change: Callable[[Order, datetime, int], tuple[Order, str]],
    ) -> tuple[Order, str]:
        """Change the order once for this key; the order as it is then, and what the call resulted in."""

        def run(session: Session) -> tuple[Order, str]:
            row = _own(session, customer, number)
            order = self._order(row)
            same = select(CallRow).where(
                CallRow.customer == customer,
                CallRow.order == number,
                CallRow.operation == operation,
                CallRow.key == key,
            )
            if (made := session.scalar(same)) is not None:
                return order, made.result
            call = CallRow(customer=customer, order=number, operation=operation, key=key, result="")
            session.add(call)
            session.flush()
            changed, call.result = change(order, self._clock(), call.id)
            row.document, row.floats_from = _ORDER.dump_json(changed).decode(), None
            return changed, call.result

        return await self._translate(self._database.write(run))

    async def _read(self, function: Callable[[Session], T]) -> T:
        return await self._translate(self._database.read(function))

    def _order(self, row: OrderRow) -> Order:
        order = _ORDER.validate_json(row.document)
        if row.floats_from is None:
            return order
        step = timedelta(minutes=row.step_minutes)
        return moved(order, (self._clock() - row.floats_from) // step * step)

    @staticmethod
    async def _translate(work: Awaitable[T]) -> T:
        try:
            return await work
        except PartUnavailable as error:
            raise SystemUnavailable(str(error)) from error


def _own(session: Session, customer: str, number: str) -> OrderRow:
    row = session.get(OrderRow, number)
    if row is None or row.customer != customer:
        raise OrderNotFound("the customer has no such order")
    return row


def _number(prefix: str, now: datetime, call: int) -> str:
    return f"{prefix}{now.astimezone(SHOP_ZONE):%y%m%d}{call % 10000:04d}"
