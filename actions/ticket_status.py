"""`action_ticket_status`: says that an agent follows, with the ticket's number."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.speech import HUMAN_BUTTON, Speech
from actions.turn import Turn


class TicketStatus(Action):
    """The number comes with the message's metadata; the bot knows no more about a ticket."""

    def name(self) -> str:
        return "action_ticket_status"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        ticket = Turn.of(tracker).ticket
        if ticket is None:
            Speech(response="utter_ticket_none", buttons=(HUMAN_BUTTON,)).send(dispatcher)
        else:
            Speech(response="utter_ticket_open", values={"ticket": ticket}, buttons=(HUMAN_BUTTON,)).send(
                dispatcher
            )
        return []
