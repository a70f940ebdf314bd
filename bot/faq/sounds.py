"""How Chinese characters sound, without tones: from the table of pypinyin."""

from __future__ import annotations

import itertools
import os
import unicodedata
from functools import lru_cache

# A word of many characters with several readings each would have hundreds of pronunciations.
PRONUNCIATIONS = 8
# What customers call it, beside the dictionary's reading: 优惠劵 for 优惠券.
SPOKEN = {"劵": ("quan",)}

Syllables = tuple[str, ...]


class Sounds:
    """Readings of single characters: a few common ones of a character with many."""

    def __init__(self, readings: dict[int, str]) -> None:
        self._readings = readings
        self._of = lru_cache(maxsize=8192)(self._read)

    @classmethod
    def load(cls) -> Sounds:
        """Read the table, about 60 ms and 13 MB.

        pypinyin's phrases, four fifths of its loading time, are left out: characters are enough here.
        """
        asked = os.environ.get("PYPINYIN_NO_PHRASES")
        os.environ["PYPINYIN_NO_PHRASES"] = "true"
        try:
            from pypinyin.pinyin_dict import pinyin_dict
        finally:
            if asked is None:
                del os.environ["PYPINYIN_NO_PHRASES"]
            else:
                os.environ["PYPINYIN_NO_PHRASES"] = asked
        return cls(pinyin_dict)

    def of(self, text: str) -> tuple[Syllables, ...]:
        """The pronunciations of a text, at most 8; none if a character of it has none (a digit, a mark).

        A syllable is `[a-z]+`, with v for ü.
        """
        readings = [self._of(character) for character in text]
        return tuple(itertools.islice(itertools.product(*readings), PRONUNCIATIONS)) if text else ()

    def _read(self, character: str) -> Syllables:
        written = self._readings.get(ord(character), "").split(",")
        plain = dict.fromkeys(filter(None, map(_toneless, written)))
        return (*plain, *SPOKEN.get(character, ()))


def _toneless(reading: str) -> str:
    marked = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    plain = "".join(c for c in marked if not unicodedata.combining(c))
    return plain if plain.isascii() and plain.isalpha() else ""
