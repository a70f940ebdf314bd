"""`action_affirm`: yes after "shall I fetch a human?" is a wish for one, otherwise a nod.

Marks alone are no yes, whatever they look like to the intent model, nor is what says or asks more than yes:
the FAQ is asked, and what it does not know was not understood.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_faq import OFFER_HUMAN, reply
from actions.faq import FaqAnswerer
from actions.handoff import REQUESTED
from actions.refusal import AGENT_MAY
from actions.speech import Speech
from actions.turn import FALLBACK_INTENT, Turn
from bot.messages import Effects, HandoffRequest

ASKS_ABOUT_HUMAN = (*OFFER_HUMAN, "utter_unhelpful", "utter_unhelpful_again", "utter_ticket_none")
# What is no mere nod: 那咋办, 就是我之前买的那个.
_MORE = re.compile(
    r"咋|怎么|如何|什么|啥|哪|谁|几[天点号]|多[久少]|之前|上次|昨天|买的|那[个单件款条双台](?!意思)|[催修查改寄]"
)
_MARKS = re.compile(r"[\s.。…,，、!！?？;；~～·\-_—]+")


class Affirm(Action):
    """Reads what the bot said in the turn before."""

    def __init__(self, answerer: FaqAnswerer) -> None:
        self._answerer = answerer

    def name(self) -> str:
        return "action_affirm"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        asked = turn.responded(AGENT_MAY, *ASKS_ABOUT_HUMAN)
        if _MARKS.fullmatch(turn.text) or (not asked and _MORE.search(turn.text)):
            unclear = replace(turn, intent=FALLBACK_INTENT, ranking=())
            reply(unclear, await self._answerer.answer(turn.text), self._answerer).send(dispatcher)
        elif turn.responded(AGENT_MAY):
            refused = next(line.text for line in turn.said if line.response == AGENT_MAY)
            request = HandoffRequest("beyond_authority", refused.partition("\n")[0])
            Speech(effects=Effects(handoff=request)).send(dispatcher)
        elif turn.responded(*ASKS_ABOUT_HUMAN):
            REQUESTED.send(dispatcher)
        else:
            Speech(response="utter_affirm").send(dispatcher)
        return []
