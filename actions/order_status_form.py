"""Form: where is my order. Ends with its state, the parcel's latest trace, and what can be done now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from actions.form import Form
from actions.identity_fields import IDENTITY_FIELDS
from actions.moment import day, moment
from actions.order_field import goods, order_field
from actions.speech import Speech
from actions.tasks import task_button
from actions.view import View
from bot.errors import NotAllowed
from bot.shop import rules
from bot.shop.known_customer import KnownCustomer
from bot.shop.order import BEFORE_DISPATCH, UNDERWAY, Order, Shipment

# What customers do next in each state.
_NEXT: dict[str, tuple[str, ...]] = {
    "pending_payment": ("cancel_order", "change_address"),
    "paid": ("urge_shipping", "change_address", "cancel_order"),
    "packing": ("urge_shipping", "change_address", "cancel_order"),
    "signed": ("request_return", "request_exchange"),
    "completed": ("request_return", "request_invoice"),
}


async def finish(view: View, _customer: KnownCustomer | None) -> tuple[Speech, ...]:
    """Tell the order's state, then its open case or refund."""
    order = view.order
    assert order is not None, "the form asks for an order"
    return (state_speech(order, view.now), *_after_sales(order))


def state_speech(order: Order, now: datetime) -> Speech:
    """The state in the domain's words, with buttons for what may be done."""
    # What has an open case is neither returned nor exchanged once more.
    following = _NEXT.get(order.state, ()) if order.open_case is None else ()
    buttons = tuple(task_button(intent) for intent in following)
    response = f"utter_status_{order.state}"
    if order.state in {"paid", "packing"} and order.dispatch_by and order.dispatch_by < now:
        response = "utter_status_late"
    if _silent(order, now):
        response, buttons = "utter_status_silent", (task_button("urge_shipping"),)
    return Speech(response=response, values=_facts(order), buttons=buttons)


def _silent(order: Order, now: datetime) -> bool:
    if order.state not in UNDERWAY:
        return False
    try:
        return rules.check_urge(order, now) == "courier"
    except NotAllowed:
        return False


def _facts(order: Order) -> Mapping[str, str]:
    parcels = [parcel for parcel in order.shipments if parcel.signed_at is None] or list(order.shipments)
    facts = {"order": order.number, "goods": goods(order), "total": str(order.total)}
    if order.pay_by:
        facts["pay_by"] = moment(order.pay_by)
    if order.dispatch_by:
        facts["dispatch_by"] = moment(order.dispatch_by)
    if parcels:
        facts |= _parcel(parcels[0])
    if order.signed_at:
        facts["signed_at"] = moment(order.signed_at)
    if order.cancelled_at:
        facts["cancelled_at"] = moment(order.cancelled_at)
        facts["cancel_reason"] = order.cancel_reason or "按您的要求取消"
    return facts


def _parcel(parcel: Shipment) -> dict[str, str]:
    latest = parcel.latest
    trace = f"{moment(latest.at)} {latest.text}" if latest else "快递已揽件，暂无更多轨迹"
    expected = f"预计 {day(parcel.expected_on)} 送达" if parcel.expected_on else "送达时间请以快递通知为准"
    return {
        "courier": parcel.courier,
        "tracking": parcel.tracking_number,
        "trace": trace.rstrip("。"),
        "expected": expected,
    }


def _after_sales(order: Order) -> tuple[Speech, ...]:
    case = order.open_case
    if case is not None:
        values = {"case": case.state_text, "number": case.number}
        return (Speech(response="utter_status_case", values=values),)
    refund = order.refunds[-1] if order.refunds else None
    if refund is None or not refund.is_open:
        return ()
    return (Speech(response="utter_status_refund", buttons=(task_button("ask_refund_progress"),)),)


ORDER_STATUS_FORM = Form(
    name="order_status_form",
    fields=(*IDENTITY_FIELDS, order_field(lambda order: order.state in BEFORE_DISPATCH | UNDERWAY)),
    stopped="utter_stop",
    finish=finish,
    entries=("orders-status",),
)
