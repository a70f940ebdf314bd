"""`action_rate`: how satisfied the customer is, on a scale of five."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.faq import FaqAnswerer
from actions.speech import HUMAN_BUTTON, Speech, answer_speech
from actions.tasks import task_button
from actions.turn import Turn
from bot.messages import Button, Effects

_SCORE = re.compile(r"(?<![\d.])([1-5]|[一二两三四五])(?:\s?分|\s?颗?星|$)|^([1-5])$")
_CHARACTERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_WORDS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(r"非常不满意|很不满意|极差|最差|零分|0分|太差|差评")),
    (2, re.compile(r"不满意|不太满意|不怎么满意|失望|不好")),
    (5, re.compile(r"非常满意|很满意|特别满意|十分满意|满分|五星|好评|完美|100分|一百分|十分(?!钟)|10分")),
    (3, re.compile(r"一般|还行|凑合|马马虎虎|中评|及格")),
    (4, re.compile(r"满意|不错|挺好|可以|还可以")),
)


def read_score(turn: Turn) -> int | None:
    """1 (bad) to 5 (good), or None when nothing is rated."""
    clicked = turn.mention("score")
    if clicked in {"1", "2", "3", "4", "5"}:
        return int(clicked)
    named = _SCORE.search(turn.text.strip(" ，。！!,."))
    if named:
        score = named[1] or named[2]
        return _CHARACTERS.get(score) or int(score)
    return next((score for score, words in _WORDS if words.search(turn.text)), None)


class Rate(Action):
    """The FAQ comes first, so that no question is taken for a rating."""

    def __init__(self, answerer: FaqAnswerer) -> None:
        self._answerer = answerer

    def name(self) -> str:
        return "action_rate"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        result = await self._answerer.answer(turn.text) if not turn.text.startswith("/") else None
        if result is not None and result.entry is not None:
            answer_speech(result.entry, result).send(dispatcher)
            return []
        reply(read_score(turn)).send(dispatcher)
        return []


def reply(score: int | None) -> Speech:
    """Thanks for a good score; a bad one is asked about, with a way to somebody who can mend it."""
    if score is None:
        stars = tuple(Button(f"{n}分", f'/rate_service{{"score": "{n}"}}') for n in range(5, 0, -1))
        return Speech(response="utter_ask_score", buttons=stars)
    effects = Effects(rating=score)
    if score >= 4:
        return Speech(response="utter_rated_well", effects=effects)
    if score == 3:
        return Speech(response="utter_rated_fair", buttons=(task_button("suggest"),), effects=effects)
    return Speech(
        response="utter_rated_badly", buttons=(task_button("suggest"), HUMAN_BUTTON), effects=effects
    )
