"""Which form does what a customer asks for, which button starts it, and what is said to ask for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from actions.turn import Mention, Turn
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
_OTHER_TITLES = {"ticket_note_form": "补充工单"}
# Leaving one form for another must not happen by mistake.
SWITCH_SURE = 0.75
# What a clause says that asks for the task, in this order: 查一下退款 is no 查订单.
_WISHES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("request_callback", re.compile(r"回(?:个|一个|我)?电|回拨")),
    ("make_complaint", re.compile(r"投诉(?!.{0,4}(?:进度|处理))")),
    ("change_address", re.compile(r"[改换].{0,8}地址|地址.{0,4}改")),
    ("request_invoice", re.compile(r"开.{0,4}票|申请.{0,4}发票")),
    ("ask_refund_progress", re.compile(r"[查看].{0,6}退款|退款.{0,4}(?:进度|到哪)")),
    ("request_exchange", re.compile(r"换货|[想要]换|换成")),
    ("request_repair", re.compile(r"维修|修理|报修|返修")),
    ("request_return", re.compile(r"退货|退掉|[想要]退")),
    ("cancel_order", re.compile(r"取消")),
    ("urge_shipping", re.compile(r"催")),
    ("ask_order_status", re.compile(r"[查看].{0,10}(?:快递|物流|订单|包裹|[那这]一?单)|到哪")),
)
_AND = "顺便|另外|还有|同时|然后"
_MARKS = " ，。！!,.~"
_CLAUSE = re.compile(rf"{_AND}|((?:(?!{_AND})[^，,。；;！!？?\n])+)")
# 改一下: something of the open form, whatever task the intent takes it for.
_CHANGE = re.compile(r"(?:我|还|再|需?要|想)*(?:修改|更改|改)(?:一?下|改|一改)?(?:吧|可以吗|行吗)?")
# 不用退货，不换货 and 怎么退货 ask for nothing to be done.
_NO_WISH = re.compile(r"不|别|没有?[开退换]|怎么|如何|多久|多少|能不能|可以吗|谁|什么|吗")
# In so many words, and not told of: 帮我查退款, not 订单被取消了.
_ORDERED = re.compile(
    r"帮|给我|我要|我想|想要|麻烦|请|申请|一下|[要退换修催消查]吧|^(?:就|那|直接|先)*(?:[查催改]|取消|把|[退换修开][个张一掉])"
)
_HAPPENED = re.compile(r"被|已|过了|之前|上次|刚才")
# 我是想修不是想换, 不换了，直接退钱: the one is denied, the other wished.
_DENIED_KIND = re.compile(
    r"(?:不是|不想|不要|不用|别|不)(?:想要?|要|说|申请|给我|再)*(?P<kind>维?修理?|换货?|退货?款?)(?!改)[的了新货吧]*"
)
_KINDS: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "修": ("request_repair", re.compile("修(?!改)")),
    "换": ("request_exchange", re.compile("换(?![了个成]?(?:地址|订单|一单|手机号|号))")),
    "退": ("request_return", re.compile("退(?!款(?:进度|到))")),
}
# 还有取消那单呢 asks for an order, and for nothing to be done.
_WHICH_ONE = re.compile(r"[那这]一?[单个笔件]呢[?？]?$")
_ASKS_HOW = re.compile("怎么|为什么|为啥|多久|多少|谁|什么|几天|能不能")
_ASKING = re.compile(
    r"怎么|如何|多久|多长|多少|几天|几号|谁|什么|啥|哪|吗|呢|能不能|可不可以|要不要|有没有|是不是|会不会|可以不"
)


@dataclass(frozen=True)
class Wish:
    """A task that one clause of a message asks for; `turn` is the message with this clause alone."""

    intent: str
    turn: Turn

    @property
    def form(self) -> str:
        """The form that does it."""
        return TASKS[self.intent][0]


def wishes(turn: Turn) -> tuple[Wish, ...]:
    """The different tasks that the clauses of a typed message name, in their order."""
    found: dict[str, Wish] = {}
    if turn.text.startswith("/"):
        return ()
    for start, end in _clauses(turn.text):
        intent = _wish(turn.text[start:end])
        if intent is not None and intent not in found:
            found[intent] = Wish(intent, _only(turn, start, end))
    return tuple(found.values())


def errand(turn: Turn) -> Wish | None:
    """The first task that the message orders in so many words, whatever intent it looks like."""
    return next((wish for wish in wishes(turn) if _is_ordered(wish.turn.text)), None)


def instead_of(turn: Turn) -> str | None:
    """The one of return, exchange and repair that is wished while another is denied, in so many words."""
    text = turn.text
    denied = {kind for found in _DENIED_KIND.finditer(text) for kind in _KINDS if kind in found["kind"]}
    if not denied or text.startswith("/") or _ASKS_HOW.search(text):
        return None
    rest = _DENIED_KIND.sub("，", text)
    wished = [kind for kind, (_, words) in _KINDS.items() if words.search(rest)]
    return _KINDS[wished[0]][0] if len(wished) == 1 and wished[0] not in denied else None


def _is_ordered(clause: str) -> bool:
    return _ORDERED.search(clause) is not None and _HAPPENED.search(clause) is None


def asks_something(turn: Turn) -> bool:
    """Whether a typed message is a question by its words."""
    return not turn.text.startswith("/") and _ASKING.search(turn.text) is not None


def question_beside(turn: Turn) -> str:
    """What a message that names a task asks besides (我要退货，运费谁出); empty when it asks nothing."""
    return "，".join(turn.text[start:end] for start, end in _questions(turn))


def without_questions(turn: Turn) -> Turn:
    """The message without what it asks besides, every word in its place."""
    text = turn.text
    for start, end in _questions(turn):
        text = text[:start] + " " * (end - start) + text[end:]
    kept = tuple(m for m in turn.mentions if text[m.start : m.end].strip())
    return replace(turn, text=text, mentions=kept)


def _questions(turn: Turn) -> list[tuple[int, int]]:
    spans = [] if turn.text.startswith("/") else _clauses(turn.text)
    said = ((span, turn.text[slice(*span)]) for span in spans)
    return [span for span, clause in said if _ASKING.search(clause) and _wish(clause) is None]


def _clauses(text: str) -> list[tuple[int, int]]:
    return [found.span(1) for found in _CLAUSE.finditer(text) if found[1]]


def _wish(clause: str) -> str | None:
    if _NO_WISH.search(clause):
        return None
    return next((intent for intent, words in _WISHES if words.search(clause)), None)


def _only(turn: Turn, start: int, end: int) -> Turn:
    inside = tuple(
        Mention(mention.kind, mention.value, mention.start - start, mention.end - start)
        for mention in turn.mentions
        if start <= mention.start and mention.end <= end
    )
    return replace(turn, text=turn.text[start:end], mentions=inside)


def form_title(name: str) -> str:
    """What a form is for, in a customer's words."""
    return next((title for form, title in TASKS.values() if form == name), _OTHER_TITLES.get(name, name))


