"""A host that fails, dawdles or lies: every time a named error, never a crash and never foreign data."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.database import Database
from bot.errors import ConfigurationError, NotAllowed, OrderNotFound, SystemUnavailable, WrongAnswer
from bot.shop.access import OrderAccess
from bot.shop.after_sales import CaseRequest
from bot.shop.breaker import Breaker
from bot.shop.demo import Demo
from bot.shop.embedded_shop import EmbeddedShop
from bot.shop.http_shop import ORDER, ORDERS, HttpShop, OrdersAnswer
from bot.shop.identity_token import IdentityTokens
from bot.shop.ledger import Ledger
from bot.shop.order import InvoiceRequest, Order
from tests.shop.stub import TOKEN, Host, raw_server
from tests.shop.test_contract import HOME, LONG_AGO, PAID, SHIPPED, SIGNED

pytestmark = pytest.mark.anyio

CALLS: dict[str, Callable[[HttpShop], Awaitable[object]]] = {
    "customer": lambda shop: shop.customer("demo-chen"),
    "identity": lambda shop: shop.customer_by_order(SHIPPED, "2468"),
    "orders": lambda shop: shop.orders("demo-chen"),
    "order": lambda shop: shop.order("demo-chen", SHIPPED),
    "cancel": lambda shop: shop.cancel("demo-li", PAID, "", "m1"),
    "address": lambda shop: shop.change_address("demo-li", PAID, HOME, "m1"),
    "variant": lambda shop: shop.change_variant("demo-li", PAID, "1", "39", "m1"),
    "urge": lambda shop: shop.urge("demo-li", PAID, "m1"),
    "invoice": lambda shop: shop.request_invoice(
        "demo-chen", LONG_AGO, InvoiceRequest("personal", "个人"), "m1"
    ),
    "case": lambda shop: shop.open_case("demo-chen", SIGNED, CaseRequest("return", "1", "unwanted"), "m1"),
}
READS = ("customer", "identity", "orders", "order")
every_call = pytest.mark.parametrize("call", CALLS)


@pytest.fixture
async def hasty(host: Host) -> AsyncIterator[HttpShop]:
    """Waits a tenth of a second."""
    shop = HttpShop(host.url, TOKEN, timeout=0.1, breaker=Breaker(failures=1_000))
    yield shop
    await shop.close()


@every_call
async def test_a_host_that_fails(http: HttpShop, host: Host, call: str) -> None:
    for status in (429, 500, 502, 503):
        host.heal()
        host.answer("oops", status)
        with pytest.raises(SystemUnavailable):
            await CALLS[call](http)
        assert len(host.seen) == (2 if call in READS else 1)


@every_call
async def test_a_host_that_dawdles(hasty: HttpShop, host: Host, call: str) -> None:
    host.delay(0.5)
    with pytest.raises(SystemUnavailable):
        await CALLS[call](hasty)


@pytest.mark.parametrize("call", READS)
async def test_a_read_is_tried_again(http: HttpShop, host: Host, call: str) -> None:
    host.answer("", 503, times=1)
    assert await CALLS[call](http)
    assert len(host.seen) == 2


async def test_a_change_that_was_cut_off_is_repeated_with_its_key(
    http: HttpShop, hasty: HttpShop, host: Host
) -> None:
    host.delay(0.3, times=1)
    with pytest.raises(SystemUnavailable):
        await CALLS["case"](hasty)
    first = (await http.order("demo-chen", SIGNED)).cases
    again = await http.open_case("demo-chen", SIGNED, CaseRequest("return", "1", "unwanted"), "m1")
    assert (await http.order("demo-chen", SIGNED)).cases == (again,)
    assert first in ((), (again,))


WRONG_BODIES = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b"<html>Sign in</html>",
    b'{"customer": 7}',
    b'{"orders": [{}]}',
    b'{"number": "YS2600010001"}',
    b"\xff\xfe\x00",
    b"[" * 50_000,
    b" " * 2_100_000,
)


@every_call
async def test_a_wrong_shape(http: HttpShop, host: Host, call: str) -> None:
    for body in WRONG_BODIES:
        host.answer(body)
        with pytest.raises(WrongAnswer):
            await CALLS[call](http)


@every_call
async def test_a_wrong_status(http: HttpShop, host: Host, call: str) -> None:
    for status in (201, 302, 400, 401, 404, 409, 418):
        body = b'{"error": {"code": "nobody knows"}}'
        host.answer(body, status, headers={"location": "http://127.0.0.1:9/"})
        with pytest.raises(WrongAnswer):
            await CALLS[call](http)


async def test_a_wrong_token_is_said(host: Host) -> None:
    shop = HttpShop(host.url, "wrong", timeout=1)
    with pytest.raises(WrongAnswer, match="401"):
        await shop.customer("demo-chen")
    await shop.close()


async def test_refusals_arrive_as_they_were_meant(http: HttpShop, host: Host) -> None:
    with pytest.raises(OrderNotFound):
        await http.order("demo-chen", "YS0000000000")
    refusal = {"code": "not_allowed", "reason": "in_customs", "sentence": "x" * 5000, "agent_may": True}
    host.answer(json.dumps({"error": refusal}), 409)
    with pytest.raises(NotAllowed) as raised:
        await http.cancel("demo-li", PAID, "", "m1")
    assert (raised.value.reason, raised.value.agent_may) == ("in_customs", True)
    assert raised.value.sentence == "x" * 200


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b'HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"customer": ',
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ],
)
async def test_an_answer_that_breaks_off(answer: bytes) -> None:
    async with raw_server(answer) as url:
        shop = HttpShop(url, TOKEN, timeout=1, breaker=Breaker(failures=1_000))
        for call in CALLS.values():
            with pytest.raises(SystemUnavailable):
                await call(shop)
        await shop.close()


async def test_an_answer_that_comes_byte_by_byte() -> None:
    slow = b'HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{"customer": null}'
    async with raw_server(slow, pause=0.05) as url:
        shop = HttpShop(url, TOKEN, timeout=0.4)
        with pytest.raises(SystemUnavailable):
            await shop.customer("demo-chen")
        await shop.close()


async def test_an_answer_that_cannot_be_unpacked(http: HttpShop, host: Host) -> None:
    host.answer(gzip.compress(b"{}")[:-9] + b"broken", headers={"content-encoding": "gzip"})
    with pytest.raises(WrongAnswer):
        await http.customer("demo-chen")


async def test_nobody_listens() -> None:
    async with raw_server(b"") as url:
        pass
    shop = HttpShop(url, TOKEN, timeout=1)
    with pytest.raises(SystemUnavailable):
        await shop.customer("demo-chen")
    await shop.close()


async def test_a_host_that_keeps_failing_is_left_alone(host: Host) -> None:
    now = [0.0]
    shop = HttpShop(host.url, TOKEN, timeout=1, breaker=Breaker(4, 10, clock=lambda: now[0]))
    host.answer("", 503)
    for _ in range(5):
        with pytest.raises(SystemUnavailable):
            await shop.orders("demo-chen")
    assert len(host.seen) == 4
    host.heal()
    with pytest.raises(SystemUnavailable):
        await shop.orders("demo-chen")
    assert host.seen == []
    now[0] = 10.0
    assert await shop.orders("demo-chen")
    await shop.close()


@pytest.mark.parametrize("lie", ["order", "orders", "cancel", "urge", "case"])
async def test_another_customers_order_is_never_passed_on(
    embedded: EmbeddedShop, http: HttpShop, host: Host, database: Database, lie: str
) -> None:
    access = OrderAccess(http, http, http, Ledger(database), IdentityTokens(""))
    await access.prove("c1", SIGNED, "2468", "m0")
    chen = await access.require("c1")
    foreign = await embedded.order("demo-zhou", "YS2600040003")
    if lie == "orders":
        mine = await embedded.orders("demo-chen")
        host.answer(ORDERS.dump_json(OrdersAnswer((*mine, foreign))))
    elif lie == "urge":
        host.answer(
            '{"kind": "dispatch", "order": "YS2600040003", "at": "2026-11-18T02:00:00Z", '
            '"answer_by": "2026-11-19T02:00:00Z"}'
        )
    elif lie == "case":
        host.answer(json.dumps(ORDER.dump_python(foreign, mode="json")["cases"][0]))
    else:
        host.answer(ORDER.dump_json(foreign))
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "order": lambda: chen.order(SIGNED),
        "orders": chen.orders,
        "cancel": lambda: chen.cancel(SIGNED, "", "m1"),
        "urge": lambda: chen.urge(SIGNED, "m1"),
        "case": lambda: chen.open_case(SIGNED, CaseRequest("return", "1", "unwanted"), "m1"),
    }
    with pytest.raises(WrongAnswer) as raised:
        await calls[lie]()
    assert foreign.number not in str(raised.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_order_is_refused_or_whole(demo: Demo, host: Host, data: st.DataObject) -> None:
    order = next(one.order for one in demo.orders if one.order.number == "YS2600040003")
    document: Any = json.loads(ORDER.dump_json(order))
    place = document
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    if isinstance(place, dict) and data.draw(st.booleans()):
        del place[key]
    else:
        place[key] = data.draw(json_values)
    host.answer(json.dumps(document))

    async def read() -> Order | WrongAnswer:
        shop = HttpShop(host.url, TOKEN, timeout=2)
        try:
            return await shop.order("demo-zhou", order.number)
        except WrongAnswer as error:
            return error
        finally:
            await shop.close()

    answer = asyncio.run(read())
    assert isinstance(answer, WrongAnswer) or answer.masked().state_text


@pytest.mark.parametrize("url", ["shop.example", "ftp://shop.example", "http://", "http://a/?b=c"])
def test_an_unusable_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="BOT_SHOP_URL"):
        HttpShop(url, "", timeout=1)
