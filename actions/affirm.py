"""`action_affirm`: yes after "shall I fetch a human?" is a wish for one, otherwise a nod."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_faq import OFFER_HUMAN
from actions.handoff import REQUESTED
from actions.refusal import AGENT_MAY
from actions.speech import Speech
from actions.turn import Turn
from bot.messages import Effects, HandoffRequest

ASKS_ABOUT_HUMAN = (*OFFER_HUMAN, "utter_unhelpful", "utter_unhelpful_again", "utter_ticket_none")
BEYOND_AUTHORITY = Speech(effects=Effects(handoff=HandoffRequest("beyond_authority")))


class Affirm(Action):
    """Reads what the bot said in the turn before."""

    def name(self) -> str:
        return "action_affirm"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        if turn.responded(AGENT_MAY):
            BEYOND_AUTHORITY.send(dispatcher)
        elif turn.responded(*ASKS_ABOUT_HUMAN):
            REQUESTED.send(dispatcher)
        else:
            Speech(response="utter_affirm").send(dispatcher)
        return []
