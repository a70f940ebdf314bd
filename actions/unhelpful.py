"""`action_unhelpful`: the last answer did not help; a miss, with other entries and a human on offer."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.faq import FaqAnswerer
from actions.small_talk import MISUNDERSTOOD
from actions.speech import HUMAN_BUTTON, Speech, candidate_buttons
from actions.turn import Turn
from bot.messages import Button, DecisionRecord, Effects

RESPONSES = ("utter_unhelpful", "utter_unhelpful_again")


class Unhelpful(Action):
    """Looks for entries near the question before, other than the one that was shown.

    Where there are none to choose from, it asks what was meant.
    """

    def __init__(self, answerer: FaqAnswerer) -> None:
        self._answerer = answerer

    def name(self) -> str:
        return "action_unhelpful"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        (await unhelpful_speech(Turn.of(tracker), self._answerer)).send(dispatcher)
        return []


async def unhelpful_speech(turn: Turn, answerer: FaqAnswerer) -> Speech:
    """What is said to it: other entries near the question, and a human."""
    record = DecisionRecord("no_answer", None, 0.0, 0.0)
    choices: tuple[Button, ...] = ()
    if turn.asked_before and not turn.asked_before.startswith("/"):
        before = (await answerer.answer(turn.asked_before)).record
        record = DecisionRecord("no_answer", None, 0.0, before.in_scope, before.candidates)
        choices = candidate_buttons(before, without=before.entry)
    again = turn.responded(*RESPONSES, MISUNDERSTOOD)
    return Speech(
        response=RESPONSES[1] if again else RESPONSES[0] if choices else MISUNDERSTOOD,
        buttons=(*choices, HUMAN_BUTTON),
        effects=Effects(decision=record),
    )
