"""The fact sheet of data/faq/README.md, at the edges of every span."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import NotAllowed
from bot.shop import rules
from bot.shop.after_sales import CaseKind, CaseRequest, Reason
from bot.shop.deadlines import SHOP_ZONE, add_months, working_days
from bot.shop.demo import Demo
from bot.shop.order import Order

SIGNED = datetime(2026, 11, 10, 13, 0, tzinfo=SHOP_ZONE)
DAY_7 = datetime(2026, 11, 17, 23, 59, 59, tzinfo=SHOP_ZONE)
DAY_15 = datetime(2026, 11, 25, 23, 59, 59, tzinfo=SHOP_ZONE)
SECOND = timedelta(seconds=1)


def signed(demo: Demo, number: str) -> Order:
    order = next(one.order for one in demo.orders if one.order.number == number)
    parcels = tuple(replace(parcel, signed_at=SIGNED) for parcel in order.shipments)
    return replace(order, state="signed", shipments=parcels, cases=())


def terms(order: Order, kind: CaseKind, reason: Reason, now: datetime) -> str:
    """Who pays, or the reason of the refusal."""
    try:
        return rules.check_case(order, CaseRequest(kind, "1", reason), now).freight
    except NotAllowed as error:
        return error.reason


@pytest.mark.parametrize(
    ("kind", "reason", "last", "payer"),
    [
        ("return", "unwanted", DAY_7, "customer"),
        ("exchange", "wrong_fit", DAY_7, "customer"),
        ("return", "quality", DAY_15, "shop"),
        ("exchange", "quality", DAY_15, "shop"),
        ("exchange", "wrong_item", DAY_15, "shop"),
        ("return", "damaged", SIGNED + timedelta(hours=48), "shop"),
        ("exchange", "missing_part", SIGNED + timedelta(hours=48), "shop"),
    ],
)
def test_spans(demo: Demo, kind: CaseKind, reason: Reason, last: datetime, payer: str) -> None:
    order = signed(demo, "YS2600010002")
    assert terms(order, kind, reason, SIGNED + SECOND) == payer
    assert terms(order, kind, reason, last.astimezone(UTC)) == payer
    assert terms(order, kind, reason, last + SECOND) == "too_late"


def test_goods_that_are_not_taken_back_without_reason(demo: Demo) -> None:
    order = signed(demo, "YS2600050004")
    assert terms(order, "return", "unwanted", SIGNED + SECOND) == "not_returnable"
    assert terms(order, "return", "quality", SIGNED + SECOND) == "shop"
    assert terms(order, "exchange", "wrong_fit", SIGNED + SECOND) == "customer"


def test_a_repair_costs_nothing_for_a_year(demo: Demo) -> None:
    order = signed(demo, "YS2600040002")
    assert terms(order, "repair", "quality", add_months(SIGNED, 12)) == "shop"
    assert terms(order, "repair", "quality", add_months(SIGNED, 12) + SECOND) == "customer"
    assert terms(signed(demo, "YS2600010003"), "repair", "quality", SIGNED + SECOND) == "not_repairable"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("YS2600020001", "not_shipped"),
        ("YS2600010001", "not_signed"),
        ("YS2600030003", "already_cancelled"),
        ("YS2600030001", "case_open"),
        ("YS2600030002", "returned"),
    ],
)
def test_what_has_not_arrived_or_is_settled(demo: Demo, number: str, reason: str) -> None:
    order = next(one.order for one in demo.orders if one.order.number == number)
    assert terms(order, "return", "quality", order.placed_at + timedelta(days=9)) == reason


def test_an_unknown_line_is_refused(demo: Demo) -> None:
    with pytest.raises(NotAllowed, match="no_such_line"):
        rules.check_case(signed(demo, "YS2600010002"), CaseRequest("return", "9", "quality"), SIGNED)


def test_an_invoice_within_a_year_of_completion(demo: Demo) -> None:
    order = replace(signed(demo, "YS2600010003"), state="completed", completed_at=SIGNED)
    rules.check_invoice(order, add_months(SIGNED, 12))
    with pytest.raises(NotAllowed) as raised:
        rules.check_invoice(order, add_months(SIGNED, 12) + SECOND)
    assert raised.value.agent_may


KINDS: tuple[CaseKind, ...] = ("return", "exchange", "repair")
WHY: tuple[Reason, ...] = ("unwanted", "quality", "damaged")


def test_every_refusal_is_a_sentence_that_goes_on(demo: Demo) -> None:
    now = datetime(2026, 11, 18, tzinfo=SHOP_ZONE)
    requests = [CaseRequest(kind, "1", reason) for kind in KINDS for reason in WHY]
    checks: list[Callable[[Order], object]] = [
        rules.check_cancel,
        rules.check_address,
        lambda order: rules.check_urge(order, now),
        lambda order: rules.check_invoice(order, now),
        *(functools.partial(rules.check_case, request=request, now=now) for request in requests),
    ]
    sentences = set()
    for one in demo.orders:
        for check in checks:
            try:
                check(one.order)
            except NotAllowed as error:
                sentences.add(error.sentence)
    assert len(sentences) > 20
    assert all(10 <= len(sentence) <= 90 and sentence.endswith("。") for sentence in sentences)


def test_calendar() -> None:
    friday = datetime(2026, 11, 20, 10, tzinfo=SHOP_ZONE)
    assert working_days(friday, 1).date().isoformat() == "2026-11-23"
    assert working_days(friday, 3).date().isoformat() == "2026-11-25"
    assert add_months(datetime(2028, 2, 29, tzinfo=UTC), 12).date().isoformat() == "2029-02-28"
