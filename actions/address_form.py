"""Form: send an order elsewhere while it is not sent yet."""

from __future__ import annotations

import re

from actions.confirmation import confirmation
from actions.form import Field, Form
from actions.identity_fields import IDENTITY_FIELDS
from actions.order_field import goods, order_field
from actions.speech import Speech
from actions.view import ORDER, View
from bot.errors import AddressIncomplete, AddressNotServed
from bot.shop import rules
from bot.shop.address import Address
from bot.shop.known_customer import KnownCustomer
from bot.shop.order import BEFORE_DISPATCH

ADDRESS = "address"
_LEAD = re.compile(
    r"^.*?(?:改成|改到|换成|换到|改为|寄到|送到|发到|收货地址是|新地址是|地址是|地址[:：]|是(?=.{2,}[省市区]))"
)
_LOOKS_LIKE = re.compile(r"省|市|区|县|路|街|镇|乡|村|小区|号|栋|室")
_ASKS = re.compile(r"吗|么|呢|怎么|多少|多久|[?？]")


def read_address(view: View) -> str | None:
    """A whole address, written with or without a lead such as 改成."""
    for text in (_LEAD.sub("", _words(view)), _words(view)):
        try:
            return str(Address.parse(text))
        except (AddressIncomplete, AddressNotServed):
            continue
    return None


def read_first_address(view: View) -> str | None:
    """Only behind a lead: other messages name places, too."""
    return read_address(view) if _LEAD.match(_words(view)) else None


def _trouble(view: View) -> str | None:
    words = _words(view)
    if not _LOOKS_LIKE.search(words) or _ASKS.search(words):
        return None
    try:
        Address.parse(_LEAD.sub("", words))
    except AddressNotServed:
        return "utter_address_not_served"
    except AddressIncomplete:
        return "utter_address_incomplete"
    return None


def _words(view: View) -> str:
    text = view.turn.text
    for mention in view.turn.mentions:
        if mention.kind in ("order_number", "phone"):
            text = text.replace(view.turn.text[mention.start : mention.end], " ")
    return text.strip(" ，。！!,.")


def check(view: View) -> None:
    """As soon as the order is known."""
    if view.order is not None:
        rules.check_address(view.order)


async def finish(view: View, customer: KnownCustomer | None) -> tuple[Speech, ...]:
    """Change it; name and phone stay."""
    assert customer is not None, "the form identifies"
    address = Address.parse(view.values[ADDRESS])
    order = await customer.change_address(view.values[ORDER], address, view.turn.message_id)
    facts = {"order": order.number, "address": view.values[ADDRESS]}
    return (Speech(response="utter_address_done", values=facts),)


def _summary(view: View) -> dict[str, str]:
    order = view.order
    assert order is not None, "confirmed after the order is chosen"
    return {"order": order.number, "goods": goods(order), "address": view.values[ADDRESS]}


ADDRESS_FORM = Form(
    name="address_form",
    fields=(
        *IDENTITY_FIELDS,
        order_field(lambda order: order.state in BEFORE_DISPATCH and not order.address_changed),
        Field(
            slot=ADDRESS,
            prompts="new_address",
            read=read_address,
            read_first=read_first_address,
            trouble=_trouble,
            title="地址",
        ),
        confirmation("address_confirm", _summary),
    ),
    stopped="utter_address_stopped",
    finish=finish,
    check=check,
    entries=("shipping-change-address",),
)
