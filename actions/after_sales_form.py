"""Forms: return, exchange and repair. They end with a number that the shop gives."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.confirmation import confirmation
from actions.form import SKIPPED, Field, Form, choice_button
from actions.identity_fields import IDENTITY_FIELDS
from actions.moment import moment
from actions.order_field import line_field, line_title, order_field
from actions.speech import Speech
from actions.view import LINE, ORDER, View
from bot.errors import NotAllowed
from bot.messages import Button
from bot.shop import rules
from bot.shop.after_sales import CASE_KINDS, PERSONAL, REASONS, CaseKind, CaseRequest, Reason
from bot.shop.known_customer import KnownCustomer
from bot.shop.order import ARRIVED, BEFORE_DISPATCH, Order

REASON, VARIANT, NOTE = "case_reason", "case_variant", "case_note"
SAME = "同款"
# Refusals that hold for every product of an order.
_OF_THE_ORDER = frozenset({"already_cancelled", "not_shipped", "not_signed"})
# The more specific reasons come first: 发错颜色 is no matter of taste.
_SIGNS: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    ("wrong_item", re.compile(r"发错|寄错|送错|错发|不是我买的|不是我要的|跟我买的不一样|货不对板|给错")),
    ("missing_part", re.compile(r"少发|少了|少件|漏发|缺件|缺了|缺少|没有配件|少配件|缺配件|不齐")),
    ("damaged", re.compile(r"碎|破损|压坏|压扁|摔坏|磕|裂|漏液|漏了|撒了|运输|包装烂|变形")),
    (
        "quality",
        re.compile(
            r"质量|坏了|坏的|开不了机|不开机|掉色|褪色|起球|开线|脱线|异味|瑕疵|故障|没反应|不工作|充不进|充不了|"
            r"失灵|有问题|毛病|死机|黑屏|不出声|没声音|漏电|漏水|脱胶|掉毛|不制冷|不加热|断了|用不了"
        ),
    ),
    (
        "wrong_fit",
        re.compile(
            r"尺码|码数|尺寸|偏大|偏小|大了|小了|太大|太小|不合身|不合适|不合脚|穿不下|穿不上|颜色不合适|色差"
        ),
    ),
    (
        "unwanted",
        re.compile(r"不喜欢|不想要|不要了|买错|拍错|买多|多余|后悔|用不上|用不着|无理由|不好看|不需要"),
    ),
)
_LONGEST_NOTE = 300
_MARKS = " ，。！!,."
# Says what is wanted, or which product it is, and not what is wrong with it.
_NO_FAULT = re.compile(
    r"(?:我|就|想|要|帮|给|请|麻烦|申请|需要|办理?)*(?:退货|换货|维修|保修|报修|返修|修理|修|退|换)(?:一下|吧|了|的)*"
    r"|(?:我|就|说)*是?[^，,。]{0,12}[那这](?:一?[个单件台款只双部])(?:的|啊|呀|吧)?"
)
_BESIDE = re.compile(r"^(?:(?:哦|噢|啊|对了|忘了?说了?|还忘了说|补充一下|再补充一点|另外)[，,。、 ]*)+")
_ASKS = re.compile(r"[吗呢么]|怎么|如何|多久|多少|[为是]什么|什么时候|哪|谁|几天|能不能|可以|[?？]")
# Words on the talk itself.
_TALK = re.compile(r"确认|提交|知道|明白|谢谢|继续|等一?[等下]|转人工|客服|申请|不办|取消")
_SHORTEST_ADDITION = 4
_TALKING = frozenset(
    ("affirm", "deny", "stop", "goodbye", "go_back", "correct", "greet", "thanks", "bot_challenge")
) | {"request_human", "choose_entry", "unhelpful", "helpful"}
_NO_NOTE = re.compile(r"没有了?|没了|不用了?|就这些|没什么|无|就这样")


def read_reason(view: View) -> str | None:
    """A reason of the shop, by button or by its signs in the customer's words."""
    if view.turn.choice in REASONS:
        return view.turn.choice
    return next((reason for reason, signs in _SIGNS if signs.search(view.turn.text)), None)


