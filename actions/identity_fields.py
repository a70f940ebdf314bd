"""Who is asking: the two fields that every form on a customer's own orders begins with."""

from __future__ import annotations

import re

from actions.form import IDENTITY, Field
from actions.speech import HUMAN_BUTTON
from actions.view import View

_BARE_ORDER = re.compile(r"(?<!\d)\d{10}(?!\d)")
_ONLY_DIGITS = re.compile(r"[\d\s+-]+")
_FOUR = re.compile(r"(?<![0-9A-Za-z])\d{4}(?![0-9A-Za-z年号室栋幢弄楼])")
_NO_NUMBER = (
    r"忘|不记得|记不(?:得|清|住|起)|想不起|找不(?:到|着)|不知道|不清楚|看不到|没有|没了|丢了|删[了掉]|换了"
)
_ORDER_LOST = re.compile(
    rf"(?:订单|单子?|编)号.{{0,4}}(?:{_NO_NUMBER}|在?哪|怎么[看找查]|是什么|是?啥)|(?:{_NO_NUMBER}).{{0,3}}(?:订单|单子?|编)号"
    r"|登录?不(?:上|了|进)"
)
_DIGITS_LOST = re.compile(
    rf"(?:手机|号码|电话|尾号|后四位).{{0,6}}(?:{_NO_NUMBER}|停机|注销|不用了)|(?:{_NO_NUMBER}).{{0,4}}(?:手机|号码|电话|尾号|后四位|号)"
)
# Nothing else in the message: what was asked for is what is not there.
_LOST = re.compile(
    r"(?:我|早就|早|都|也|真的?|已经|那个|这个|可是|但是)*(?:忘记?|不记得|记不(?:得|清|住|起来)|想不起来|找不[到着]|不知道|不清楚|没有)"
    r"[了啦啊呀哦呢的]*[，, ]?(?:怎么办|咋办|在?哪里?[看找查]|怎么[看找查])?[呢啊呀]?"
)
_BY_PHONE = re.compile(
    r"(?:用|凭|拿|按|报|发|给|只有)(?:你们?)?(?:我的?)?(?:手机号?码?|电话号?码?|姓名|名字)"
    r"|(?:手机号码?|电话号?码?|姓名|名字|收[货件]人).{0,2}(?:查|行不行|行吗|可以吗|能不能|能查)"
)
_DIGITS_NAMED = re.compile(r"(?:尾号|后四位|末四位|后4位|末4位)(?:是|为|[:：])?\s?(\d{4})(?!\d)")


def read_number(view: View) -> str | None:
    """The order number, here also without its YS."""
    found = view.turn.mention("order_number")
    if found is None and view.turn.mention("phone") is None:
        bare = _BARE_ORDER.search(view.turn.text)
        found = f"YS{bare[0]}" if bare else None
    return found


def read_full_number(view: View) -> str | None:
    """The order number, only if it is written in full."""
    return view.turn.mention("order_number")


def read_digits(view: View) -> str | None:
    """Four digits that stand alone, or the end of a whole mobile number."""
    phone = view.turn.mention("phone")
    if phone is not None:
        return phone[-4:]
    four = _FOUR.findall(_without_numbers(view))
    return four[-1] if len(four) == 1 else None


def read_named_digits(view: View) -> str | None:
    """Four digits that are called the end of the phone, or stand beside an order number.

    A whole mobile number counts where the customer means to be found by it.
    """
    named = _DIGITS_NAMED.search(view.turn.text)
    if named:
        return named[1]
    phone = view.turn.mention("phone")
    if phone is not None and (_BY_PHONE.search(view.turn.text) or _ONLY_DIGITS.fullmatch(view.turn.text)):
        return phone[-4:]
    return read_digits(view) if read_full_number(view) else None


def order_aside(view: View) -> str | None:
    """What is said to who has no order number at hand, or would rather be found by phone."""
    text = _bare_words(view)
    if _ORDER_LOST.search(text) or _LOST.fullmatch(text):
        return "utter_identity_order_forgotten"
    by_phone = view.turn.mention("phone") is not None or _BY_PHONE.search(text)
    return "utter_identity_order_by_phone" if by_phone else None


def digits_aside(view: View) -> str | None:
    """What is said to who no longer knows the phone number of the order."""
    text = _bare_words(view)
    lost = _DIGITS_LOST.search(text) or _LOST.fullmatch(text)
    return "utter_identity_digits_forgotten" if lost else None


def _bare_words(view: View) -> str:
    return view.turn.text.strip(" ，。！？!?,.~")


def _without_numbers(view: View) -> str:
    text = view.turn.text
    for mention in view.turn.mentions:
        if mention.kind in ("order_number", "tracking_number", "date", "time"):
            text = text[: mention.start] + "　" * (mention.end - mention.start) + text[mention.end :]
    return text


IDENTITY_FIELDS = (
    Field(
        slot=IDENTITY[0],
        prompts="identity_order",
        read=read_number,
        read_first=read_full_number,
        aside=order_aside,
        needed=lambda view: not view.known,
        buttons=lambda _view: (HUMAN_BUTTON,),
        title="订单号",
    ),
    Field(
        slot=IDENTITY[1],
        prompts="identity_digits",
        read=read_digits,
        read_first=read_named_digits,
        aside=digits_aside,
        needed=lambda view: not view.known,
        title="手机尾号",
    ),
)
