"""Responses for messages that need no FAQ answer, by intent."""

from __future__ import annotations

import re

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
    "chitchat": "utter_chitchat",
    "out_of_scope": "utter_out_of_scope",
}
MISUNDERSTOOD = "utter_misunderstood"
# What praise and thanks get that are not meant: 厉害厉害，半个月才到.
DISPLEASED = "utter_displeased"
_COURTESIES = frozenset({"praise", "thanks", "helpful"})
# Where the FAQ has entries to choose from, only plain small talk comes before them.
SURE, PLAIN = 0.4, 0.8

_TROUBLE = re.compile(r"(?:出|有|碰到|遇到)(?:了|点|些|个)*(?:问题|毛病|故障|错误)|出错|报错|异常")
# 你查错了吧 says that the bot is wrong, whatever intent it looks like.
_BLAMED = re.compile(
    r"(?:你|您|机器人|小杉)(?:是不是|是|好像|可能|肯定|又|都|刚才|给我)*(?:查|看|搞|弄|答|回答|说|讲|听|理解|找)错|"
    r"^(?:查|看|搞|弄|答|理解)错了(?:吧|啊|哦)"
)
_LETTERS = re.compile(r"[a-z]{5,}", re.IGNORECASE)
_CONSONANTS = re.compile(r"[b-df-hj-np-tv-z]{4,}", re.IGNORECASE)
_CHINESE = re.compile(r"[一-鿿]")


def _is_mash(text: str) -> bool:
    """Whether nobody can have meant anything: asdfgh, 啊啊啊啊啊, 。。。123."""
    characters = [character for character in text if character.isalnum()]
    if not any(character.isalpha() for character in characters):
        return True
    if len(characters) >= 5 and len(set(characters)) <= 2:
        return True
    word = _LETTERS.fullmatch("".join(characters))
    return not _CHINESE.search(text) and word is not None and bool(_CONSONANTS.search(word[0]))


def small_talk(turn: Turn, record: DecisionRecord) -> str | None:
    """The response's name, or None when the message is no small talk or that is not sure enough.

    Small talk is no excuse for ever: keyboard mash, and a second chat in a row, are not understood.
    """
    intent, confidence = turn.likely
    if _BLAMED.search(turn.text):
        return MISUNDERSTOOD
    if intent == "helpful" and _TROUBLE.search(turn.text):
        return None
    if intent in ("chitchat", "out_of_scope") and _is_mash(turn.text):
        return None
    if intent == "chitchat" and turn.responded(RESPONSES[intent]):
        return None
    mocking = intent in _COURTESIES and turn.emotion in ("dissatisfied", "angry")
    needed = PLAIN if record.decision == "clarify" else SURE
    response = DISPLEASED if mocking else RESPONSES.get(intent)
    return response if confidence >= needed else None