def read_variant(view: View) -> str | None:
    """One of the line's colours or sizes, or the same again."""
    line = view.line
    if line is None:
        return None
    if view.turn.choice == SAME:
        return SAME
    said = (view.turn.choice or view.turn.text).replace(" ", "").upper()
    exact = [v for v in line.other_variants if v.replace(" ", "").upper() in said]
    if exact:
        return max(exact, key=len)
    if re.search(r"同款|一样的|原来的|同样|还是这个", view.turn.text):
        return SAME
    parts = [v for v in line.other_variants if any(len(p) > 1 and p in said for p in v.upper().split())]
    return parts[0] if len(parts) == 1 else None


def read_first_variant(view: View) -> str | None:
    """A variant that is named behind 换成 or 改成."""
    return read_variant(view) if re.search(r"[换改要](?:成|个|一个)", view.turn.text) else None


def read_note(view: View) -> str | None:
    """The customer's own words."""
    words = view.turn.text.strip()
    if (
        view.turn.text.startswith("/")
        or view.turn.intent == "deny"
        or _NO_NOTE.fullmatch(words.strip("。，. "))
    ):
        return SKIPPED
    if _NO_FAULT.fullmatch(words.strip(_MARKS)):
        return None
    return words[:_LONGEST_NOTE] or None


def read_addition(view: View) -> str | None:
    """The note with what more of the fault is told at the confirmation; no question, no word on the talk."""
    turn, held = view.turn, view.values.get(NOTE)
    words = _BESIDE.sub("", turn.text.strip(_MARKS))
    if held is None or turn.text.startswith("/") or turn.intent in _TALKING:
        return None
    about_the_talk = _ASKS.search(words) or _TALK.search(words) or _NO_FAULT.fullmatch(words)
    if about_the_talk or len(words) < _SHORTEST_ADDITION:
        return None
    return (words if held == SKIPPED else f"{held}；{words}")[:_LONGEST_NOTE]


def _reason(view: View) -> Reason:
    named = view.values.get(REASON)
    return next((reason for reason in REASONS if reason == named), "quality")


