"""The one way to the shop's systems: who asks comes first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from bot.errors import IdentityRequired, InvalidInput, OrderNotFound, WrongAnswer
from bot.shop.customer import Customer
from bot.shop.identity_token import IdentityTokens
from bot.shop.known_customer import KnownCustomer, check_key
from bot.shop.ledger import Ledger
from bot.shop.order_number import order_number
from bot.shop.systems import AfterSales, Customers, Orders
from bot.shop.verification import Verification

_FOUR = re.compile(r"[0-9]{4}")
_CONVERSATION = re.compile(r"[A-Za-z0-9_.:@-]{1,128}")


@dataclass(frozen=True)
class Standing:
    """Where a conversation stands: `known`, `unknown` with tries left, or `human`: unknown, no try left."""

    state: Literal["known", "unknown", "human"]
    tries_left: int


@dataclass(frozen=True)
class Proof:
    """What came of a try: `right`, `wrong`, or `refused` because no try is left. `tries_left` is 0..3.

    After `wrong` with no try left, and after `refused`, only a human can help.
    """

    result: Literal["right", "wrong", "refused"]
    tries_left: int


def last_four(text: str) -> str:
    """The four digits. Raises InvalidInput when the text is anything else."""
    digits = unicodedata.normalize("NFKC", text).strip()
    if not _FOUR.fullmatch(digits):
        raise InvalidInput("the end of a phone number is four digits")
    return digits


class OrderAccess:
    """Opens the shop's systems to a conversation that has shown who it is, and to nobody else.

    A conversation is the desk's conversation id without the episode. A new proof replaces the old one: one
    conversation is one customer at a time.
    """

    def __init__(
        self,
        orders: Orders,
        customers: Customers,
        after_sales: AfterSales,
        ledger: Ledger,
        tokens: IdentityTokens,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._orders = orders
        self._customers = customers
        self._after_sales = after_sales
        self._ledger = ledger
        self._tokens = tokens
        self._clock = clock

    async def standing(self, conversation: str) -> Standing:
        """Whether the customer is known, and how many tries are left if not."""
        now = self._clock()
        state = await self._ledger.read(_named(conversation))
        left = state.left(now)
        if state.known(now) is not None:
            return Standing("known", left)
        return Standing("unknown" if left else "human", left)

    async def prove(self, conversation: str, order: str, digits: str, key: str) -> Proof:
        """Try an order number with the last four digits of the phone that it was ordered with.

        `key` is the message's id: the same message again is the same try with the same answer. An unknown
        order and wrong digits cannot be told apart. `refused` comes after three wrong tries of the
        conversation, or ten anywhere at this order number, which need not exist, within 24 hours. A wrong try
        leaves somebody who is known as they are.

        Raises InvalidInput (not counted) when the number or the digits have the wrong form,
        SystemUnavailable or WrongAnswer (not counted) when the shop cannot tell.
        """
        _named(conversation)
        check_key(key)
        number, ending = order_number(order), last_four(digits)
        now = self._clock()
        started = await self._ledger.start(conversation, number, key, now)
        if started is None:
            return Proof("refused", (await self._ledger.read(conversation)).left(now))
        if (done := _proof(started, key, now)) is not None:
            return done
        try:
            customer = await self._owner(number, ending)
        except BaseException:
            await self._ledger.withdraw(conversation, number, key)
            raise
        settled = await self._ledger.settle(conversation, number, key, customer.id if customer else None, now)
        # Read back what was recorded: of two answers to one message the first one counts.
        return _proof(settled, key, now) or Proof("wrong", settled.left(now))

    async def _owner(self, number: str, ending: str) -> Customer | None:
        customer = await self._customers.customer_by_order(number, ending)
        if customer is None:
            return None
        try:
            order = await self._orders.order(customer.id, number)
        except OrderNotFound as error:
            raise WrongAnswer("the shop named a customer who does not have the order") from error
        if order.customer != customer.id or order.number != number:
            raise WrongAnswer("the shop answered with another order than the one asked for")
        return customer

    async def present(self, conversation: str, token: str) -> Standing:
        """Take the host site's word. Raises IdentityTokenRefused, and the conversation stays as it was."""
        _named(conversation)
        now = self._clock()
        identity = self._tokens.verify(token, now)
        state = await self._ledger.change(
            conversation, lambda state: state.present(identity.customer, identity.until)
        )
        return Standing("known", state.left(now))

    async def forget(self, conversation: str) -> None:
        """The customer signed out, or somebody else sits there now."""
        await self._ledger.change(_named(conversation), lambda state: state.forget())

    async def known(self, conversation: str) -> KnownCustomer | None:
        """Everything that the customer may see and do; None when nobody is known. Ask anew for every turn."""
        state = await self._ledger.read(_named(conversation))
        customer = state.known(self._clock())
        if customer is None:
            return None
        return KnownCustomer(customer, self._orders, self._customers, self._after_sales, self._clock)

    async def require(self, conversation: str) -> KnownCustomer:
        """As `known`. Raises IdentityRequired when nobody is known."""
        known = await self.known(conversation)
        if known is None:
            raise IdentityRequired("the conversation has not shown who it is")
        return known


def _proof(state: Verification, key: str, now: datetime) -> Proof | None:
    attempt = state.tries.find(key)
    if attempt is None or attempt.result == "checking":
        return None
    return Proof(attempt.result, state.left(now))


def _named(conversation: str) -> str:
    if not _CONVERSATION.fullmatch(conversation):
        raise InvalidInput(f"not a conversation id: {conversation!r}")
    return conversation
