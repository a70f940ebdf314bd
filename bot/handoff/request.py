"""Does the customer ask for a human, here and now? Phrase rules ahead of all else: the way out always works.

The rules read one clause at a time. Words that merely contain 人工 (人工费, 人工智能) are blanked out; a
clause that reports, asks about the service, or declines is passed over; then the asking phrases decide.
"""

from __future__ import annotations

import re

from bot.emotion import normalize
from bot.handoff import request_phrases as phrases

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
