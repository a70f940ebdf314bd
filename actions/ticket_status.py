"""`action_ticket_status`: how far the customer's tickets are, and by when somebody answers.

What customers call a ticket may be a return, an exchange or a repair, which the shop keeps: a customer who is
known is told of those, and whoever asks about one and is not known shows who they are first.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.case_progress import AFTER_SALES, case_speech, cases_of
from actions.forms_access import FormsAccess
from actions.moment import moment
from actions.speech import HUMAN_BUTTON, Speech
from actions.tasks import TASKS, task_button
from actions.turn import Turn
from actions.view import TicketView
from bot.errors import PartUnavailable
from bot.messages import Button, Effects, HandoffRequest
from bot.shop.after_sales import ReturnCase

logger = logging.getLogger(__name__)

SHOWN = 2
_ADD = Button("补充说明", "/add_to_ticket")
_NONE = Speech(response="utter_ticket_none", buttons=(task_button("ask_order_status"), HUMAN_BUTTON))
# Words for what lies with an agent, whatever it is about.
_WITH_AGENT = re.compile(r"投诉|举报|反映|反馈|回电|回访|建议|T\d{8}")


class TicketStatus(Action):
    """Tells the newest open tickets or cases, or the newest one that is settled."""

    def __init__(self, access: FormsAccess) -> None:
        self._access = access

    def name(self) -> str:
        return "action_ticket_status"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        tickets = newest(await self._access.tickets(turn.conversation))
        told = [ticket_speech(ticket, self._access.clock()) for ticket in tickets]
        of_goods = _of_goods(turn)
        if not of_goods and any(ticket.open for ticket in tickets):
            return _say(dispatcher, told)
        try:
            known, cases = await self._cases(turn)
        except PartUnavailable as error:
            logger.warning("cases cannot be read: %s", error)
            failed = HandoffRequest("failing_part", turn.text)
            return _say(dispatcher, [Speech(effects=Effects(handoff=failed))])
        going_on = [case for case in cases if case.is_open][:SHOWN]
        if going_on or (cases and of_goods):
            return _say(dispatcher, [case_speech(case) for case in going_on or cases[:1]])
        if of_goods and (_names_goods(turn) or not known):
            return [FollowupAction(TASKS["ask_order_status"][0])]
        return _say(dispatcher, told or [_NONE])

    async def _cases(self, turn: Turn) -> tuple[bool, tuple[ReturnCase, ...]]:
        """Whether the customer is known, and the cases that the message may mean."""
        customer = await self._access.customer(turn)
        return customer is not None, cases_of(await customer.orders(), turn) if customer else ()


def newest(tickets: Sequence[TicketView]) -> tuple[TicketView, ...]:
    """The newest open tickets, or the newest one that is settled; `tickets` come newest first."""
    return tuple(ticket for ticket in tickets if ticket.open)[:SHOWN] or tuple(tickets[:1])


def ticket_speech(ticket: TicketView, now: datetime) -> Speech:
    """How far the ticket is, and by when somebody answers."""
    facts = {"ticket": ticket.number, "category": ticket.category, "by": moment(ticket.deadline)}
    if not ticket.open:
        response = "utter_ticket_settled_note" if ticket.note else "utter_ticket_settled"
        return Speech(response=response, values={**facts, "note": ticket.note}, buttons=(HUMAN_BUTTON,))
    state = "taken" if ticket.taken else "late" if ticket.deadline < now else "waiting"
    return Speech(response=f"utter_ticket_{state}", values=facts, buttons=(_ADD, HUMAN_BUTTON))


def _say(dispatcher: CollectingDispatcher, said: Sequence[Speech]) -> list[dict[str, Any]]:
    for speech in said:
        speech.send(dispatcher)
    return []


def _names_goods(turn: Turn) -> bool:
    return turn.mention("order_number") is not None or turn.mention("product") is not None


def _of_goods(turn: Turn) -> bool:
    """Whether it is about an order or an after-sales case, and not about what an agent has."""
    about = _names_goods(turn) or AFTER_SALES.search(turn.text) is not None
    return about and _WITH_AGENT.search(turn.text) is None
