"""`action_ticket_status`: how far the customer's tickets are, and by when somebody answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.forms_access import Clock, Tickets
from actions.moment import moment
from actions.speech import HUMAN_BUTTON, Speech
from actions.tasks import TASKS
from actions.turn import Turn
from actions.view import TicketView
from bot.messages import Button

SHOWN = 2
_ADD = Button("补充说明", "/add_to_ticket")


class TicketStatus(Action):
    """Tells the newest open tickets, or the newest one that is settled."""

    def __init__(self, tickets: Tickets, clock: Clock) -> None:
        self._tickets = tickets
        self._clock = clock

    def name(self) -> str:
        return "action_ticket_status"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        told = newest(await self._tickets(turn.conversation))
        if not told and turn.mention("order_number"):
            return [FollowupAction(TASKS["ask_order_status"][0])]
        for ticket in told:
            ticket_speech(ticket, self._clock()).send(dispatcher)
        if not told:
            Speech(response="utter_ticket_none", buttons=(HUMAN_BUTTON,)).send(dispatcher)
        return []


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
