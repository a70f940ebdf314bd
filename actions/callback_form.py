"""Form: a person calls back. Ends with a ticket; the bot goes on serving."""

from __future__ import annotations

from actions.appointment import Appointment, parse_appointment
from actions.form import Field, Form
from actions.speech import Speech
from actions.view import View
from bot.messages import Effects, TicketRequest
from bot.shop.known_customer import KnownCustomer
from bot.shop.masking import mask_phone

PHONE, TIME = "callback_phone", "callback_time"


def read_phone(view: View) -> str | None:
    """The mobile number in the message."""
    return view.turn.mention("phone")


def read_time(view: View) -> str | None:
    """The time, if somebody can call then."""
    found = _appointment(view)
    return str(found) if found and found.problem is None else None


def read_named_time(view: View) -> str | None:
    """A day or an hour; 尽快 and 随时 say something only when asked."""
    found = _appointment(view)
    return str(found) if found and found.problem is None and found.kind not in ("any", "soon") else None


def _trouble(view: View) -> str | None:
    found = _appointment(view)
    return f"utter_time_{found.problem}" if found and found.problem else None


def _appointment(view: View) -> Appointment | None:
    text = view.turn.text
    for mention in view.turn.mentions:
        if mention.kind in ("phone", "order_number"):
            text = text.replace(view.turn.text[mention.start : mention.end], " ")
    return parse_appointment(text, view.now, view.hours)


def _hours(view: View) -> dict[str, str]:
    if view.hours.always:
        return {"hours": "全天"}
    return {"hours": f"每天{view.hours.opens:%H:%M}–{view.hours.closes:%H:%M}"}


async def finish(view: View, _customer: KnownCustomer | None) -> tuple[Speech, ...]:
    """Confirm and ask for a ticket of the category `callback`."""
    phone, time = view.values[PHONE], view.values[TIME]
    request = TicketRequest(
        "callback", f"请致电客户 {phone}，方便时间：{time}", {"phone": phone, "time": time}
    )
    facts = {"phone": mask_phone(phone), "time": time}
    return (Speech(response="utter_callback_done", values=facts, effects=Effects(ticket=request)),)


CALLBACK_FORM = Form(
    name="callback_form",
    fields=(
        Field(slot=PHONE, prompts="phone", read=read_phone, read_first=read_phone, title="号码"),
        Field(
            slot=TIME,
            prompts="time",
            read=read_time,
            read_first=read_named_time,
            trouble=_trouble,
            facts=_hours,
            title="时间",
        ),
    ),
    stopped="utter_callback_stopped",
    finish=finish,
    entries=("contact-callback",),
)