@dataclass(frozen=True)
class AfterSales:
    """What the three forms have in common.

    What is not sent yet is not exchanged but packed differently: there an exchange changes the order.
    """

    kind: CaseKind

    def eligible(self, order: Order) -> bool:
        """What has arrived, and for an exchange what is not sent."""
        return order.state in ARRIVED or (self.kind == "exchange" and order.state in BEFORE_DISPATCH)

    def repacks(self, view: View) -> bool:
        """Whether the order is changed instead."""
        order = view.order
        return self.kind == "exchange" and order is not None and order.state in BEFORE_DISPATCH

    def needs_reason(self, view: View) -> bool:
        """A repair has but one reason."""
        return self.kind != "repair" and not self.repacks(view)

    def needs_note(self, view: View) -> bool:
        """Matters of taste need no description."""
        return not self.repacks(view) and (self.kind == "repair" or view.values.get(REASON) not in PERSONAL)

    def reasons(self, _view: View) -> tuple[Button, ...]:
        """The shop's reasons; who does not want a thing at all returns it."""
        offered = {reason: words for reason, words in REASONS.items() if reason != "unwanted"}
        shown = REASONS if self.kind == "return" else offered
        return tuple(choice_button(words, reason) for reason, words in shown.items())

    def request(self, view: View) -> CaseRequest:
        """What the shop is asked for."""
        variant, note = view.values.get(VARIANT), view.values.get(NOTE, SKIPPED)
        return CaseRequest(
            self.kind,
            view.values[LINE],
            _reason(view),
            "" if note == SKIPPED else note,
            None if variant in (None, SAME) else variant,
        )

    def check(self, view: View) -> None:
        """As soon as order and product are known. Whether it is too late hangs on the reason."""
        order, line = view.order, view.line
        if order is None:
            return
        if line is None:
            self._check_order(order, view)
            return
        if self.repacks(view):
            wish = view.values.get(VARIANT) or next(iter(line.other_variants), "")
            rules.check_variant(order, line, wish)
            return
        try:
            rules.check_case(order, self.request(view), view.now)
        except NotAllowed as refusal:
            if not self.needs_reason(view) or REASON in view.values or refusal.reason != "too_late":
                raise

    def _check_order(self, order: Order, view: View) -> None:
        """Nobody is asked which product of an order that has not arrived."""
        if self.repacks(view):
            return
        try:
            rules.check_case(order, CaseRequest(self.kind, order.lines[0].id, "quality"), view.now)
        except NotAllowed as refusal:
            if refusal.reason in _OF_THE_ORDER:
                raise

    def summary(self, view: View) -> dict[str, str]:
        """What is to be confirmed, with the rule for the freight."""
        order, line, variant = view.order, view.line, view.values.get(VARIANT)
        assert order is not None, "confirmed after the order is chosen"
        assert line is not None, "confirmed after the product is chosen"
        goods = line_title(line) + (f"，换成 {variant}" if variant and variant != SAME else "")
        if self.repacks(view):
            return {"kind": "改规格", "goods": goods, "why": "", "terms": "改好后按新规格发货。"}
        terms = rules.check_case(order, self.request(view), view.now)
        why = f"，原因：{REASONS[_reason(view)]}" if self.needs_reason(view) else ""
        note = view.values.get(NOTE, SKIPPED)
        if self.needs_note(view) and note != SKIPPED:
            why += f"，说明：{note}"
        return {"kind": CASE_KINDS[self.kind], "goods": goods, "why": why, "terms": terms.sentence}

    async def finish(self, view: View, customer: KnownCustomer | None) -> tuple[Speech, ...]:
        """Open the case, or change the order; the message's id is the key."""
        assert customer is not None, "the form identifies"
        number, key = view.values[ORDER], view.turn.message_id
        if self.repacks(view):
            variant = view.values[VARIANT]
            await customer.change_variant(number, view.values[LINE], variant, key)
            return (Speech(response="utter_variant_done", values={"order": number, "variant": variant}),)
        case = await customer.open_case(number, self.request(view), key)
        facts = {
            "number": case.number,
            "kind": CASE_KINDS[self.kind],
            "review_by": moment(case.review_by),
        }
        return (Speech(response=f"utter_case_done_{case.freight}", values=facts),)

    def form(self, entry: str) -> Form:
        """The form; `entry` is the FAQ's answer to how it is done."""
        return Form(
            name=f"{self.kind}_form",
            fields=(
                *IDENTITY_FIELDS,
                order_field(self.eligible, resets=(VARIANT,)),
                line_field(resets=(VARIANT,)),
                Field(
                    slot=REASON,
                    prompts="case_reason",
                    read=read_reason,
                    read_first=read_reason,
                    needed=self.needs_reason,
                    facts=lambda _view: {"kind": CASE_KINDS[self.kind]},
                    buttons=self.reasons,
                    title="原因",
                    words=lambda view: REASONS[_reason(view)],
                    resets=(NOTE,),
                ),
                Field(
                    slot=VARIANT,
                    prompts="case_variant",
                    read=read_variant,
                    read_first=read_first_variant,
                    default=_only_the_same,
                    needed=lambda view: self.kind == "exchange" and view.line is not None,
                    buttons=_variants,
                    title="规格",
                ),
                Field(
                    slot=NOTE,
                    prompts="case_note",
                    read=read_note,
                    adds=read_addition,
                    needed=self.needs_note,
                    buttons=lambda _view: (Button("没有补充", "/deny"),),
                    title="说明",
                    free_text=True,
                ),
                confirmation("case_confirm", self.summary),
            ),
            stopped="utter_case_stopped",
            finish=self.finish,
            check=self.check,
            entries=(entry,),
            instead={
                "not_shipped": "cancel_order",
                "not_signed": "ask_order_status",
                "not_returnable": "request_exchange",
                "case_open": "ask_order_status",
            },
        )


def _only_the_same(view: View) -> str | None:
    return SAME if view.line and not view.line.other_variants else None


def _variants(view: View) -> tuple[Button, ...]:
    line = view.line
    others = tuple(choice_button(variant, variant) for variant in line.other_variants) if line else ()
    sent = view.order is not None and view.order.state not in BEFORE_DISPATCH
    return (*others, choice_button("换同款新的", SAME)) if sent else others


RETURN_FORM = AfterSales("return").form("returns-how")
EXCHANGE_FORM = AfterSales("exchange").form("returns-exchange-size")
REPAIR_FORM = AfterSales("repair").form("warranty-claim")
