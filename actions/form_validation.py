"""`validate_<form>`: Rasa's form loop with the whole step decided by `actions.form`.

Rasa calls it when the form opens and at every message while it is open. Asking, interruptions,
corrections and the end are decided here in one call, so a turn inside a form costs one action call.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.choose_entry import chosen_speech
from actions.faq import FaqAnswerer
from actions.form import Form, FormState, FormStep, is_question, step
from actions.self_service import self_service
from actions.speech import Speech, entry_speech
from actions.turn import Turn
from bot.messages import Effects, HandoffRequest

ASKED = "form_asked"
REQUESTED = "requested_slot"


class FormValidation(Action):
    """One form's `validate_` action."""

    def __init__(self, form: Form, answerer: FaqAnswerer) -> None:
        self._form = form
        self._answerer = answerer

    def name(self) -> str:
        return f"validate_{self._form.name}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        state = self._state(tracker)
        result = step(self._form, state, turn, await self._answer(state, turn))
        for speech in result.say:
            speech.send(dispatcher)
        if result.ending in ("requested", "form_failed"):
            Speech(effects=Effects(handoff=HandoffRequest(result.ending, self._form.name))).send(dispatcher)
        return self._events(result)

    def _state(self, tracker: Tracker) -> FormState:
        requested = tracker.get_slot(REQUESTED)
        slots = [field.slot for field in self._form.fields]
        if requested not in slots:
            # The form opens: values of an earlier round of the same form are not taken over.
            return FormState({})
        values = {slot: str(tracker.get_slot(slot)) for slot in slots if tracker.get_slot(slot) is not None}
        return FormState(values, requested, int(tracker.get_slot(ASKED) or 1))

    async def _answer(self, state: FormState, turn: Turn) -> Speech | None:
        if state.requested is not None and turn.intent == "choose_entry":
            return chosen_speech(turn, self._answerer)
        if not is_question(self._form, state, turn):
            return None
        result = await self._answerer.answer(turn.text)
        if result.entry is not None:
            return entry_speech(result.entry, result.record)
        told = self._form.field(str(state.requested)).free_text
        task = None if told else self_service(turn, result.record)
        entry = self._answerer.entry(task) if task else None
        return entry_speech(entry, None) if entry else None

    def _events(self, result: FormStep) -> list[dict[str, Any]]:
        values = {} if result.ending else result.state.values
        events = [SlotSet(field.slot, values.get(field.slot)) for field in self._form.fields]
        if result.ending:
            return [*events, SlotSet(ASKED, None), SlotSet(REQUESTED, None), ActiveLoop(None)]
        return [*events, SlotSet(ASKED, result.state.asked), SlotSet(REQUESTED, result.state.requested)]
