"""Mends what is mechanical: spaces, width, and questions that an entry repeats."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.faq.entry import Entry
from bot.faq.normalize import normalize

_ALPHANUMERIC = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_MARKS = {",": "，", "?": "？", "!": "！", ";": "；", ":": "："}
_HALF_MARK = re.compile(r"(?<=[一-龥])[,?!;:](?!\s*/)")
_SPACE_RUN = re.compile(r"(?<=\S)[ \u00a0\u2002-\u200a\u3000]+")
_SPACE_AT_MARK = re.compile(r" +(?=[，。！？；：、）”])|(?<=[，。！？；：、（“]) +")


def mend(entry: Entry) -> Entry:
    """The entry with everything mended that needs no judgement. Mending twice changes nothing more."""
    return mend_repeats(mend_width(mend_spaces(entry)))


def mend_spaces(entry: Entry) -> Entry:
    """One plain space where there are several or wide ones, none beside Chinese marks; not in Markdown."""
    return _with_texts(entry, _spaced, _spaced)


def mend_width(entry: Entry) -> Entry:
    """Half-width letters and digits everywhere; full-width marks after Chinese in the shop's own sentences.

    Customers' questions keep their marks: that is how they are typed.
    """
    return _with_texts(entry, lambda text: _wide_marks(_half(text)), _half)


def mend_repeats(entry: Entry) -> Entry:
    """Each question once, as the index sees it."""
    seen = {normalize(entry.question)}
    similar = []
    for text in entry.similar:
        form = normalize(text)
        if form not in seen:
            similar.append(text)
        seen.add(form)
    return replace(entry, similar=tuple(similar))


def repeats(entry: Entry) -> Sequence[int]:
    """Places in `similar`, from 0, that repeat an earlier question of the entry."""
    forms = [normalize(text) for text in entry.questions]
    return [number - 1 for number, form in enumerate(forms) if form in forms[:number]]


def _with_texts(entry: Entry, own: Callable[[str], str], typed: Callable[[str], str]) -> Entry:
    return replace(
        entry,
        question=own(entry.question),
        similar=tuple(typed(text) for text in entry.similar),
        answer=own(entry.answer),
        channels=tuple(replace(answer, text=own(answer.text)) for answer in entry.channels),
        tags=tuple(typed(tag) for tag in entry.tags),
    )


def _spaced(text: str) -> str:
    lines = (_SPACE_AT_MARK.sub("", _SPACE_RUN.sub(" ", line)) for line in text.split("\n"))
    return "\n".join(lines).strip()


def _half(text: str) -> str:
    return text.translate(_ALPHANUMERIC)


def _wide_marks(text: str) -> str:
    return _HALF_MARK.sub(lambda mark: _MARKS[mark[0]], text)
