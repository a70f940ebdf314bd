"""What stands around a phrase: negation that cancels it, degree words that raise or lower it."""

from __future__ import annotations

import re

# 不是/没有/不会… with nothing but helpers between it and the phrase.
_NEGATED = re.compile(
    r"(?P<before>.?)(?P<negator>没有|没|不是|并不|不|别|并非|从未|毫无|无意|无需)"
    r"(?:有|是|会|很|太|那么|这么|怎么|特别|非常|真的|要|想要|想|打算|去|再|敢|感到|感觉|觉得|什么|任何|来"
    r"|至于|故意|让我|让人|令人|在|说|为了|因为|需|需要|必|必要|存在|遇到|跟你|跟您|对你们|你们)*$"
)
# 忍不住, 不得不, 能不, 再不, 好不, 是不是: the 不 denies nothing.
_NO_NEGATION_BEFORE = frozenset("得能再好是会要有动忍岂可无差")
_RHETORICAL_AFTER = re.compile(r"[^,.!?\n]{0,4}?(?:吗|么|嘛|不成)")
_RAISED = re.compile(
    r"(?:太|非常|特别|超级|超|极其|极度|真的|真是|真|实在|简直|特么|他妈|尼玛|相当|十分|巨|贼|死|这么|那么|好|老是|总是|一直)(?:的|是|让人|令人|让我)?$"
)
_LOWERED = re.compile(r"(?:有点|有点儿|有些|稍微|略|一点|不太|不怎么|可能|也许|小)(?:的|让人|让我|会|是)?$")

# As far back as the longest helper chain reaches that people type.
_REACH = 10


def is_negated(text: str, start: int, end: int) -> bool:
    """Whether the phrase at `start`..`end` is denied by a negation right before it."""
    found = _NEGATED.search(text[max(0, start - _REACH) : start])
    if found is None or found["before"] in _NO_NEGATION_BEFORE:
        return False
    rhetorical = found["negator"] in ("不是", "不") and _RHETORICAL_AFTER.match(text, end) is not None
    return not rhetorical


def degree(text: str, start: int) -> float:
    """The factor 0.75, 1 or 1.3 that the words right before `start` put on the phrase's weight."""
    before = text[max(0, start - _REACH) : start]
    if _LOWERED.search(before):
        return 0.75
    return 1.3 if _RAISED.search(before) else 1.0
