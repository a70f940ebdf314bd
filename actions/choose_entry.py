"""`action_choose_entry`: a click on an FAQ entry shows it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.faq import FaqAnswerer
from actions.speech import HUMAN_BUTTON, Speech, entry_speech, read_choice
from actions.turn import Turn
from bot.messages import DecisionRecord


class ChooseEntry(Action):
    """Reads the entity `entry` of the button's command."""

    def __init__(self, answerer: FaqAnswerer) -> None:
        self._answerer = answerer

    def name(self) -> str:
        return "action_choose_entry"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        chosen_speech(Turn.of(tracker), self._answerer).send(dispatcher)
        return []


def chosen_speech(turn: Turn, answerer: FaqAnswerer) -> Speech:
    """The chosen entry as it was when it was offered, or a sentence when it is known no more."""
    chosen, release = read_choice(turn.mention("entry") or "")
    entry = answerer.entry(chosen, release) if chosen else None
    if entry is None:
        return Speech(response="utter_entry_gone", buttons=(HUMAN_BUTTON,))
    return entry_speech(entry, DecisionRecord("answer", entry.id, 1.0, 1.0, release=release))
