"""Mends what was typed by sound: pinyin for characters, and characters for others of the same sound."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from bot.faq.sounds import Sounds, Syllables

LONGEST_WORD = 4
SHORTEST_PINYIN = 4
# How many words of one sound are considered, and what it costs when two words never meet in the FAQ.
ALIKE = 3
UNSEEN_PAIR = 1.5
# 售货 and 帐号 stand in a large dictionary too, but nobody means them here.
COMMON_FREQUENCY = 50
BLANK = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")
_BLUR = re.compile(r"^([zcs])h|(?<=[aei])(n)g$")
LATIN = re.compile(r"[A-Za-z]+(?:[ '][A-Za-z]+)*")
HAN = re.compile(r"[\u3400-\u9fff]{2,}")


@dataclass(frozen=True)
class Spelled:
    """A mended text and what was mended, for the trace; nothing when the text is as it was typed."""

    text: str
    notes: tuple[str, ...] = ()


class _Word(NamedTuple):
    text: str
    syllables: Syllables
    cost: float

    @property
    def ends(self) -> set[int]:
        """Where its syllables end, in letters."""
        return set(itertools.accumulate(map(len, self.syllables)))


class _Reading(NamedTuple):
    cost: float
    words: tuple[str, ...]


class Spelling:
    """Knows the words that an FAQ is written in, and turns into them what sounds the same. Thread-safe.

    `words` maps a word to the number of entries that it stands in; `grams` are the runs of two and three
    characters that the FAQ's questions hold; `common` tells whether a word of the language is in so
    ordinary use that it is hardly a slip. Nothing but the FAQ's own words is ever put in.
    """

    def __init__(
        self,
        words: Mapping[str, int],
        grams: Container[str],
        common: Callable[[str], bool],
        sounds: Sounds,
    ) -> None:
        self._words = words
        self._grams = grams
        self._common = common
        self.sounds = sounds
        self._by_sound: dict[Syllables, list[str]] = {}
        self._by_letters: dict[str, list[_Word]] = {}
        total = 2 * max(words.values(), default=1)
        # Words of more entries come first, and only so many of one sound are kept.
        for word, count in sorted(words.items(), key=lambda item: (-item[1], item[0])):
            for syllables in sounds.of(word) if len(word) <= LONGEST_WORD else ():
                same_letters = self._by_letters.setdefault("".join(syllables), [])
                if len(same_letters) < ALIKE:
                    same_letters.append(_Word(word, syllables, math.log(total / count) + 1))
                same_sound = self._by_sound.setdefault(_blurred(syllables), [])
                if len(same_sound) < ALIKE and word not in same_sound:
                    same_sound.append(word)
        self._longest = max(map(len, self._by_letters), default=0)

    def mend(self, text: str) -> Spelled:
        """The text in the FAQ's words; less than .5 ms. Mending what was mended changes nothing."""
        notes: list[str] = []
        mended = LATIN.sub(lambda run: self._characters(run[0], notes), text)
        closed = BLANK.sub("", mended)
        if closed != mended and not notes:
            notes.append("blanks between characters left out")
        return Spelled(self._same_sound(closed, notes), tuple(notes))

    def _characters(self, run: str, notes: list[str]) -> str:
        """The run with each stretch of pinyin in it replaced; other Latin words stay."""
        parts = re.split(r"([ '])", run)
        done: list[str] = []
        start = 0
        while start < len(parts):
            for end in range(len(parts), start, -2):
                stretch = parts[start:end]
                words = self._read(stretch)
                if words:
                    notes.append(f"pinyin {''.join(stretch)} → {words}")
                    done.append(words)
                    break
            else:
                end = start + 1
                done.append(parts[start])
            if end < len(parts):
                done.append(parts[end])
            start = end + 1
        return "".join(done)

    def _read(self, stretch: list[str]) -> str | None:
        """The cheapest way to read letters as words of the FAQ: few, frequent ones that meet there."""
        chunks = [part.lower() for part in stretch[::2]]
        letters = "".join(chunks)
        if any(chunk in self._words for chunk in chunks) or len(letters) < SHORTEST_PINYIN:
            return None
        ends = set(itertools.accumulate(map(len, chunks)))
        # At each place, the cheapest reading up to there for every character that it can end in.
        best: list[dict[str, _Reading]] = [{"": _Reading(0.0, ())}, *({} for _ in letters)]
        for start in range(len(letters)):
            for stop in range(start + 1, min(len(letters), start + self._longest) + 1) if best[start] else ():
                inside = {place - start for place in ends if start < place < stop}
                for word in self._by_letters.get(letters[start:stop], ()):
                    if inside and not inside <= word.ends:
                        continue
                    reading = min(self._join(last, before, word) for last, before in best[start].items())
                    there = best[stop].get(word.text[-1])
                    if there is None or reading < there:
                        best[stop][word.text[-1]] = reading
        found = min(best[-1].values(), default=None)
        return "".join(found.words) if found and self._reads_well(found.words) else None

    def _reads_well(self, words: tuple[str, ...]) -> bool:
        """Letters that only make characters which never meet in the FAQ are rather another language."""
        text = "".join(words)
        met = len(text) > 2 and all(text[i : i + 2] in self._grams for i in range(len(text) - 1))
        return met or any(len(word) > 1 for word in words)

    def _join(self, last: str, before: _Reading, word: _Word) -> _Reading:
        strange = UNSEEN_PAIR if last and last + word.text[0] not in self._grams else 0.0
        return _Reading(before.cost + word.cost + strange, (*before.words, word.text))

    def _same_sound(self, text: str, notes: list[str]) -> str:
        """Each replacement makes one more pair of characters known to the FAQ, so this comes to an end."""
        while True:
            for start, stop in _windows(text):
                slip = text[start:stop]
                known = self._known(text, start, stop, slip)
                meant = [(self._known(text, start, stop, word), word) for word in self._alike(slip)]
                better = max((found for found in meant if found[0] > known), default=None)
                if better and not self._in_longer_word(text, start, stop):
                    notes.append(f"sound {slip} → {better[1]}")
                    text = text[:start] + better[1] + text[stop:]
                    break
            else:
                return text

    def _in_longer_word(self, text: str, start: int, stop: int) -> bool:
        """Whether the place is part of an ordinary word that is longer: 始人 in 创始人."""
        return any(
            self._common(text[begin : begin + length])
            for length in range(stop - start + 1, LONGEST_WORD + 1)
            for begin in range(max(0, start - length + 1), min(stop, len(text) - length + 1))
        )

    def _alike(self, slip: str) -> set[str]:
        """The FAQ's words that sound like a slip and share a character with it; none for a proper word."""
        if self._written(slip) or self._common(slip):
            return set()
        sounds = {_blurred(syllables) for syllables in self.sounds.of(slip)}
        words = {word for sound in sounds for word in self._by_sound.get(sound, ())}
        return {word for word in words if any(a == b for a, b in zip(slip, word, strict=True))}

    def _written(self, slip: str) -> bool:
        """Whether the FAQ itself writes so."""
        starts = range(max(1, len(slip) - 2))
        return slip in self._words or all(slip[i : i + 3] in self._grams for i in starts)

    def _known(self, text: str, start: int, stop: int, word: str) -> int:
        there = text[max(0, start - 1) : start] + word + text[stop : stop + 1]
        return sum(there[i : i + 2] in self._grams for i in range(len(there) - 1))


def _blurred(syllables: Syllables) -> Syllables:
    """What many speakers do not tell apart: zh and z, ch and c, sh and s, -ng and -n."""
    return tuple(map(_blur, syllables))


@cache
def _blur(syllable: str) -> str:
    return _BLUR.sub(lambda part: part[1] or part[2], syllable)


def _windows(text: str) -> list[tuple[int, int]]:
    """Places of two to four characters in a row, long ones first."""
    runs = [run.span() for run in HAN.finditer(text)]
    return [
        (start, start + length)
        for length in range(LONGEST_WORD, 1, -1)
        for begin, end in runs
        for start in range(begin, end - length + 1)
    ]
