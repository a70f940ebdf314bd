"""Which form does what a customer asks for, and which button starts it."""

from __future__ import annotations

import re

from actions.turn import Turn
from bot.messages import Button

# intent → form and the words on the button that opens it.
TASKS: dict[str, tuple[str, str]] = {
    "ask_order_status": ("order_status_form", "查我的订单"),
    "ask_refund_progress": ("refund_form", "查我的退款"),
    "request_return": ("return_form", "申请退货"),
    "request_exchange": ("exchange_form", "申请换货"),
    "request_repair": ("repair_form", "申请维修"),
    "cancel_order": ("cancel_form", "取消订单"),
    "change_address": ("address_form", "修改地址"),
    "urge_shipping": ("urge_form", "催一催"),
    "request_invoice": ("invoice_form", "申请发票"),
    "request_callback": ("callback_form", "预约回电"),
    "make_complaint": ("complaint_form", "登记投诉"),
    "suggest": ("suggestion_form", "提个建议"),
}
# Leaving one form for another must not happen by mistake.
SWITCH_SURE = 0.75
_NAMES = {
    "退货": "request_return",
    "换货": "request_exchange",
    "维修": "request_repair",
    "修理": "request_repair",
    "取消订单": "cancel_order",
    "改地址": "change_address",
}
_NAMED = re.compile("|".join(_NAMES))


def task_button(intent: str) -> Button:
    """The button that starts the task."""
    return Button(TASKS[intent][1], f"/{intent}")


def other_task(turn: Turn, form: str) -> str | None:
    """The form of another task that the message clearly asks for."""
    intent = turn.intent
    if turn.sure("correct") and (named := _NAMED.search(turn.text)):
        # 不对，是换货
        intent = _NAMES[named[0]]
    elif turn.confidence < SWITCH_SURE:
        return None
    name, _ = TASKS.get(intent, (None, ""))
    return name if name != form else None
