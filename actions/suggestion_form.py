"""Form: advice for the shop. Ends with a ticket for those who can use it."""

from __future__ import annotations

import re

from actions.form import Field, Form
from actions.own_words import read_words, words_beside
from actions.speech import Speech
from actions.view import View
from bot.messages import Effects, TicketRequest
from bot.shop.known_customer import KnownCustomer

SUGGESTION = "suggestion"
_ANNOUNCEMENT = re.compile(
    r"(?:我|想|要|有|给|提|个|一个|一点|点|些|你们|条|反馈|小|意见|建议|说|一下|吗|可以|能|[\W_])+"
)


async def finish(view: View, _customer: KnownCustomer | None) -> tuple[Speech, ...]:
    """Thank and pass it on."""
    request = TicketRequest("suggestion", f"客户建议：{view.values[SUGGESTION]}")
    return (Speech(response="utter_suggestion_done", effects=Effects(ticket=request)),)


SUGGESTION_FORM = Form(
    name="suggestion_form",
    fields=(
        Field(
            slot=SUGGESTION,
            prompts="suggestion_text",
            read=read_words,
            read_first=words_beside(_ANNOUNCEMENT),
            free_text=True,
        ),
    ),
    stopped="utter_stop",
    finish=finish,
)
