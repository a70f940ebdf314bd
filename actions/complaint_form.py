"""Form: a complaint. Listens, asks for the order number once, and hands over to a human."""

from __future__ import annotations

import re
from collections.abc import Mapping

from actions.form import SKIPPED, Field, Form
from actions.speech import Speech
from actions.turn import Turn
from bot.messages import Effects, HandoffRequest

_BARE_ORDER = re.compile(r"(?<!\d)\d{10}(?!\d)")
# What is left of a message without these words tells what happened.
_ANNOUNCEMENT = re.compile(
    r"我?(?:现在|今天|一定|必须|就)?(?:要|想|得)?(?:给我|帮我|跟你们?|向你们?)?(?:进行|发起|登记|提交|处理)?(?:一个|个)?(?:投诉|举报|反映|申诉)"
    r"(?:一下|你们?|商家|店家|客服|快递|这?个?问题|吧|了|的)*|你们|真的|太|了|[\W\d_]"
)
_TELLING = 4


def read_detail(turn: Turn) -> str | None:
    """Anything that was written, once it was asked for."""
    return turn.text.strip() or None


def read_first_detail(turn: Turn) -> str | None:
    """The opening message, when it says more than that there is a complaint."""
    return turn.text.strip() if len(_ANNOUNCEMENT.sub("", turn.text)) >= _TELLING else None


def read_order(turn: Turn) -> str | None:
    """The order number, here also without its YS."""
    found = turn.mention("order_number")
    if found is None and turn.mention("phone") is None:
        bare = _BARE_ORDER.search(turn.text)
        found = f"YS{bare[0]}" if bare else None
    return found


def read_first_order(turn: Turn) -> str | None:
    """The order number, only if it is written in full."""
    return turn.mention("order_number")


def finish(values: Mapping[str, str]) -> Speech:
    """Acknowledge and hand over."""
    order = values["complaint_order"]
    note = values["complaint_detail"] if order == SKIPPED else f"{values['complaint_detail']}（订单 {order}）"
    return Speech(response="utter_complaint_done", effects=Effects(handoff=HandoffRequest("complaint", note)))


COMPLAINT_FORM = Form(
    name="complaint_form",
    fields=(
        Field(
            slot="complaint_detail",
            ask="utter_ask_complaint",
            ask_again="utter_ask_complaint_again",
            explain="utter_explain_complaint",
            read=read_detail,
            read_first=read_first_detail,
            free_text=True,
        ),
        Field(
            slot="complaint_order",
            ask="utter_ask_order",
            ask_again="utter_ask_order",
            explain="utter_ask_order",
            read=read_order,
            read_first=read_first_order,
            optional=True,
        ),
    ),
    stopped="utter_complaint_stopped",
    finish=finish,
)
