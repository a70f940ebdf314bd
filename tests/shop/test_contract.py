"""What `bot.shop.systems` promises, for the embedded shop and for one behind HTTP."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import NotAllowed, OrderNotFound
from bot.shop.address import Address
from bot.shop.after_sales import CaseKind, CaseRequest
from bot.shop.customer import Recipient
from bot.shop.demo import Demo
from bot.shop.embedded_shop import EmbeddedShop
from bot.shop.http_shop import HttpShop
from bot.shop.money import Money
from bot.shop.order import InvoiceRequest
from tests.desk import Clock

pytestmark = pytest.mark.anyio
Shop = EmbeddedShop | HttpShop

SHIPPED, SIGNED, LONG_AGO = "YS2600010001", "YS2600010002", "YS2600010003"
PAID, UNPAID, LATE = "YS2600020001", "YS2600020002", "YS2600020003"
VACUUM, ROBOT = "YS2600040001", "YS2600040002"
HOME = Recipient("李建国", "15400021357", Address.parse("广东省深圳市南山区科苑路8号2栋1203"))


async def refusal(work: object) -> NotAllowed:
    with pytest.raises(NotAllowed) as raised:
        await work  # type: ignore[misc]
    assert raised.value.sentence.endswith("。")
    return raised.value


async def test_a_customer_sees_their_own_orders_newest_first(shop: Shop) -> None:
    orders = await shop.orders("demo-chen")
    assert {order.number for order in orders} == {SHIPPED, SIGNED, LONG_AGO}
    assert [order.placed_at for order in orders] == sorted((o.placed_at for o in orders), reverse=True)
    assert await shop.order("demo-chen", SHIPPED) in orders


@pytest.mark.parametrize("number", [PAID, "YS0000000000"])
async def test_a_foreign_order_is_as_unknown_as_none(shop: Shop, number: str) -> None:
    with pytest.raises(OrderNotFound) as raised:
        await shop.order("demo-chen", number)
    assert str(raised.value) == "the customer has no such order"
    with pytest.raises(OrderNotFound):
        await shop.cancel("demo-chen", number, "", "m1")


async def test_nobody_has_no_orders(shop: Shop) -> None:
    assert await shop.orders("nobody") == ()
    assert await shop.customer("nobody") is None


async def test_the_owner_of_an_order_is_told_by_four_digits(shop: Shop) -> None:
    found = await shop.customer_by_order(PAID, "1357")
    assert found is not None
    assert found == await shop.customer("demo-li")
    assert await shop.customer_by_order(PAID, "1358") is None
    assert await shop.customer_by_order("YS0000000000", "1357") is None


async def test_a_paid_order_is_cancelled_with_a_refund_in_full(shop: Shop) -> None:
    before = await shop.order("demo-li", PAID)
    order = await shop.cancel("demo-li", PAID, "拍错了", "m1")
    assert order.state == "cancelled"
    assert [(refund.amount, refund.state) for refund in order.refunds] == [(before.total, "refunding")]
    assert order.state_text == "退款中"
    assert await shop.order("demo-li", PAID) == order
    assert (await refusal(shop.cancel("demo-li", PAID, "", "m2"))).reason == "already_cancelled"


async def test_an_unpaid_order_is_cancelled_without_a_refund(shop: Shop) -> None:
    order = await shop.cancel("demo-li", UNPAID, "", "m1")
    assert (order.state, order.refunds) == ("cancelled", ())


async def test_what_is_on_its_way_is_not_cancelled(shop: Shop) -> None:
    error = await refusal(shop.cancel("demo-chen", SHIPPED, "", "m1"))
    assert (error.reason, error.agent_may) == ("already_shipped", True)
    assert (await refusal(shop.cancel("demo-chen", SIGNED, "", "m1"))).reason == "already_signed"
    assert (await shop.order("demo-chen", SHIPPED)).state == "shipped"


async def test_the_address_changes_once_and_before_dispatch(shop: Shop) -> None:
    changed = await shop.change_address("demo-li", PAID, HOME, "m1")
    assert changed.recipient == HOME
    assert (await refusal(shop.change_address("demo-li", PAID, HOME, "m2"))).reason == "changed_once"
    assert (await refusal(shop.change_address("demo-chen", SHIPPED, HOME, "m1"))).reason == "already_shipped"


async def test_a_variant_changes_once_and_before_dispatch(shop: Shop) -> None:
    line = (await shop.order("demo-li", PAID)).lines[0]
    wanted = line.other_variants[0]
    assert (
        await refusal(shop.change_variant("demo-li", PAID, "1", "没有的", "m0"))
    ).reason == "no_such_variant"
    changed = await shop.change_variant("demo-li", PAID, "1", wanted, "m1")
    assert changed.lines[0].variant == wanted
    assert line.variant in changed.lines[0].other_variants
    again = shop.change_variant("demo-li", PAID, "1", str(line.variant), "m2")
    assert (await refusal(again)).reason == "changed_once"


async def test_an_order_is_urged_where_it_hangs(shop: Shop) -> None:
    assert (await shop.urge("demo-li", LATE, "m1")).kind == "dispatch"
    assert (await shop.urge("demo-wu", "YS2600050002", "m1")).kind == "courier"
    assert (await refusal(shop.urge("demo-chen", SHIPPED, "m1"))).reason == "on_its_way"
    assert (await refusal(shop.urge("demo-li", UNPAID, "m1"))).reason == "not_paid"


async def test_an_invoice_is_for_what_was_paid_and_once(shop: Shop) -> None:
    request = InvoiceRequest("company", "杭州松果科技有限公司", "a@example.com", "91330100MA00000000")
    order = await shop.order("demo-chen", LONG_AGO)
    invoice = await shop.request_invoice("demo-chen", LONG_AGO, request, "m1")
    assert (invoice.amount, invoice.title) == (order.total, request.title)
    second = shop.request_invoice("demo-chen", LONG_AGO, request, "m2")
    assert (await refusal(second)).reason == "already_invoiced"
    early = shop.request_invoice("demo-chen", SIGNED, request, "m1")
    assert (await refusal(early)).reason == "not_completed"


@pytest.mark.parametrize(
    ("customer", "number", "kind", "prefix"),
    [
        ("demo-chen", SIGNED, "return", "TH"),
        ("demo-chen", SIGNED, "exchange", "HH"),
        ("demo-zhou", ROBOT, "repair", "WX"),
    ],
)
async def test_a_case_has_a_number_and_is_part_of_its_order(
    shop: Shop, customer: str, number: str, kind: CaseKind, prefix: str
) -> None:
    case = await shop.open_case(customer, number, CaseRequest(kind, "1", "quality", "充不进电"), "m1")
    assert case.number.startswith(prefix)
    assert len(case.number) == 12
    assert (case.state, case.freight) == ("reviewing", "shop")
    assert (await shop.order(customer, number)).open_case == case
    second = await refusal(shop.open_case(customer, number, CaseRequest(kind, "1", "quality"), "m2"))
    assert second.reason == "case_open"
    assert case.number in second.sentence


async def test_the_same_message_again_changes_nothing(shop: Shop) -> None:
    request = CaseRequest("return", "1", "unwanted")
    made = await asyncio.gather(*(shop.open_case("demo-chen", SIGNED, request, "m1") for _ in range(5)))
    assert len({case.number for case in made}) == 1
    assert len((await shop.order("demo-chen", SIGNED)).cases) == 1
    cancelled = [await shop.cancel("demo-li", PAID, "", "m2") for _ in range(2)]
    assert cancelled[0] == cancelled[1]
    urged = [await shop.urge("demo-li", LATE, "m3") for _ in range(2)]
    assert urged[0] == urged[1]


async def test_one_message_may_do_two_things(shop: Shop) -> None:
    await shop.change_address("demo-li", PAID, HOME, "m1")
    assert (await shop.cancel("demo-li", PAID, "", "m1")).state == "cancelled"


async def test_a_key_is_one_customers_own(shop: Shop) -> None:
    await shop.cancel("demo-li", PAID, "", "m1")
    with pytest.raises(OrderNotFound):
        await shop.cancel("demo-chen", PAID, "", "m1")


async def test_every_demo_order_can_be_read(shop: Shop, demo: Demo, clock: Clock) -> None:
    read = [order for customer in demo.customers for order in await shop.orders(customer.id)]
    assert len(read) == 300
    assert all(order.placed_at <= clock.now for order in read)
    for order in read:
        assert sum((line.paid for line in order.lines), Money(0)) + order.freight == order.total
