"""One turn as the actions see it: Rasa's tracker read once into plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Tracker

from bot.emotion.script import SIMPLIFIED

FALLBACK_INTENT = "nlu_fallback"
# A fragment such as 多久 goes on from an answer of these last turns only.
RECENT_TURNS = 3
# A value that was chosen from buttons; nobody can type it.
CHOICE_INTENT = "inform"


@dataclass(frozen=True)
class Mention:
    """An entity in the message: normal form and the place `text[start:end]` (both 0 for a button's value)."""

    kind: str
    value: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class BotLine:
    """Something that the bot said: the text and, if it came from the domain, the response's name."""

    text: str
    response: str | None = None


@dataclass(frozen=True)
class Turn:
    """What the customer says now and what went before.

    `text` is in simplified script. `intent` is `nlu_fallback` when the best of `ranking` was not sure
    enough; confidences and `emotion_intensity` are 0..1.
    `misses` counts turns in a row, before this one, in which the bot could not answer, `form_attempts` (1..3)
    is how often a form may ask for one value. `said` is what the bot said in the turn before, `told` all that
    it said in this episode, `apologised` whether it has apologised for what the shop did, `asked_before` what
    the customer had said in the turn before, `answered` the FAQ entry that was answered last, within
    three turns. `conversation` is the desk's, without the episode; `message_id` is the key of every change
    that the message leads to.
    """

    text: str
    intent: str
    confidence: float = 1.0
    ranking: tuple[tuple[str, float], ...] = ()
    mentions: tuple[Mention, ...] = ()
    emotion: str = "calm"
    emotion_intensity: float = 1.0
    misses: int = 0
    form_attempts: int = 3
    ticket: str | None = None
    said: tuple[BotLine, ...] = ()
    told: tuple[str, ...] = ()
    apologised: bool = False
    asked_before: str | None = None
    answered: str | None = None
    conversation: str = ""
    message_id: str = ""

    @classmethod
    def of(cls, tracker: Tracker) -> Turn:
        """Read Rasa's tracker; what is missing takes the default."""
        message: Mapping[str, Any] = tracker.latest_message or {}
        intent = message.get("intent") or {}
        metadata = message.get("metadata") or {}
        feeling = metadata.get("emotion") or {}
        ticket = metadata.get("ticket")
        said, asked_before = _turn_before(tracker.events or [])
        return cls(
            # One character for one, so that the places of mentions hold.
            text=(message.get("text") or "").translate(SIMPLIFIED),
            intent=intent.get("name") or FALLBACK_INTENT,
            confidence=float(intent.get("confidence") or 0.0),
            ranking=tuple((r["name"], float(r["confidence"])) for r in message.get("intent_ranking") or ()),
            mentions=tuple(
                Mention(e["entity"], str(e["value"]), e.get("start") or 0, e.get("end") or 0)
                for e in message.get("entities") or ()
            ),
            emotion=feeling.get("label", "calm"),
            emotion_intensity=float(feeling.get("intensity", 1.0)),
            misses=int(metadata.get("misses") or 0),
            form_attempts=int(metadata.get("form_attempts") or cls.form_attempts),
            ticket=str(ticket) if ticket else None,
            said=said,
            told=tuple(e.get("text") or "" for e in tracker.events or [] if e.get("event") == "bot"),
            apologised=bool(metadata.get("apologised")),
            asked_before=asked_before,
            answered=_last_answered(tracker.events or []),
            conversation=(tracker.sender_id or "").rpartition("-")[0],
            message_id=str(message.get("message_id") or ""),
        )

    @property
    def likely(self) -> tuple[str, float]:
        """The best intent with its confidence, also when it stayed below its threshold."""
        if self.intent == FALLBACK_INTENT and self.ranking:
            return self.ranking[0]
        return self.intent, self.confidence

    @property
    def choice(self) -> str | None:
        """The value of the button that was clicked in a form."""
        return self.mention("value") if self.intent == CHOICE_INTENT else None

    def clicked(self, payload: str) -> Turn:
        """The turn as if the button with this payload, a Rasa command, had been clicked."""
        intent, brace, values = payload.removeprefix("/").partition("{")
        given = json.loads(brace + values) if brace else {}
        mentions = tuple(Mention(kind, str(value)) for kind, value in given.items())
        return replace(self, text=payload, intent=intent, confidence=1.0, ranking=(), mentions=mentions)

    def sure(self, *intents: str, confidence: float = 0.5) -> bool:
        """Whether the message is one of these intents, at least this sure."""
        return self.intent in intents and self.confidence >= confidence

    def mention(self, kind: str) -> str | None:
        """The last value of this kind in the message, or None."""
        values = [mention.value for mention in self.mentions if mention.kind == kind]
        return values[-1] if values else None

    def responded(self, *responses: str) -> bool:
        """Whether one of these responses was used in the turn before."""
        return any(line.response in responses for line in self.said)


def _last_answered(events: Sequence[Mapping[str, Any]]) -> str | None:
    heard = 0
    for event in reversed(events):
        if event.get("event") == "user":
            heard += 1
        if heard > RECENT_TURNS:
            return None
        custom = (event.get("data") or {}).get("custom") or {} if event.get("event") == "bot" else {}
        decision = custom.get("decision") or {}
        if decision.get("decision") == "answer":
            return str([decision["entry"], *decision.get("also", ())][-1])
    return None


def _turn_before(events: Sequence[Mapping[str, Any]]) -> tuple[tuple[BotLine, ...], str | None]:
    heard = [place for place, event in enumerate(events) if event.get("event") == "user"]
    if len(heard) < 2:
        return (), None
    start, end = heard[-2], heard[-1]
    said = tuple(
        BotLine(event.get("text") or "", (event.get("metadata") or {}).get("utter_action"))
        for event in events[start:end]
        if event.get("event") == "bot"
    )
    return said, events[start].get("text")
