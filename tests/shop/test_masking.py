"""What is left of personal data."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.demo import Demo
from bot.shop.masking import mask_email, mask_name, mask_phone
from bot.shop.order import Order, Shipment, TrackingEvent
from tests.desk import MORNING


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("+8613812341234", "138****1234"),
        ("13812341234*8", "381****2348"),
        ("0571-8812", "****12"),
        ("110", "****10"),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_names_and_addresses() -> None:
    assert mask_name("王小明") == mask_name("王芳") == "王*"
    assert mask_email("wang@mail.example") == "w***@***"


@given(st.text(min_size=1, max_size=12) | st.from_regex(r"\+?[0-9*-]{4,16}", fullmatch=True))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask_name(mask_name(text)) == mask_name(text)
    assert mask_phone(mask_phone(text)) == mask_phone(text)


def test_a_courier_who_writes_everything_down(demo: Demo) -> None:
    order = next(one.order for one in demo.orders if one.order.number == "YS2600050001")
    told = f"【签收】{order.recipient.name}，{order.recipient.phone}，转15400009999"
    parcel: Shipment = order.shipments[0]
    shown: Order = replace(
        order, shipments=(replace(parcel, events=(TrackingEvent(MORNING, told),)),)
    ).masked()
    assert shown.shipments[0].events[0].text == "【签收】吴*，154****8810，转154****9999"
