"""How loudly a message is typed, whatever it says."""

from __future__ import annotations

import re

_QUESTIONS = re.compile(r"\?{2,}")
_REPETITION = re.compile(r"([^\W\d_哈嘻嘿呵]{1,4}?)\1{2,}")
_CAPITALS = re.compile(r"\b[A-ZＡ-Ｚ]{4,}\b")


def emphasis(message: str, text: str) -> float:
    """0..0.4 for exclamation and question marks, repetition and capitals.

    `message` is as typed, `text` its normal form. Emphasis raises a feeling that words or emoji
    show; alone it shows none (谢谢！！！ is calm).
    """
    exclamations = text.count("!")
    value = (0.0, 0.06, 0.12, 0.2)[min(3, exclamations)]
    questions = max((len(run) for run in _QUESTIONS.findall(text)), default=0)
    value += (0.0, 0.0, 0.08, 0.15)[min(3, questions)]
    if _REPETITION.search(text):
        value += 0.1
    if _CAPITALS.search(message):
        value += 0.05
    return min(0.4, value)
