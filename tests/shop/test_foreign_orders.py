"""Nobody reads another customer's order: random numbers, digits and tokens in two conversations."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import IdentityTokenRefused, InvalidInput, OrderNotFound
from bot.shop.access import OrderAccess, Proof
from bot.shop.demo import Demo, build_demo
from bot.shop.embedded_shop import EmbeddedShop
from bot.shop.identity_token import IdentityTokens
from bot.shop.ledger import Ledger
from bot.shop.shop import DEMO
from bot.shop.tables import open_shop_database
from bot.shop.verification import TRIES
from tests.desk import Clock
from tests.shop.site import SECRET, token

SHOP: Demo = build_demo(DEMO)
OWNERS = {one.order.number: one.order.customer for one in SHOP.orders}
ENDINGS = {customer.id: customer.phone[-4:] for customer in SHOP.customers}

Step = tuple[str, tuple[str, tuple[str, str]]]

real = st.sampled_from(sorted(OWNERS))
numbers = real | st.from_regex(r"YS[0-9]{10}", fullmatch=True) | st.text(max_size=14)
endings = st.sampled_from(sorted(ENDINGS.values()))
digits = endings | st.from_regex(r"[0-9]{4}", fullmatch=True) | st.text(max_size=5)
pairs = real.map(lambda number: (number, ENDINGS[OWNERS[number]])) | st.tuples(numbers, digits)
tokens = st.tuples(st.sampled_from(sorted(ENDINGS)), st.sampled_from([SECRET, "y" * 40]))
actions = st.one_of(
    st.tuples(st.just("prove"), pairs),
    st.tuples(st.just("token"), tokens),
    st.tuples(st.just("read"), st.tuples(numbers, st.just(""))),
    st.tuples(st.just("forget"), st.just(("", ""))),
)
steps = st.tuples(st.sampled_from(["c1", "c2"]), actions)


class Walker:
    """Takes steps and knows who is entitled to what."""

    def __init__(self, access: OrderAccess, clock: Clock) -> None:
        self.access = access
        self.clock = clock
        self.entitled: dict[str, str] = {}
        self.wrong = {"c1": 0, "c2": 0}
        self.step = 0

    async def take(self, conversation: str, action: str, first: str, second: str) -> None:
        self.step += 1
        self.clock.advance(seconds=1)
        await getattr(self, action)(conversation, first, second)
        await self.look(conversation)

    async def prove(self, conversation: str, number: str, ending: str) -> None:
        try:
            proof = await self.access.prove(conversation, number, ending, f"m{self.step}")
        except InvalidInput:
            return
        owner = OWNERS.get(number)
        left = TRIES - self.wrong[conversation]
        if left == 0:
            assert proof == Proof("refused", 0)
        elif owner is not None and ENDINGS[owner] == ending:
            assert proof == Proof("right", left)
            self.entitled[conversation] = owner
        else:
            assert proof == Proof("wrong", left - 1)
            self.wrong[conversation] += 1

    async def token(self, conversation: str, customer: str, secret: str) -> None:
        signed = token(customer, self.clock.now, secret=secret)
        if secret != SECRET:
            with pytest.raises(IdentityTokenRefused):
                await self.access.present(conversation, signed)
            return
        await self.access.present(conversation, signed)
        self.entitled[conversation] = customer

    async def forget(self, conversation: str, _first: str, _second: str) -> None:
        await self.access.forget(conversation)
        self.entitled.pop(conversation, None)

    async def read(self, conversation: str, number: str, _second: str) -> None:
        known = await self.access.known(conversation)
        if known is None:
            return
        if OWNERS.get(number) == self.entitled[conversation]:
            assert (await known.order(number)).number == number
            return
        with pytest.raises(OrderNotFound) as raised:
            await known.order(number)
        assert str(raised.value) in {"the customer has no such order", "no order has such a number"}

    async def look(self, conversation: str) -> None:
        known = await self.access.known(conversation)
        assert (known is not None) == (conversation in self.entitled)
        if known is not None:
            assert {order.customer for order in await known.orders()} == {self.entitled[conversation]}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(steps, min_size=1, max_size=15))
def test_nobody_reads_a_foreign_order(
    seeded: Path, tmp_path_factory: pytest.TempPathFactory, walk: list[Step]
) -> None:
    path = tmp_path_factory.mktemp("walk") / "shop.db"
    database = open_shop_database(Path(shutil.copy(seeded, path)))
    clock = Clock()
    shop = EmbeddedShop(database, clock=clock)
    walker = Walker(
        OrderAccess(shop, shop, shop, Ledger(database), IdentityTokens(SECRET), clock=clock), clock
    )

    async def take_all() -> None:
        for conversation, (action, (first, second)) in walk:
            await walker.take(conversation, action, first, second)

    try:
        asyncio.run(take_all())
    finally:
        database.close()
