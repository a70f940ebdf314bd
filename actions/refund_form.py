"""Form: how far is my refund."""

from __future__ import annotations

from dataclasses import replace

from actions.case_progress import case_speech
from actions.form import Form
from actions.identity_fields import IDENTITY_FIELDS
from actions.moment import day, moment
from actions.order_field import goods, order_field
from actions.speech import Speech
from actions.tasks import task_button
from actions.view import ORDER, View
from bot.shop.after_sales import Refund
from bot.shop.known_customer import KnownCustomer
from bot.shop.order import Order


def has_refund(order: Order) -> bool:
    """Whether money went back or is on its way, or will be once a return is through."""
    return bool(order.refunds) or any(case.is_open and case.kind == "return" for case in order.cases)


async def finish(view: View, _customer: KnownCustomer | None) -> tuple[Speech, ...]:
    """The newest refund of the order; where there is none, the case that is under way, if there is one.

    Who has just sent in a repair and asks for anything of it must not hear that there is nothing.
    """
    order = view.order
    if order is None or not order.refunds:
        open_cases = [
            case for held in ((order,) if order else view.orders) for case in held.cases if case.is_open
        ]
        case = max(open_cases, key=lambda case: case.opened_at, default=None)
        if case is not None and case.kind != "return":
            return (case_speech(case),)
        if case is not None:
            values = {"case": case.state_text, "number": case.number}
            return (Speech(response="utter_refund_waits_for_case", values=values),)
        buttons = (task_button("request_return"), task_button("cancel_order"))
        return (Speech(response="utter_refund_none", buttons=buttons),)
    return (_speech(order, order.refunds[-1]),)


def _speech(order: Order, refund: Refund) -> Speech:
    facts = {
        "order": order.number,
        "goods": goods(order),
        "amount": str(refund.amount),
        "target": refund.target,
        "number": refund.number,
    }
    if refund.expected_by:
        facts["expected_by"] = day(refund.expected_by)
    if refund.refunded_at:
        facts["refunded_at"] = moment(refund.refunded_at)
    return Speech(response=f"utter_refund_{refund.state}", values=facts)


_ORDER = order_field(has_refund)

REFUND_FORM = Form(
    name="refund_form",
    fields=(
        *IDENTITY_FIELDS,
        # Nobody is asked which order when no order has a refund.
        replace(
            _ORDER,
            needed=lambda view: view.known and (ORDER in view.values or any(map(has_refund, view.orders))),
        ),
    ),
    stopped="utter_stop",
    finish=finish,
    entries=("refunds-progress",),
)
