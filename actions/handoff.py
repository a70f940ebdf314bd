"""`action_handoff`: the customer asked for a human."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.speech import Speech
from bot.messages import Effects, HandoffRequest

REQUESTED = Speech(effects=Effects(handoff=HandoffRequest("requested")))


class Handoff(Action):
    """Says nothing itself: the notice with the ticket's number comes with the change of owner."""

    def name(self) -> str:
        return "action_handoff"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        REQUESTED.send(dispatcher)
        return [ActiveLoop(None), SlotSet("requested_slot", None)] if tracker.active_loop else []
