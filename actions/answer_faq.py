"""`action_answer_faq`: the FAQ first, whatever the intent; then small talk, self-service, or asking back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.empathy import empathy
from actions.faq import FaqAnswerer, FaqResult
from actions.memory import Memory
from actions.self_service import ENTRIES, self_service
from actions.small_talk import small_talk
from actions.speech import HUMAN_BUTTON, Speech, answer_speech, candidate_buttons, entry_speech
from actions.tasks import TASKS, Wish, errand, question_beside, task_button
from actions.turn import Turn
from bot.handoff.request import declines_human
from bot.messages import Effects

CLARIFY = ("utter_clarify", "utter_clarify_again")
REPHRASE = ("utter_rephrase", "utter_rephrase_again")
NO_HUMAN = "utter_human_declined"
ORDER_STATUS = TASKS["ask_order_status"][0]
# What is left of 那手表呢 without its product.
_WHAT_OF_IT = re.compile(
    r"(?:那么?|还有|我的?|[这那]?个)*(?:[那这]?个?[单件])?(?:呢|怎么样了?|咋样了?)[?？。!！]*"
)
OFFER_HUMAN = ("utter_offer_human", "utter_offer_human_again")


class AnswerFaq(Action):
    """Answers an open question."""

    def __init__(self, answerer: FaqAnswerer) -> None:
        self._answerer = answerer

    def name(self) -> str:
        return "action_answer_faq"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        if declines_human(turn.text):
            Speech(response=NO_HUMAN).send(dispatcher)
            return []
        result = await self._answerer.answer(turn.text, turn.answered)
        again = Memory.of(tracker).again(turn)
        if again is not None:
            return [FollowupAction(again)]
        wish = await self._errand(turn, result)
        if wish is not None:
            return [FollowupAction(wish.form)]
        told_how = result.entry is not None and result.entry.id == ENTRIES["ask_order_status"]
        if (result.entry is None or told_how) and _names_an_order(turn, Memory.of(tracker)):
            return [FollowupAction(ORDER_STATUS)]
        said = reply(turn, result, self._answerer)
        if said.response is not None and (feeling := empathy(turn)):
            Speech(text=feeling).send(dispatcher)
        said.send(dispatcher)
        return []

    async def _errand(self, turn: Turn, result: FaqResult) -> Wish | None:
        """The task that the message orders in so many words, unless its words have another answer.

        What the message asks besides is answered when the form opens.
        """
        wish = errand(turn)
        if wish is None:
            return None
        how = ENTRIES.get(wish.intent)
        if question := question_beside(turn):
            aside = await self._answerer.answer(question, how)
            return wish if aside.entry is not None or result.entry is None else None
        if wish.turn.text != turn.text:
            result = await self._answerer.answer(wish.turn.text)
        return wish if result.entry is None or result.entry.id == how else None


def _names_an_order(turn: Turn, memory: Memory) -> bool:
    """Whether the message names an order by its number, or, where orders were spoken of, by its product."""
    if turn.mention("order_number"):
        return True
    return memory.recent is not None and _and_that_one(turn)


def _and_that_one(turn: Turn) -> bool:
    products = [mention for mention in turn.mentions if mention.kind == "product"]
    return any(_WHAT_OF_IT.fullmatch(turn.text[: m.start] + turn.text[m.end :]) for m in products)


def reply(turn: Turn, result: FaqResult, answerer: FaqAnswerer) -> Speech:
    """What to say to a message and the FAQ's decision about it.

    Small talk and a task count only where the FAQ has no answer: a wrong intent never hides one, and
    where the FAQ doubts between entries the intent decides only when both name the same entry.
    """
    if result.entry is not None:
        return answer_speech(result.entry, result, empathy(turn))
    record = result.record
    talk = small_talk(turn, record)
    if talk is not None:
        return Speech(response=talk)
    task = self_service(turn, record)
    entry = answerer.entry(task) if task else None
    if entry is not None:
        agreed = bool(record.candidates) and record.candidates[0].entry == entry.id
        probability = record.probability if agreed else turn.likely[1]
        shown = replace(record, decision="answer", entry=entry.id, probability=probability)
        return entry_speech(entry, shown, empathy(turn), (task_button(turn.likely[0]), HUMAN_BUTTON))
    effects = Effects(decision=record)
    choices = candidate_buttons(record)
    if record.decision == "clarify" and choices:
        return Speech(response=another(CLARIFY, turn), buttons=(*choices, HUMAN_BUTTON), effects=effects)
    if turn.misses:
        return Speech(response=another(OFFER_HUMAN, turn), buttons=(HUMAN_BUTTON,), effects=effects)
    return Speech(response=another(REPHRASE, turn), buttons=(HUMAN_BUTTON,), effects=effects)


def another(responses: tuple[str, str], turn: Turn) -> str:
    """The first response, or the second when the first was used in the turn before."""
    first, second = responses
    return second if turn.responded(first) else first