def task_button(intent: str) -> Button:
    """The button that starts the task."""
    return Button(TASKS[intent][1], f"/{intent}")


def other_task(turn: Turn, form: str) -> str | None:
    """The form of another task that the message clearly asks for.

    What names an order, a product or a day may be a correction: there the words must name the task, too.
    """
    if changes_something(turn) or _WHICH_ONE.search(turn.text):
        return None
    if (contrary := instead_of(turn)) is not None:
        opposite, _ = TASKS[contrary]
        return opposite if opposite != form else None
    named = [wish.intent for wish in wishes(turn)]
    intent = turn.intent
    if turn.sure("correct") and _corrected(turn):
        # 不对，是换货
        intent = str(_corrected(turn))
    elif turn.confidence < SWITCH_SURE or (turn.mentions and intent not in named):
        return None
    name, _ = TASKS.get(intent, (None, ""))
    return name if name != form else None


def changes_something(turn: Turn) -> bool:
    """Whether the message says that something is to be changed, and not what."""
    return _CHANGE.fullmatch(turn.text.strip(_MARKS)) is not None


def _corrected(turn: Turn) -> str | None:
    clauses = [turn.text[start:end] for start, end in _clauses(turn.text)]
    return next((wish for wish in map(_wish, reversed(clauses)) if wish), None)
