"""Does the customer ask for a human, here and now? Phrase rules ahead of all else: the way out always works.

The rules read one clause at a time. Words that merely contain 人工 (人工费, 人工智能) are blanked out; a
clause that reports, asks about the service, or declines is passed over; then the asking phrases decide.
"""

from __future__ import annotations

import re

from bot.emotion import normalize
from bot.handoff import request_phrases as phrases
from bot.handoff import waiting_phrases as waiting

_CLAUSE_ENDS = re.compile(r"[,.!?;:~\n\r…、|/]+")
# A clause this short that names a human has no room for much else than the wish.
_BARE = 6
# What may stand beside a refusal that is one and nothing else: 我, 谢谢, 了吧.
_COURTESY = 3
# Spaces separate English words; between Chinese characters they mean nothing (转 人 工).
_SPACES = re.compile(r"(?<![a-z])\s+|\s+(?![a-z])")


def wants_human(text: str) -> bool:
    """Whether the message asks for a human to take over this chat.

    A question about the service's hours or phone number, a report of what a human said, a wish for a call
    back and a refusal (不用转人工) are not requests.
    """
    normal = _normal(text)
    if phrases.WHO_IS_THERE.fullmatch(normal):
        return False
    blanked = _clauses(phrases.LATER.sub("", normal))
    named = any(phrases.HUMAN.search(clause) for clause in blanked)
    return any(_asks(clause) or (named and phrases.AGAIN.search(clause) is not None) for clause in blanked)


def declines_human(text: str) -> bool:
    """Whether the message says no more than that no human is wanted (先不转人工)."""
    clauses = _clauses(_normal(text))
    left = [phrases.DECLINES.sub("", clause) for clause in clauses]
    return left != clauses and len("".join(left)) <= _COURTESY


def withdraws(text: str) -> bool:
    """Whether somebody who waits for a human says no more than that they need none (不用了, 没事了, 不等了).

    A question does not (不用等了吗？), and neither does a message with anything else to tell.
    """
    normal = _normal(text)
    if "?" in normal:
        return False
    left = [waiting.LEAVES.sub("◇", phrases.DECLINES.sub("◇", clause)) for clause in _clauses(normal)]
    if not any("◇" in clause for clause in left):
        return False
    return not any(waiting.COURTESY.sub("", clause.replace("◇", "")) for clause in left)


def asks_about_waiting(text: str) -> bool:
    """Whether somebody who waits for a human asks how long, in which place, or where everybody is."""
    return any(
        waiting.ASKS.search(clause) and not waiting.OTHER_MATTERS.search(clause)
        for clause in _clauses(_normal(text))
    )


def adds_nothing(text: str) -> bool:
    """Whether the message is courtesy alone (好的，谢谢), which has nothing to be noted."""
    clauses = _clauses(_normal(text))
    return bool(clauses) and not any(waiting.COURTESY.sub("", clause) for clause in clauses)


def _normal(text: str) -> str:
    normal = normalize(text).lower()
    for slip, meant in phrases.SPELLINGS.items():
        normal = normal.replace(slip, meant)
    return normal


def _clauses(normal: str) -> list[str]:
    clauses = [_SPACES.sub("", clause) for clause in _CLAUSE_ENDS.split(normal)]
    return [phrases.OTHER_WORDS.sub("□", clause) for clause in clauses if clause]


def _asks(clause: str) -> bool:
    if not _has_request(clause):
        return phrases.EARLIER_PERSON.search(clause) is not None and not phrases.CALLBACK.search(clause)
    if phrases.INSISTS.search(clause):
        return True
    # Only what is left without the refusal counts: 不用查了给我转人工 asks, 不用转人工 does not.
    rest = phrases.DECLINES.sub("", clause)
    if rest != clause and not _has_request(rest):
        return False
    if phrases.QUESTIONS.search(clause):
        return False
    if phrases.CALLBACK.search(clause) and not phrases.TRANSFER.search(clause):
        return False
    return phrases.EARLIER_PERSON.search(clause) is not None or not _is_report(clause)


def _has_request(clause: str) -> bool:
    if len(clause) <= _BARE and phrases.NAMED.search(clause):
        return True
    return any(pattern.search(clause) for pattern in phrases.ASKS)


def _is_report(clause: str) -> bool:
    """Whether the clause tells of an earlier talk, and does not go on to ask for another."""
    told = next((found for pattern in phrases.REPORTS if (found := pattern.search(clause))), None)
    if told is None:
        return False
    after = clause[told.end() :]
    return not (phrases.WISHES_NOW.search(after) and _has_request(after))
