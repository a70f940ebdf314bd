"""`validate_<form>`: Rasa's form loop with the whole step decided by `actions.form`.

Rasa calls it when the form opens and at every message while it is open. Asking, interruptions,
corrections and the end are decided here in one call, so a turn inside a form costs one action call.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.after_sales_form import NOTE, REASON
from actions.answer_faq import CLARIFY, NO_HUMAN, another
from actions.choose_entry import chosen_speech
from actions.empathy import empathy
from actions.faq import FaqAnswerer
from actions.form import IDENTITY, Form, FormState, FormStep, as_clicked, go_on, is_question, step
from actions.forms_access import FormsAccess
from actions.memory import STATE, Memory
from actions.refusal import refusal_speech
from actions.self_service import self_service
from actions.speech import Speech, answer_speech, candidate_buttons, entry_speech
from actions.tasks import (
    TASKS,
    Wish,
    asks_something,
    errand,
    form_title,
    instead_of,
    other_task,
    question_beside,
    task_button,
    wishes,
    without_questions,
)
from actions.ticket_status import newest, ticket_speech
from actions.turn import Turn
from actions.unhelpful import unhelpful_speech
from actions.view import LINE, ORDER, View
from bot.errors import InvalidInput, NotAllowed, OrderNotFound, PartUnavailable
from bot.handoff.request import declines_human
from bot.messages import Effects, HandoffRequest

logger = logging.getLogger(__name__)

REQUESTED = "requested_slot"
COMPLAINT = "complaint_form"
# An FAQ answer comes before a task that is less sure than this.
TASK_SURE = 0.8
# 抬头填什么 asks about a task that the intent takes for wanted. Where is my order, why is it not here yet:
# these tasks are questions themselves, and a complaint has its own.
_ASKS = re.compile(r"(?:什么|啥)(?!时候)|(?:怎么|咋)(?!还|没|这|那)|如何|多少|多久|几天|谁")
_ASKED_ANYWAY = frozenset({"order_status_form", "refund_form", "urge_form", COMPLAINT})
# Forms about one product of one order, and what is the same in all three.
_KINDRED = frozenset({"return_form", "exchange_form", "repair_form"})
_LEFT = (IDENTITY[0], ORDER, LINE, REASON, NOTE)
_SMALL_TALK = {"greet": "utter_greet", "thanks": "utter_thanks", "bot_challenge": "utter_bot_challenge"}


@dataclass(frozen=True)
class Opening:
    """A message that opens a form: the `turn` as far as it is about the form.

    `beside` are answers to what it asks besides, `then` is a further task (an intent). Where the form is not
    to be opened, `instead` is the answer, or another form comes first, `elsewhere`.
    """

    turn: Turn
    beside: tuple[Speech, ...] = ()
    then: str | None = None
    instead: Speech | None = None
    elsewhere: str | None = None


class FormValidation(Action):
    """One form's `validate_` action."""

    def __init__(self, form: Form, answerer: FaqAnswerer, access: FormsAccess) -> None:
        self._form = form
        self._answerer = answerer
        self._access = access

    def name(self) -> str:
        return f"validate_{self._form.name}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn, memory = Turn.of(tracker), Memory.of(tracker)
        is_open = memory.form == self._form.name and bool(tracker.get_slot(REQUESTED))
        # Values that another form left to this one are there before anything was asked.
        left = memory.form == self._form.name and memory.state.requested is None
        state = memory.state if is_open or left else FormState()
        then = memory.then if is_open else None
        try:
            again = memory.again(turn) if state.requested is None and turn.confidence < TASK_SURE else None
            if again not in (None, self._form.name):
                return [*_closed(), FollowupAction(again)]
            said, kept, events = await self._turn(turn, state, memory.recent, then)
        except PartUnavailable as error:
            logger.warning("%s cannot go on: %s", self._form.name, error)
            kept, events = Memory(recent=memory.recent), _closed()
            said = (_handoff("failing_part", form_title(self._form.name)),)
        for speech in self._felt(turn, said):
            speech.send(dispatcher)
        return [kept.event(), *events]

    def _felt(self, turn: Turn, said: tuple[Speech, ...]) -> tuple[Speech, ...]:
        """Who is worried or displeased hears so first; complaints and hand-offs have their own words."""
        feeling = empathy(turn)
        if not feeling or not said or self._form.name == COMPLAINT or any(s.effects.handoff for s in said):
            return said
        return (Speech(text=feeling), *said)

    async def _turn(
        self, turn: Turn, state: FormState, recent: str | None, then: str | None
    ) -> tuple[tuple[Speech, ...], Memory, list[dict[str, Any]]]:
        form, heard = self._form, turn.text
        opening = Opening(turn, then=then)
        if state.requested is None:
            opening = await self._opening(turn)
            if opening.elsewhere is not None:
                return (), Memory(recent=recent), [*_closed(), FollowupAction(opening.elsewhere)]
            if opening.instead is not None:
                return (opening.instead,), Memory(recent=recent), _closed()
        turn, then, beside = opening.turn, opening.then, opening.beside
        view = as_clicked(form, state, await self._access.view(form, turn, state.values, recent))
        hindrance = await self._hindrance(view)
        if hindrance is not None:
            return (*beside, hindrance), Memory(recent=recent), _closed()
        if state.requested is not None and (other := self._other(state, view)) is not None:
            left = _left_to(other, self._form.name, view)
            spoken_of = state.values.get(ORDER) or recent
            return (
                (),
                Memory(other if left else None, left or FormState(), spoken_of),
                [*_closed(), FollowupAction(other)],
            )
        result = step(form, state, view, await self._answer(state, view))
        if result.ending == "prove":
            result, view = await self._prove(result, view)
        said = (*beside, *result.say, *await self._end(result, view))
        spoken_of = result.state.values.get(ORDER) or recent
        if result.ending is not None:
            if then is not None and not any(speech.effects.handoff for speech in said):
                said = (*said, _next(then))
            over = form.name if result.ending in ("done", "refused") else None
            return said, Memory(recent=spoken_of, over=over, heard=heard), _closed()
        return said, Memory(form.name, result.state, spoken_of, then), [SlotSet(REQUESTED, STATE)]

    async def _opening(self, turn: Turn) -> Opening:
        """What the message that opens the form says besides the form's own task."""
        contrary = TASKS.get(instead_of(turn) or "", (None, ""))[0]
        if contrary is not None:
            return Opening(turn, elsewhere=contrary if contrary != self._form.name else None)
        named, sure = wishes(turn), turn.confidence >= TASK_SURE
        # The intent of two tasks in one message is anything: they are done as they were named. And the words
        # say more than an intent that is not sure.
        first = named[0] if len(named) > 1 else None if sure else errand(turn)
        if first is not None and first.form != self._form.name:
            return Opening(turn, elsewhere=first.form)
        beside = await self._answer_beside(turn, named)
        if len(named) > 1:
            return Opening(named[0].turn, beside, then=named[1].intent)
        if beside:
            return Opening(without_questions(turn), beside)
        return Opening(turn, instead=await self._answer_first(turn))

    async def _hindrance(self, view: View) -> Speech | None:
        if not self._form.identifies:
            return None
        if view.known:
            return None if view.orders else Speech(response="utter_no_orders")
        standing = await self._access.standing(view.turn)
        return self._handoff("not_verified", view) if standing.state == "human" else None

    def _other(self, state: FormState, view: View) -> str | None:
        asked = self._form.field(str(state.requested))
        if asked.free_text or (asked.slot != ORDER and asked.read(view) is not None):
            return None
        return other_task(view.turn, self._form.name)

    async def _prove(self, result: FormStep, view: View) -> tuple[FormStep, View]:
        """Show the shop who asks; then the form goes on, asks again, or gives up."""
        values = dict(result.state.values)
        number, digits = (values.pop(slot) for slot in IDENTITY)
        form = self._form
        try:
            proof = await self._access.prove(view.turn, number, digits)
        except InvalidInput:
            return go_on(form, replace(view, values=values)), view
        if proof.result == "right":
            known = await self._access.view(form, view.turn, {**values, ORDER: number}, view.recent)
            done = step(form, FormState(), known) if known.orders else FormStep(FormState())
            return done, known
        if not proof.tries_left:
            failed = self._handoff("not_verified", view)
            return FormStep(FormState(), (failed,), "refused"), view
        # More often a digit is wrong than the number, and who has another number may send that.
        again = go_on(form, replace(view, values={**values, IDENTITY[0]: number}))
        wrong = Speech(response="utter_identity_wrong", values={"left": str(proof.tries_left)})
        return replace(again, say=(wrong,)), view

    async def _end(self, result: FormStep, view: View) -> tuple[Speech, ...]:
        form = self._form
        if result.ending in ("requested", "form_failed"):
            return (self._handoff(str(result.ending), replace(view, values=result.state.values)),)
        if result.refusal is not None:
            return (self._refused(result.refusal),)
        if result.ending != "done":
            return ()
        complete = replace(view, values=result.state.values)
        customer = await self._access.customer(view.turn) if form.identifies else None
        try:
            return await form.finish(complete, customer)
        except NotAllowed as refusal:
            return (self._refused(refusal),)
        except OrderNotFound as missing:
            return (Speech(text=missing.sentence),)

    def _refused(self, refusal: NotAllowed) -> Speech:
        instead = self._form.instead.get(refusal.reason)
        return refusal_speech(refusal, *((task_button(instead),) if instead else ()))

    def _handoff(self, reason: str, view: View) -> Speech:
        """Give way to an agent, who learns what was to be done and need not ask for what is known."""
        known = self._form.told(view)
        return _handoff(reason, form_title(self._form.name) + (f"。{known}" if known else ""))

    async def _answer_beside(self, turn: Turn, named: tuple[Wish, ...]) -> tuple[Speech, ...]:
        """The FAQ's answer to what the message asks besides this form's task, unless the form answers it."""
        question = question_beside(turn)
        if not question or not any(wish.form == self._form.name for wish in named):
            return ()
        result = await self._answerer.answer(question, next(iter(self._form.entries), None))
        if result.entry is None or result.entry.id in self._form.entries:
            return ()
        return (answer_speech(result.entry, result),)

    async def _answer_first(self, turn: Turn) -> Speech | None:
        """The FAQ's answer to a message that opens the form but rather asks than wants something done."""
        if turn.text.startswith("/") or turn.mention("order_number"):
            return None
        aside = self._answerer.entry(name) if (name := self._form.aside(turn)) else None
        if aside is not None:
            return entry_speech(aside, None)
        asks = self._form.name not in _ASKED_ANYWAY and _ASKS.search(turn.text) is not None
        if turn.confidence >= TASK_SURE and not asks:
            return None
        wish = errand(turn)
        words = wish.turn.text if wish and wish.form == self._form.name else turn.text
        result = await self._answerer.answer(words, turn.answered)
        if result.entry is None or result.entry.id in self._form.entries:
            return None
        intent = next((name for name, (form, _) in TASKS.items() if form == self._form.name), None)
        buttons = (task_button(intent),) if intent else ()
        return answer_speech(result.entry, result, buttons=buttons)

    async def _answer(self, state: FormState, view: View) -> Speech | None:
        turn = view.turn
        if state.requested is not None and turn.intent == "choose_entry":
            return chosen_speech(turn, self._answerer)
        # A click under the answer before; typed, it may be about anything.
        if state.requested is not None and turn.text == "/unhelpful":
            return await unhelpful_speech(turn, self._answerer)
        if not is_question(self._form, state, view):
            return None
        if declines_human(turn.text):
            return Speech(response=NO_HUMAN)
        of_ticket = turn.sure("ask_ticket_status") or "工单" in turn.text
        if of_ticket and (tickets := newest(view.tickets)):
            return ticket_speech(tickets[0], view.now)
        result = await self._answerer.answer(turn.text, turn.answered)
        if result.entry is not None:
            return answer_speech(result.entry, result)
        talk = _SMALL_TALK.get(turn.intent) if turn.confidence >= TASK_SURE else None
        if talk is not None:
            return Speech(response=talk)
        told = self._form.field(str(state.requested)).free_text
        task = None if told else self_service(turn, result.record)
        entry = self._answerer.entry(task) if task and task not in self._form.entries else None
        if entry is not None:
            return entry_speech(entry, None)
        choices = candidate_buttons(result.record)
        asks = turn.sure("faq") or asks_something(turn)
        if told or result.record.decision != "clarify" or not choices or not asks:
            return None
        effects = Effects(decision=result.record)
        return Speech(response=another(CLARIFY, turn), buttons=choices, effects=effects)


def _left_to(other: str, form: str, view: View) -> FormState | None:
    """What one of return, exchange and repair leaves to another: nobody tells the same thing twice."""
    if not {other, form} <= _KINDRED:
        return None
    return FormState({slot: view.values[slot] for slot in _LEFT if slot in view.values})


def _next(intent: str) -> Speech:
    words = {"task": TASKS[intent][1]}
    return Speech(response="utter_next_task", values=words, buttons=(task_button(intent),))


def _handoff(reason: str, note: str) -> Speech:
    return Speech(effects=Effects(handoff=HandoffRequest(reason, note)))


def _closed() -> list[dict[str, Any]]:
    return [SlotSet(REQUESTED, None), ActiveLoop(None)]
