"""Who is asking: the two fields that every form on a customer's own orders begins with."""

from __future__ import annotations

import re

from actions.form import IDENTITY, Field
from actions.speech import HUMAN_BUTTON
from actions.view import View

_BARE_ORDER = re.compile(r"(?<!\d)\d{10}(?!\d)")
_FOUR = re.compile(r"(?<![0-9A-Za-z])\d{4}(?![0-9A-Za-z年])")
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
    """Four digits that are called the end of the phone, or stand beside an order number."""
    named = _DIGITS_NAMED.search(view.turn.text)
    if named:
        return named[1]
    return read_digits(view) if read_full_number(view) else None


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
        needed=lambda view: not view.known,
        buttons=lambda _view: (HUMAN_BUTTON,),
        title="订单号",
    ),
    Field(
        slot=IDENTITY[1],
        prompts="identity_digits",
        read=read_digits,
        read_first=read_named_digits,
        needed=lambda view: not view.known,
        title="手机尾号",
    ),
)
