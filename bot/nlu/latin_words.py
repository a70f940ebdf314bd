"""Latin letters: words that the training lines know, or keys struck at random."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[a-z]+")
# hahaha and hhhh are as good as ha and h.
_ECHO = re.compile(r"(.{1,2}?)\1+")


@dataclass(frozen=True)
class LatinWords:
    """The Latin words of the training lines: lower case, repetitions folded."""

    known: frozenset[str]

    @classmethod
    def fit(cls, texts: Iterable[str]) -> LatinWords:
        """All of them, however rare."""
        return cls(frozenset(word for text in texts for word in _words(_plain(text))))

    def strange(self, text: str) -> bool:
        """Whether the text has Latin letters, no other ones and no digits, and none of its words is known."""
        plain = _plain(text)
        if any(sign.isalnum() and not "a" <= sign <= "z" for sign in plain):
            return False
        words = _words(plain)
        return bool(words) and not words & self.known


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _words(plain: str) -> set[str]:
    return {_ECHO.sub(r"\1", word) for word in _WORD.findall(plain)}
