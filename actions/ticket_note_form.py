"""Form: add something to a ticket that is still open."""

from __future__ import annotations

import re

from actions.form import Field, Form
from actions.own_words import read_words, words_beside
from actions.speech import HUMAN_BUTTON, Speech
from actions.view import TicketView, View
from bot.messages import Effects, TicketNote
from bot.shop.known_customer import KnownCustomer

NOTE = "ticket_note"
_ANNOUNCEMENT = re.compile(
    r"(?:我|想|要|还|再|给|帮|把|往|在|对|之前|刚才|刚刚|上面|的|那个|这个|工单|投诉|里|里面|上|补充|追加|加|添加|一下|"
    r"一点|点|些|内容|说明|情况|信息|材料|一句|句|几句|备注|留言|需要|可以|能|吗|有|[\W\dT_])+"
)


def open_ticket(view: View) -> TicketView | None:
    """The newest ticket that somebody still works on."""
    return next((ticket for ticket in view.tickets if ticket.open), None)


async def finish(view: View, _customer: KnownCustomer | None) -> tuple[Speech, ...]:
    """Put it into the ticket, or say that there is none."""
    ticket = open_ticket(view)
    if ticket is None:
        return (Speech(response="utter_ticket_none", buttons=(HUMAN_BUTTON,)),)
    return (
        Speech(
            response="utter_ticket_note_done",
            values={"ticket": ticket.number},
            effects=Effects(note=TicketNote(ticket.number, view.values[NOTE])),
        ),
    )


TICKET_NOTE_FORM = Form(
    name="ticket_note_form",
    fields=(
        Field(
            slot=NOTE,
            prompts="ticket_text",
            read=read_words,
            read_first=words_beside(_ANNOUNCEMENT),
            needed=lambda view: open_ticket(view) is not None,
            facts=lambda view: {"ticket": ticket.number if (ticket := open_ticket(view)) else ""},
            free_text=True,
        ),
    ),
    stopped="utter_stop",
    finish=finish,
)
