"""The demo: the same 300 orders every time, in every state, and never stale."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import Settings
from bot.errors import ConfigurationError
from bot.nlu.entities import Catalogue, find_entities
from bot.shop.after_sales import CASE_STATES, REFUND_STATES
from bot.shop.demo import Demo, build_demo
from bot.shop.embedded_shop import EmbeddedShop
from bot.shop.order import ORDER_STATES
from bot.shop.shop import DEMO, load_shop
from tests.desk import MORNING, Clock

pytestmark = pytest.mark.anyio


def test_the_demo_is_the_same_every_time(demo: Demo) -> None:
    assert build_demo(DEMO) == demo
    assert (len(demo.orders), len(demo.customers)) == (300, 80)


def test_every_state_occurs(demo: Demo) -> None:
    orders = [one.order for one in demo.orders]
    assert {order.state for order in orders} == set(ORDER_STATES)
    assert {case.state for order in orders for case in order.cases} == set(CASE_STATES)
    states = {refund.state for order in orders for refund in order.refunds}
    assert states == set(REFUND_STATES) - {"reviewing"}
    assert {case.kind for order in orders for case in order.cases} == {"return", "exchange", "repair"}
    assert Counter(len(order.shipments) for order in orders)[2] > 5


def test_everybody_is_invented(demo: Demo) -> None:
    assert all(re.fullmatch(r"154\d{8}", customer.phone) for customer in demo.customers)
    assert len({customer.phone for customer in demo.customers}) == 80


def test_customers_can_name_what_they_bought(demo: Demo) -> None:
    catalogue = Catalogue.read(DEMO.parent / "nlu" / "products.txt")
    names = {name for _, name in catalogue.words}
    for order in (one.order for one in demo.orders):
        assert [(e.kind, e.value) for e in find_entities(order.number, catalogue)] == [
            ("order_number", order.number)
        ]
        assert {line.product for line in order.lines} <= names
        for parcel in order.shipments:
            found = find_entities(parcel.tracking_number, catalogue)
            assert [entity.kind for entity in found] == ["tracking_number"]


def test_the_page_of_the_demo_tells_the_truth(demo: Demo) -> None:
    page = (DEMO / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S+) \| (\d{4}) \| `(YS\d{10})` \|", page, re.M)
    people = {customer.id: customer for customer in demo.customers}
    plan = yaml.safe_load((DEMO / "demo.yml").read_text(encoding="utf-8"))
    planned = {order["number"] for customer in plan["customers"] for order in customer["orders"]}
    assert {row[2] for row in rows} == planned
    owners = {one.order.number: people[one.order.customer] for one in demo.orders}
    for name, ending, number in rows:
        assert (owners[number].name, owners[number].phone[-4:]) == (name, ending)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.integers(0, 3 * 366 * 24 * 60))
async def test_the_demo_never_grows_stale(embedded: EmbeddedShop, clock: Clock, minutes: int) -> None:
    now = clock.now = MORNING + timedelta(minutes=minutes)
    waiting = await embedded.order("demo-li", "YS2600020002")
    assert waiting.pay_by is not None
    assert now < waiting.pay_by
    assert waiting.placed_at <= now
    on_its_way = await embedded.order("demo-chen", "YS2600010001")
    latest = on_its_way.shipments[0].latest
    assert latest is not None
    assert timedelta(0) <= now - latest.at < timedelta(days=1)
    signed = await embedded.order("demo-chen", "YS2600010002")
    assert signed.signed_at is not None
    assert timedelta(days=3) <= now - signed.signed_at < timedelta(days=4)
    silent = (await embedded.order("demo-wu", "YS2600050002")).shipments[0].latest
    assert silent is not None
    assert now - silent.at >= timedelta(hours=48)


async def test_what_somebody_touched_ages(embedded: EmbeddedShop, clock: Clock) -> None:
    await embedded.cancel("demo-li", "YS2600020001", "", "m1")
    cancelled = await embedded.order("demo-li", "YS2600020001")
    clock.advance(days=9)
    assert await embedded.order("demo-li", "YS2600020001") == cancelled


async def test_the_shop_is_loaded_from_the_settings(tmp_path: Path, demo: Demo) -> None:
    configured = Settings(var=tmp_path / "new", _env_file=None)
    for _ in range(2):
        shop = load_shop(configured, clock=Clock())
        assert (await shop.access.prove("c1", "YS2600010001", "2468", "m1")).result == "right"
        await shop.close()
    hosted = load_shop(Settings(var=tmp_path, shop_url="http://127.0.0.1:9", _env_file=None))
    assert hosted.http is hosted.orders
    await hosted.close()


def test_unusable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="catalogue"):
        build_demo(tmp_path)
    for name in ("catalogue", "people", "demo"):
        (tmp_path / f"{name}.yml").write_text("products: [{}]", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="unusable"):
        build_demo(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"shop\.db"):
        load_shop(Settings(var=tmp_path / "file", _env_file=None))
