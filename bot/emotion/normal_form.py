"""One spelling for what customers type in several: width, letter case, script, invisible characters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.emotion.script import SIMPLIFIED

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_LOWER_FULL_WIDTH = {code: code - 0xFEE0 + 32 for code in range(0xFF21, 0xFF3B)}
# Every entry is one character for one character: offsets into the message stay valid.
_TABLE = {**_FULL_WIDTH, **_LOWER, **_LOWER_FULL_WIDTH, **SIMPLIFIED, 0x3000: 0x20, 0x3002: 0x2E}

# Controls other than tab and line breaks, soft hyphen, zero-width and direction marks, variation
# selectors (an emoji must match with and without them).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)


@dataclass(frozen=True)
class NormalForm:
    """`text` is what phrases are matched against; `original` returns the message's own spelling."""

    message: str
    text: str
    offsets: tuple[int, ...] | None

    def original(self, start: int, end: int) -> str:
        """The part of the message that became `text[start:end]`; 0 <= start < end <= len(text)."""
        if self.offsets is None:
            return self.message[start:end]
        return self.message[self.offsets[start] : self.offsets[end - 1] + 1]


def normal_form(message: str) -> NormalForm:
    """Half-width, lower-case, simplified characters, without invisible ones; never raises for a str."""
    if _INVISIBLE.search(message) is None:
        return NormalForm(message, message.translate(_TABLE), None)
    offsets = tuple(i for i, character in enumerate(message) if _INVISIBLE.match(character) is None)
    visible = "".join(message[i] for i in offsets)
    return NormalForm(message, visible.translate(_TABLE), offsets)


def normalize(message: str) -> str:
    """The spelling in which the lexicon is written and matched."""
    return normal_form(message).text
