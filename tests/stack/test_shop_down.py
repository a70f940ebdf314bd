"""The shop's systems fail, dawdle or talk nonsense: a sentence and a ticket each time; the FAQ goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bot.shop.demo import build_demo
from bot.shop.embedded_shop import EmbeddedShop
from bot.shop.shop import DEMO
from bot.shop.tables import open_shop_database
from tests.conversations.utterances import FREIGHT, FREIGHT_ANSWER
from tests.shop import site
from tests.shop.stub import TOKEN, Host, serve
from tests.stack.customer import Customer
from tests.stack.dialogue_player import open_form, transcript
from tests.stack.records import assert_promises, handoffs
from tests.stack.stack import Stack, running_stack, until

FAULTS: dict[str, Callable[[Host], None]] = {
    "5xx": lambda host: host.answer("{}", 503),
    "slow": lambda host: host.delay(4.0),
    "no JSON": lambda host: host.answer("<html>维护中</html>"),
    "another shape": lambda host: host.answer('{"orders": "none"}'),
    "locked out": lambda host: host.answer("{}", 401),
}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """The host's shop with the demo's orders."""
    database = open_shop_database(tmp_path_factory.mktemp("shop") / "shop.db")
    shop = EmbeddedShop(database)
    demo = build_demo(DEMO)
    shop.seed(demo.customers, demo.orders)
    with serve() as running:
        running.open(shop)
        yield running
    database.close()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, host: Host) -> Iterator[Stack]:
    """The product in front of it."""
    with running_stack(
        tmp_path_factory.mktemp("stack"),
        shop_url=host.url,
        shop_token=TOKEN,
        shop_timeout=0.5,
        identity_secret=site.SECRET,
    ) as running:
        yield running


def arrive(stack: Stack, visitor: str | None = "demo-chen") -> Customer:
    identity = site.token(visitor, datetime.now(UTC)) if visitor else None
    return Customer(stack.url, identity=identity).connect()


@pytest.fixture
def healthy(stack: Stack, host: Host) -> Host:
    """The shop answers, and the product has noticed."""
    host.heal()

    def answers() -> bool:
        with closing(arrive(stack)) as customer:
            return "YS2600010001" in customer.say("查一下 YS2600010001 到哪了")[0]["text"]

    until(answers, 60, "the shop's recovery")
    return host


@pytest.mark.parametrize("fault", FAULTS)
def test_an_order_cannot_be_looked_up(stack: Stack, healthy: Host, fault: str) -> None:
    FAULTS[fault](healthy)
    with closing(arrive(stack)) as customer:
        told = customer.say("我的快递到哪了")
        assert told[-1]["text"].strip()
        assert handoffs(stack, customer) == ["failing_part"], transcript(customer)
        assert_promises(stack, [customer])


def test_an_identity_cannot_be_proved_and_no_try_is_lost(stack: Stack, healthy: Host) -> None:
    FAULTS["5xx"](healthy)
    with closing(arrive(stack, None)) as customer:
        told = customer.say("查订单 YS2600050001 尾号8810")
        assert handoffs(stack, customer) == ["failing_part"], transcript(customer)
        assert "2 次" not in told[-1]["text"]
        assert_promises(stack, [customer])


def test_the_last_step_of_a_form_fails(stack: Stack, healthy: Host) -> None:
    with closing(arrive(stack)) as customer:
        customer.say("蓝牙耳机我要退货，不想要了")
        assert open_form(stack, customer) == "return_form", transcript(customer)
        FAULTS["5xx"](healthy)
        told = customer.say("确认")
        assert handoffs(stack, customer) == ["failing_part"], transcript(customer)
        assert "TH" not in told[-1]["text"]
        assert_promises(stack, [customer])


def test_questions_and_forms_without_orders_go_on(stack: Stack, healthy: Host) -> None:
    FAULTS["5xx"](healthy)
    with closing(arrive(stack)) as customer:
        assert FREIGHT_ANSWER in customer.say(FREIGHT)[0]["text"]
        customer.say("给我回个电话 13800138000")
        assert "138****8000" in customer.say("随时都行")[0]["text"], transcript(customer)
        assert not handoffs(stack, customer)
        assert_promises(stack, [customer])
