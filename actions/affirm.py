"""`action_affirm`: yes after "shall I fetch a human?" is a wish for one, otherwise a nod."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_faq import OFFER_HUMAN
from actions.handoff import REQUESTED
from actions.speech import Speech
from actions.turn import Turn

ASKS_ABOUT_HUMAN = (*OFFER_HUMAN, "utter_unhelpful", "utter_unhelpful_again", "utter_ticket_none")


class Affirm(Action):
    """Reads what the bot said in the turn before."""

    def name(self) -> str:
        return "action_affirm"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        speech = REQUESTED if turn.responded(*ASKS_ABOUT_HUMAN) else Speech(response="utter_affirm")
        speech.send(dispatcher)
        return []
