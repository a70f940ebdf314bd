"""Nobody reads another customer's order, whatever they type."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.database import Database
from bot.errors import (
    IdentityRequired,
    IdentityTokenRefused,
    InvalidInput,
    OrderNotFound,
    SystemUnavailable,
    WrongAnswer,
)
from bot.shop.access import OrderAccess, Proof, Standing
from bot.shop.address import Address
from bot.shop.customer import Customer
from bot.shop.demo import Demo
from bot.shop.embedded_shop import EmbeddedShop
from bot.shop.http_shop import HttpShop
from bot.shop.identity_token import IdentityTokens
from bot.shop.ledger import Ledger
from bot.shop.order import Order
from bot.shop.tables import open_shop_database
from bot.shop.verification import TRIES_AN_ORDER
from tests.desk import Clock
from tests.shop.site import token
from tests.shop.stub import Host
from tests.shop.test_contract import PAID, SHIPPED, SIGNED

pytestmark = pytest.mark.anyio
RIGHT, WRONG = "2468", "2469"


async def test_before_anything_nobody_is_known(access: OrderAccess) -> None:
    assert await access.standing("c1") == Standing("unknown", 3)
    assert await access.known("c1") is None
    with pytest.raises(IdentityRequired):
        await access.require("c1")


async def test_number_and_digits_open_the_customers_orders(access: OrderAccess) -> None:
    assert await access.prove("c1", "ys 2600-010001", "２４６８", "m1") == Proof("right", 3)
    assert await access.standing("c1") == Standing("known", 3)
    chen = await access.require("c1")
    assert {order.number for order in await chen.orders()} >= {SHIPPED, SIGNED}
    assert (await chen.account()).level == "gold"
    assert await access.known("c2") is None


async def test_a_proof_goes_stale(access: OrderAccess, clock: Clock) -> None:
    await access.prove("c1", SHIPPED, RIGHT, "m1")
    clock.advance(hours=2)
    assert await access.known("c1") is None
    assert await access.standing("c1") == Standing("unknown", 3)


async def test_unknown_order_and_wrong_digits_are_answered_alike(access: OrderAccess) -> None:
    for place, left in enumerate((2, 1, 0)):
        wrong = await access.prove("c1", SHIPPED, WRONG, f"m{place}")
        unknown = await access.prove("c2", "YS0000000000", WRONG, f"m{place}")
        assert wrong == unknown == Proof("wrong", left)
    assert await access.standing("c1") == await access.standing("c2") == Standing("human", 0)
    assert await access.prove("c1", SHIPPED, RIGHT, "m9") == Proof("refused", 0)
    assert await access.known("c1") is None


async def test_tries_come_back_after_a_day(access: OrderAccess, clock: Clock) -> None:
    for place in range(3):
        await access.prove("c1", SHIPPED, WRONG, f"m{place}")
    clock.advance(hours=24)
    assert await access.prove("c1", SHIPPED, RIGHT, "m9") == Proof("right", 3)


async def test_many_conversations_do_not_help_to_guess(access: OrderAccess) -> None:
    for number in (SHIPPED, "YS0000000000"):
        for place in range(TRIES_AN_ORDER):
            assert (await access.prove(f"{number}-{place}", number, WRONG, "m1")).result == "wrong"
        assert (await access.prove(f"{number}-last", number, RIGHT, "m1")).result == "refused"


async def test_tries_at_once_are_counted(access: OrderAccess) -> None:
    proofs = await asyncio.gather(*(access.prove("c1", SHIPPED, WRONG, f"m{n}") for n in range(8)))
    assert sorted(proof.result for proof in proofs) == ["refused"] * 5 + ["wrong"] * 3


async def test_the_same_message_is_the_same_try(access: OrderAccess) -> None:
    proofs = await asyncio.gather(*(access.prove("c1", SHIPPED, WRONG, "m1") for _ in range(4)))
    assert set(proofs) == {Proof("wrong", 2)}
    assert await access.prove("c1", SHIPPED, RIGHT, "m1") == Proof("wrong", 2)


async def test_tries_survive_a_restart(
    embedded: EmbeddedShop, database: Database, clock: Clock, tmp_path: Path
) -> None:
    for place in range(3):
        tokens = IdentityTokens("")
        access = OrderAccess(embedded, embedded, embedded, Ledger(database), tokens, clock=clock)
        await access.prove("c1", SHIPPED, WRONG, f"m{place}")
    reopened = open_shop_database(tmp_path / "shop.db")
    access = OrderAccess(embedded, embedded, embedded, Ledger(reopened), IdentityTokens(""), clock=clock)
    assert await access.standing("c1") == Standing("human", 0)
    reopened.close()


async def test_a_try_that_the_shop_could_not_check_is_not_counted(
    http: HttpShop, host: Host, database: Database
) -> None:
    access = OrderAccess(http, http, http, Ledger(database), IdentityTokens(""))
    host.answer("", 503)
    for place in range(5):
        with pytest.raises(SystemUnavailable):
            await access.prove("c1", SHIPPED, WRONG, f"m{place}")
    assert await access.standing("c1") == Standing("unknown", 3)
    host.heal()
    assert await access.prove("c1", SHIPPED, RIGHT, "m1") == Proof("right", 3)


@pytest.mark.parametrize(
    ("number", "digits"), [("YS123", "2468"), ("", ""), (SHIPPED, "24680"), (SHIPPED, "二四六八")]
)
async def test_what_is_no_number_is_not_counted(access: OrderAccess, number: str, digits: str) -> None:
    with pytest.raises(InvalidInput):
        await access.prove("c1", number, digits, "m1")
    assert await access.standing("c1") == Standing("unknown", 3)


async def test_a_token_makes_its_customer_known(access: OrderAccess, clock: Clock) -> None:
    for place in range(3):
        await access.prove("c1", SHIPPED, WRONG, f"m{place}")
    assert await access.present("c1", token("demo-li", clock.now)) == Standing("known", 0)
    assert PAID in {order.number for order in await (await access.require("c1")).orders()}
    clock.advance(hours=1)
    assert await access.known("c1") is None


async def test_a_bad_token_changes_nothing(access: OrderAccess, clock: Clock) -> None:
    await access.present("c1", token("demo-li", clock.now))
    with pytest.raises(IdentityTokenRefused):
        await access.present("c1", token("demo-chen", clock.now, secret="x" * 40))
    assert PAID in {order.number for order in await (await access.require("c1")).orders()}


async def test_a_conversation_is_one_customer_at_a_time(access: OrderAccess, clock: Clock) -> None:
    await access.prove("c1", SHIPPED, RIGHT, "m1")
    await access.present("c1", token("demo-li", clock.now))
    with pytest.raises(OrderNotFound):
        await (await access.require("c1")).order(SHIPPED)
    await access.forget("c1")
    assert await access.known("c1") is None


async def test_a_host_that_names_the_wrong_customer_is_caught(
    embedded: EmbeddedShop, database: Database, demo: Demo
) -> None:
    class Confused(EmbeddedShop):
        async def customer_by_order(self, order: str, last_four: str) -> Customer | None:
            return demo.customers[1]

    shop = Confused(database)
    access = OrderAccess(shop, shop, shop, Ledger(database), IdentityTokens(""))
    with pytest.raises(WrongAnswer):
        await access.prove("c1", SHIPPED, RIGHT, "m1")
    assert await access.known("c1") is None


async def test_what_is_shown_is_masked(access: OrderAccess, demo: Demo) -> None:
    await access.prove("c1", SIGNED, RIGHT, "m1")
    chen = await access.require("c1")
    account = await chen.account()
    assert (account.name, account.phone) == ("陈*", "154****2468")
    for order in await chen.orders():
        real = next(one.order for one in demo.orders if one.order.number == order.number)
        shown = repr(order)
        assert order.recipient.name == "陈*"
        assert order.recipient.address.detail == ""
        assert str(order.recipient.address).endswith(real.recipient.address.district)
        for secret in (real.recipient.name, real.recipient.phone, real.recipient.address.detail):
            assert secret not in shown
    assert order == order.masked()


async def test_name_and_phone_stay_when_the_address_changes(
    access: OrderAccess, embedded: EmbeddedShop
) -> None:
    await access.prove("c1", PAID, "1357", "m1")
    li = await access.require("c1")
    changed = await li.change_address(PAID, Address.parse("北京市海淀区中关村大街1号"), "m2")
    assert str(changed.recipient.address) == "北京市海淀区"
    real = (await embedded.order("demo-li", PAID)).recipient
    assert (real.name, real.phone, real.address.detail) == ("李建国", "15400021357", "中关村大街1号")
    with pytest.raises(InvalidInput):
        await li.change_address(PAID, changed.recipient.address, "m3")
    with pytest.raises(InvalidInput):
        await li.change_address(PAID, real.address, "m3", phone=changed.recipient.phone)


async def test_refunds_and_cases_are_gathered(access: OrderAccess) -> None:
    await access.prove("c1", "YS2600030001", "6699", "m1")
    zhao = await access.require("c1")
    assert {refund.state for refund in await zhao.refunds()} == {"refunding", "refunded"}
    assert {case.state for case in await zhao.cases()} == {"received", "done"}


@pytest.mark.parametrize("conversation", ["", "a b", "x" * 129, "c1\n"])
async def test_a_conversation_needs_a_name(access: OrderAccess, conversation: str) -> None:
    with pytest.raises(InvalidInput):
        await access.standing(conversation)


async def test_a_proof_is_checked_against_the_order(embedded: EmbeddedShop, database: Database) -> None:
    class Mixed(EmbeddedShop):
        async def order(self, customer: str, number: str) -> Order:
            return replace(await super().order(customer, number), customer="somebody-else")

    shop = Mixed(database)
    access = OrderAccess(shop, shop, shop, Ledger(database), IdentityTokens(""))
    with pytest.raises(WrongAnswer):
        await access.prove("c1", SHIPPED, RIGHT, "m1")
