"""Form: send an order elsewhere while it is not sent yet."""

from __future__ import annotations

import re

from actions.confirmation import confirmation
from actions.form import SKIPPED, Field, Form
from actions.identity_fields import IDENTITY_FIELDS
from actions.order_field import goods, order_field
from actions.recipient import bare_recipient, named_recipient, recipient_beside, without_recipient
from actions.speech import Speech
from actions.view import ORDER, View
from bot.errors import AddressIncomplete, AddressNotServed
from bot.shop import rules
from bot.shop.address import Address
from bot.shop.known_customer import KnownCustomer
from bot.shop.order import BEFORE_DISPATCH

ADDRESS, RECIPIENT, PHONE = "address", "address_recipient", "address_phone"
_LEAD = re.compile(
    r"^.*?(?:改成|改到|换成|换到|改为|寄到|送到|发到|收货地址是|新地址是|地址是|地址[:：]|是(?=.{2,}[省市区]))"
)
_LOOKS_LIKE = re.compile(r"省|市|区|县|路|街|镇|乡|村|小区|号|栋|室")
_ASKS = re.compile(r"吗|么|呢|怎么|多少|多久|[?？]")
_NEW_PHONE = re.compile(
    r"(?:电话|手机|号码).{0,4}[改换]|[改换].{0,4}(?:电话|手机|号码)|收件.?电话|收货.?电话|联系电话"
)
# What follows the house and is no part of it: 谢谢, 不是原来那个.
_AFTER = re.compile(r"(?<=[0-9号栋幢座室楼层])[\s，,。；;、]+(?!.*[0-9号栋幢座室楼层]).*$")
# A mistyped phone is no house.
_LONG_NUMBER = re.compile(r"(?<!\d)\d{7,}(?!\d)")
_PARTICLE = re.compile(r"(?:[吧哦哈啊呀啦]|谢谢|(?:可以|行|好|对)[吗不]?[?？]?)+$")


def read_address(view: View) -> str | None:
    """A whole address, written with or without a lead such as 改成."""
    for text in _addresses(view):
        try:
            return str(Address.find(text))
        except (AddressIncomplete, AddressNotServed):
            continue
    return None


def read_first_address(view: View) -> str | None:
    """Only behind a lead: other messages name places, too."""
    return read_address(view) if _LEAD.match(without_recipient(view)) else None


def read_corrected(view: View) -> str | None:
    """Instead of the address that is held: another one, or its house put right (是487号, 再加个门牌601)."""
    words = without_recipient(view)
    if ADDRESS not in view.values or view.turn.choice or _ASKS.search(words):
        return None
    whole = read_address(view)
    if whole is not None:
        return whole
    held = Address.parse(view.values[ADDRESS]).corrected(words)
    return str(held) if held else None


def _addresses(view: View) -> tuple[str, ...]:
    words = _PARTICLE.sub("", _AFTER.sub("", _LONG_NUMBER.sub(" ", without_recipient(view))))
    return _LEAD.sub("", words), words


def _trouble(view: View) -> str | None:
    words = without_recipient(view)
    if not _LOOKS_LIKE.search(words) or _ASKS.search(words):
        return None
    try:
        Address.find(_LEAD.sub("", words))
    except AddressNotServed:
        return "utter_address_not_served"
    except AddressIncomplete:
        return "utter_address_incomplete"
    return None


def read_recipient(view: View) -> str | None:
    """A name, once it was asked for."""
    return bare_recipient(view.turn.text)


def read_first_recipient(view: View) -> str | None:
    """A name that is called the recipient's, or that stands beside an address."""
    return recipient_beside(view.turn.text) if read_address(view) else named_recipient(view.turn.text)


def read_phone(view: View) -> str | None:
    """The mobile number in the message."""
    return view.turn.mention("phone")


def read_first_phone(view: View) -> str | None:
    """A number beside an address or called the recipient's; another one may be a proof of identity."""
    if read_address(view) or (view.known and _NEW_PHONE.search(view.turn.text)):
        return read_phone(view)
    return None


def check(view: View) -> None:
    """As soon as the order is known."""
    if view.order is not None:
        rules.check_address(view.order)


async def finish(view: View, customer: KnownCustomer | None) -> tuple[Speech, ...]:
    """Change it; name and phone stay unless given."""
    assert customer is not None, "the form identifies"
    address = Address.parse(view.values[ADDRESS])
    name, phone = _given(view)
    order = await customer.change_address(
        view.values[ORDER], address, view.turn.message_id, name=name, phone=phone
    )
    facts = {"order": order.number, "address": view.values[ADDRESS], "recipient": _recipient(view)}
    return (Speech(response="utter_address_done", values=facts),)


def _summary(view: View) -> dict[str, str]:
    order = view.order
    assert order is not None, "confirmed after the order is chosen"
    return {
        "order": order.number,
        "goods": goods(order),
        "address": view.values[ADDRESS],
        "recipient": _recipient(view),
    }


def _given(view: View) -> tuple[str | None, str | None]:
    held = (view.values.get(slot, SKIPPED) for slot in (RECIPIENT, PHONE))
    name, phone = (None if value == SKIPPED else value for value in held)
    return name, phone


def _recipient(view: View) -> str:
    name, phone = _given(view)
    if name is None and phone is None:
        return "收件人和电话不变"
    who = f"收件人改为{name}" if name else "收件人不变"
    return f"{who}，电话" + (f"改为 {phone}" if phone else "不变")


def _phone_trouble(view: View) -> str | None:
    mistyped = _LONG_NUMBER.search(view.turn.text) and not read_phone(view)
    return "utter_ask_new_phone_again" if mistyped and not view.turn.mention("order_number") else None


def _as_it_is(_view: View) -> str:
    return SKIPPED


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
            anew=read_corrected,
            trouble=_trouble,
            title="地址",
        ),
        Field(
            slot=RECIPIENT,
            prompts="new_recipient",
            read=read_recipient,
            read_first=read_first_recipient,
            default=_as_it_is,
            title="收件人",
            optional=True,
        ),
        Field(
            slot=PHONE,
            prompts="new_phone",
            read=read_phone,
            read_first=read_first_phone,
            trouble=_phone_trouble,
            default=_as_it_is,
            title="电话",
            optional=True,
        ),
        confirmation("address_confirm", _summary),
    ),
    stopped="utter_address_stopped",
    finish=finish,
    check=check,
    entries=("shipping-change-address",),
)
