"""How far a return, an exchange or a repair is, and what happens next."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.moment import moment
from actions.speech import HUMAN_BUTTON, Speech
from actions.turn import Turn
from bot.shop.after_sales import CASE_KINDS, CASE_STATES, CaseKind, ReturnCase
from bot.shop.order import Order

# What a message asks about that can only be a case of the shop, and which kind it names.
AFTER_SALES = re.compile(r"维修|返修|保修|报修|送修|寄修|换货|退货|退换|售后")
_KINDS: dict[CaseKind, re.Pattern[str]] = {
    "repair": re.compile("修"),
    "exchange": re.compile("换"),
    "return": re.compile("退"),
}
_AT_WAREHOUSE: dict[CaseKind, str] = {
    "return": "验好货就安排退款。",
    "exchange": "验好货就给您寄出换的商品。",
    "repair": "检测完就开始维修。",
}


def cases_of(orders: Sequence[Order], turn: Turn) -> tuple[ReturnCase, ...]:
    """The cases of these orders, newest first: those that the message names by order, product or kind."""
    numbers, products = _named(turn, "order_number"), _named(turn, "product")
    kinds = {kind for kind, words in _KINDS.items() if words.search(turn.text)}
    found = [
        case
        for order in orders
        for case in order.cases
        if (not numbers or order.number in numbers)
        and (not products or ((line := order.line(case.line)) is not None and line.product in products))
    ]
    of_kind = [case for case in found if case.kind in kinds]
    return tuple(sorted(of_kind or found, key=lambda case: case.opened_at, reverse=True))


def case_speech(case: ReturnCase) -> Speech:
    """The case's state in the shop and its next step."""
    return Speech(
        response="utter_case_progress",
        values={
            "kind": CASE_KINDS[case.kind],
            "number": case.number,
            "goods": case.product,
            "state": CASE_STATES[case.state],
            "next": _next(case),
        },
        buttons=(HUMAN_BUTTON,) if case.state in ("rejected", "closed") else (),
    )


def _next(case: ReturnCase) -> str:
    if case.state == "reviewing":
        way = "会安排上门取件，您不用自己寄" if case.freight == "shop" else "再按提示寄回就行"
        return f"最晚 {moment(case.review_by)} 前审核完，通过后{way}。"
    if case.state == "approved":
        by = f"请在 {moment(case.send_by)} 前" if case.send_by else "请"
        return f"{by}把商品寄回，有上门取件的交给快递员就行。"
    if case.state == "sent_back":
        return f"仓库收到后，{_AT_WAREHOUSE[case.kind]}"
    if case.state == "received":
        return _AT_WAREHOUSE[case.kind]
    if case.state == "repairing":
        return "修好就给您寄回。"
    if case.state == "sent_out":
        return "商品已经寄出，请留意查收。"
    return "还有疑问的话，可以请人工同事看看。" if case.state in ("rejected", "closed") else ""


def _named(turn: Turn, kind: str) -> set[str]:
    return {mention.value for mention in turn.mentions if mention.kind == kind}
