"""Form: a complaint. Listens, names the problem, asks for the order number once, and hands over."""

from __future__ import annotations

import re

from actions.complaint_kind import UNNAMED, compares_prices, complaint_kind, complaint_matter
from actions.form import SKIPPED, Field, Form, nothing
from actions.identity_fields import read_full_number, read_number
from actions.moment import moment
from actions.own_words import TELLING, words_beside
from actions.speech import Speech
from actions.view import View
from bot.handoff.policy import HandOff
from bot.handoff.ticket import DEADLINES
from bot.messages import Button, Effects, HandoffRequest
from bot.shop.known_customer import KnownCustomer

ABOUT, DETAIL, ORDER_NUMBER = "complaint_about", "complaint_detail", "complaint_order"
COMPLAINT = "投诉"
# What is left of a message without these words tells what happened: neither that somebody complains, nor
# about whom, nor that it was bad, does.
_ANNOUNCEMENT = re.compile(
    r"我?(?:现在|今天|一定|必须|就)?(?:要|想|得)?(?:给我|帮我|跟你们?|向你们?)?(?:进行|发起|登记|提交|处理)?(?:一个|个)?(?:投诉|举报|反映|申诉)"
    r"(?:一下|你们?|商家|店家|客服|快递|这?个?问题|吧|了|的)*|你们|"
    r"(?:快递|派送|送货|配送|送件)(?:员|小哥|师傅|人员|大哥|公司)?|师傅|骑手|客服|商家|店家|卖家|平台|店铺|他们?|她们?|"
    r"(?:服务)?态度|服务|质量|效率|(?:很|太|真|特别|非常|巨|超级?|极其|不是一般的?)?(?:差劲?|恶劣|垃圾|烂|低|慢|糟糕?|不好|不行|不满意?)|"
    r"真的|真是?|太|了|[\W\d_]"
)
# Whom or what a complaint is about, when that is all that the opening message tells.
_SUBJECT = re.compile(r"客服|快递|物流|商家|卖家|店家|师傅|骑手|平台")
_NUMBER_ALONE = re.compile(r"[\W_]*(?:订单号?|单号)?(?:是|为)?[\W_]*(?:YS)?\d{4,}[\W_]*", re.IGNORECASE)
read_first_detail = words_beside(_ANNOUNCEMENT)


def read_about(view: View) -> str | None:
    """The opening message, if it names whom or what the complaint is about."""
    words = view.turn.text.strip()
    named = _SUBJECT.search(words) is not None or complaint_matter(words) != UNNAMED
    return words if named and not words.startswith("/") else None


def read_detail(view: View) -> str | None:
    """Anything that was written, once it was asked for; a number alone tells nothing of what happened."""
    words = view.turn.text.strip()
    return words if words and not words.startswith("/") and not _NUMBER_ALONE.fullmatch(words) else None


def _again(view: View) -> bool:
    return any(ticket.category == COMPLAINT for ticket in view.tickets)


def _account(view: View) -> str:
    """What happened, after whom or what it is about."""
    about, detail = view.values.get(ABOUT, SKIPPED), view.values.get(DETAIL, "")
    return detail if about in (SKIPPED, detail) else f"{about}；{detail}"


def _told(view: View) -> str:
    """What happened, with what was said instead of an order number."""
    detail, words = _account(view), view.turn.text.strip()
    more = view.turn.intent != "deny" and read_number(view) is None and len(words) > TELLING
    return f"{detail}；{words}" if more and words not in detail and not words.startswith("/") else detail


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
        # Never asked for: heard when the form opens, or skipped.
        Field(
            slot=ABOUT,
            prompts="complaint",
            read=nothing,
            read_first=read_about,
            default=lambda _view: SKIPPED,
            needed=lambda view: ABOUT not in view.values,
            free_text=True,
        ),
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
            facts=lambda view: {"matter": complaint_matter(_account(view))},
            buttons=lambda _view: (Button("没有订单号", "/deny"),),
            optional=True,
        ),
    ),
    stopped="utter_complaint_stopped",
    finish=finish,
    entries=("complaints-how",),
    aside=lambda turn: "products-price" if compares_prices(turn.text) else None,
)
