"""Form: a complaint. Listens, names the problem, asks for the order number once, and hands over."""

from __future__ import annotations

import re

from actions.complaint_kind import complaint_kind, complaint_matter
from actions.form import SKIPPED, Field, Form
from actions.identity_fields import read_full_number, read_number
from actions.moment import moment
from actions.own_words import TELLING, words_beside
from actions.speech import Speech
from actions.view import View
from bot.handoff.policy import HandOff
from bot.handoff.ticket import DEADLINES
from bot.messages import Button, Effects, HandoffRequest
from bot.shop.known_customer import KnownCustomer

DETAIL, ORDER_NUMBER = "complaint_detail", "complaint_order"
COMPLAINT = "投诉"
# What is left of a message without these words tells what happened.
_ANNOUNCEMENT = re.compile(
    r"我?(?:现在|今天|一定|必须|就)?(?:要|想|得)?(?:给我|帮我|跟你们?|向你们?)?(?:进行|发起|登记|提交|处理)?(?:一个|个)?(?:投诉|举报|反映|申诉)"
    r"(?:一下|你们?|商家|店家|客服|快递|这?个?问题|吧|了|的)*|你们|真的|太|了|[\W\d_]"
)
read_first_detail = words_beside(_ANNOUNCEMENT)


def read_detail(view: View) -> str | None:
    """Anything that was written, once it was asked for."""
    words = view.turn.text.strip()
    return words if words and not words.startswith("/") else None


def _again(view: View) -> bool:
    return any(ticket.category == COMPLAINT for ticket in view.tickets)


def _told(view: View) -> str:
    """What happened, with what was said instead of an order number."""
    detail, words = view.values[DETAIL], view.turn.text.strip()
    more = view.turn.intent != "deny" and read_number(view) is None and len(words) > TELLING
    return f"{detail}；{words}" if more and words != detail and not words.startswith("/") else detail


async def finish(view: View, _customer: KnownCustomer | None) -> tuple[Speech, ...]:
    """Name the problem, say what happens next and by when, and hand over.

    Nothing is promised that a person has to decide, and nobody is blamed. The one apology of an episode
    comes with the hand-off's notice.
    """
    detail, order = _told(view), view.values.get(ORDER_NUMBER, SKIPPED)
    reason = "complaint_unresolved" if _again(view) else "complaint"
    by = view.hours.add(view.now, DEADLINES[HandOff.because("complaint").priority])
    note = detail if order == SKIPPED else f"{detail}（订单 {order}）"
    response = "utter_complaint_again" if _again(view) else f"utter_complaint_{complaint_kind(detail)}"
    return (
        Speech(
            response=response,
            values={"matter": complaint_matter(detail), "by": moment(by)},
            effects=Effects(handoff=HandoffRequest(reason, note)),
        ),
    )


COMPLAINT_FORM = Form(
    name="complaint_form",
    fields=(
        Field(
            slot=DETAIL,
            prompts="complaint",
            read=read_detail,
            read_first=read_first_detail,
            free_text=True,
        ),
        Field(
            slot=ORDER_NUMBER,
            prompts="complaint_order",
            read=read_number,
            read_first=read_full_number,
            # Who complains for the second time is not questioned again.
            needed=lambda view: not _again(view),
            facts=lambda view: {"matter": complaint_matter(view.values.get(DETAIL, ""))},
            buttons=lambda _view: (Button("没有订单号", "/deny"),),
            optional=True,
        ),
    ),
    stopped="utter_complaint_stopped",
    finish=finish,
    entries=("complaints-how",),
)
