"""Form: a person calls back. Ends with a ticket; the bot goes on serving."""

from __future__ import annotations

import re
from collections.abc import Mapping

from actions.form import Field, Form
from actions.speech import Speech
from actions.turn import Turn
from bot.messages import Effects, TicketRequest

_ANY_TIME = re.compile(
    r"随时|都行|都可以|都能|都方便|任何时|现在|马上|立刻|立即|尽快|越快越好|赶紧|有空|空了|下班|饭后|工作日|周末|白天|晚点|"
    r"一会|待会|等下|分钟后|小时后|时间不限|不限"
)
_LONGEST_TIME = 30


def read_phone(turn: Turn) -> str | None:
    """The mobile number in the message."""
    return turn.mention("phone")


def read_time(turn: Turn) -> str | None:
    """The wish in the customer's words: from the first to the last date or time, or a phrase such as 随时."""
    named = read_named_time(turn)
    if named is not None:
        return named
    words = turn.text.strip(" ，。！!~～,.")
    return words if _ANY_TIME.search(words) and len(words) <= _LONGEST_TIME else None


def read_named_time(turn: Turn) -> str | None:
    """From the first to the last date or time in the message."""
    moments = [mention for mention in turn.mentions if mention.kind in ("date", "time")]
    if not moments:
        return None
    start, end = min(m.start for m in moments), max(m.end for m in moments)
    return turn.text[start:end] if end - start <= _LONGEST_TIME else moments[0].value


def masked(phone: str) -> str:
    """First three and last four digits: 138****8000."""
    return f"{phone[:3]}****{phone[-4:]}"


def finish(values: Mapping[str, str]) -> Speech:
    """Confirm and ask for a ticket of the category `callback`."""
    phone, time = values["callback_phone"], values["callback_time"]
    return Speech(
        response="utter_callback_done",
        values={"phone": masked(phone), "time": time},
        effects=Effects(
            ticket=TicketRequest(
                "callback", f"请致电客户 {phone}，方便时间：{time}", {"phone": phone, "time": time}
            )
        ),
    )


CALLBACK_FORM = Form(
    name="callback_form",
    fields=(
        Field(
            slot="callback_phone",
            ask="utter_ask_phone",
            ask_again="utter_ask_phone_again",
            explain="utter_explain_phone",
            read=read_phone,
            read_first=read_phone,
        ),
        Field(
            slot="callback_time",
            ask="utter_ask_time",
            ask_again="utter_ask_time_again",
            explain="utter_explain_time",
            read=read_time,
            read_first=read_named_time,
        ),
    ),
    stopped="utter_callback_stopped",
    finish=finish,
)
