"""Responses for messages that need no FAQ answer, by intent."""

from __future__ import annotations

from actions.turn import Turn
from bot.messages import DecisionRecord

RESPONSES: dict[str, str] = {
    "greet": "utter_greet",
    "goodbye": "utter_goodbye",
    "thanks": "utter_thanks",
    "bot_challenge": "utter_bot_challenge",
    "helpful": "utter_helpful",
    "affirm": "utter_affirm",
    "deny": "utter_deny",
    "stop": "utter_stop",
    "correct": "utter_correct",
    "go_back": "utter_go_back",
    "praise": "utter_praise",
    "suggest": "utter_suggest",
    "rate_service": "utter_rate_service",
    "chitchat": "utter_chitchat",
    "out_of_scope": "utter_out_of_scope",
}
# Where the FAQ has entries to choose from, only plain small talk comes before them.
SURE, PLAIN = 0.4, 0.8


def small_talk(turn: Turn, record: DecisionRecord) -> str | None:
    """The response's name, or None when the message is no small talk or that is not sure enough."""
    intent, confidence = turn.likely
    needed = PLAIN if record.decision == "clarify" else SURE
    return RESPONSES.get(intent) if confidence >= needed else None
