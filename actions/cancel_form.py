"""Form: cancel an order that is not sent yet."""

from __future__ import annotations

import re

from actions.confirmation import confirmation
from actions.form import SKIPPED, Field, Form, choice_button
from actions.identity_fields import IDENTITY_FIELDS
from actions.moment import day
from actions.order_field import goods, order_field
from actions.speech import Speech
from actions.tasks import other_task
from actions.view import ORDER, View
from bot.shop import rules
from bot.shop.known_customer import KnownCustomer
from bot.shop.order import BEFORE_DISPATCH

REASON = "cancel_reason"
_REASONS = ("不想要了", "拍错了", "地址填错了", "别处更便宜")
_LONGEST = 60
_NO_REASONS = frozenset(("deny", "inform", "stop", "goodbye", "go_back", "correct"))
_ASKS = re.compile(r"吗|呢|怎么|多少|多久|谁|什么时候|[?？]")


def read_reason(view: View) -> str | None:
    """One of the buttons, or a few words of the customer's own."""
    turn = view.turn
    if turn.choice in _REASONS:
        return turn.choice
    if (named := read_named_reason(view)) is not None:
        return named
    if other_task(turn, "cancel_form") or turn.sure("faq") or _ASKS.search(turn.text):
        return None
    words = turn.text.strip(" ，。！!,.")
    own = turn.intent not in _NO_REASONS and 2 <= len(words) <= _LONGEST
    return words if own and not turn.text.startswith("/") else None


def read_named_reason(view: View) -> str | None:
    """A reason that is named in passing."""
    return next((reason for reason in _REASONS if reason.rstrip("了") in view.turn.text), None)


def check(view: View) -> None:
    """As soon as the order is known."""
    if view.order is not None:
        rules.check_cancel(view.order)


async def finish(view: View, customer: KnownCustomer | None) -> tuple[Speech, ...]:
    """Cancel; the message's id is the key."""
    assert customer is not None, "the form identifies"
    reason = view.values.get(REASON, SKIPPED)
    order = await customer.cancel(
        view.values[ORDER], "" if reason == SKIPPED else reason, view.turn.message_id
    )
    facts = {"order": order.number, "goods": goods(order)}
    refund = order.refunds[-1] if order.refunds else None
    if refund is None:
        return (Speech(response="utter_cancel_done_unpaid", values=facts),)
    facts |= {"amount": str(refund.amount), "target": refund.target}
    facts["expected_by"] = day(refund.expected_by) if refund.expected_by else "3个工作日内"
    return (Speech(response="utter_cancel_done", values=facts),)


def _summary(view: View) -> dict[str, str]:
    order = view.order
    assert order is not None, "confirmed after the order is chosen"
    money = f"已付的{order.total}会原路退回" if order.payment else "这单还没付款，不涉及退款"
    return {"order": order.number, "goods": goods(order), "money": money}


CANCEL_FORM = Form(
    name="cancel_form",
    fields=(
        *IDENTITY_FIELDS,
        order_field(lambda order: order.state in BEFORE_DISPATCH),
        Field(
            slot=REASON,
            prompts="cancel_reason",
            read=read_reason,
            read_first=read_named_reason,
            needed=lambda view: view.order is not None,
            buttons=lambda _view: tuple(choice_button(reason, reason) for reason in _REASONS),
            title="原因",
            optional=True,
        ),
        confirmation("cancel_confirm", _summary),
    ),
    stopped="utter_cancel_stopped",
    finish=finish,
    check=check,
    entries=("orders-cancel",),
    instead={"already_signed": "request_return"},
)
