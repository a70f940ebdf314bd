"""Where the phrases of the lexicon stand in a message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.emotion.lexicon import Lexicon, Phrase


@dataclass(frozen=True)
class Match:
    """`phrase` stands at `start`..`end` of the normalised message; `parts` are the spans it names."""

    phrase: Phrase
    start: int
    end: int
    parts: tuple[tuple[int, int], ...]


def find_matches(lexicon: Lexicon, text: str) -> list[Match]:
    """Every match of the normalised `text`, in order, without overlaps.

    Of two that overlap the one that names more characters stays, so that 垃圾桶 hides 垃圾 and
    不想死 is not hidden by 想死你; at equal length a harmless phrase stays.
    """
    candidates = list(_candidates(lexicon, text))
    if not candidates:
        return []
    candidates.sort(
        key=lambda match: (
            -match.phrase.literal_length,
            match.phrase.kind != "harmless",
            match.start,
            match.end,
        )
    )
    taken = bytearray(len(text))
    kept: list[Match] = []
    for match in candidates:
        if any(1 in taken[start:end] for start, end in match.parts):
            continue
        for start, end in match.parts:
            taken[start:end] = b"\x01" * (end - start)
        kept.append(match)
    kept.sort(key=lambda match: (match.start, match.end))
    return kept


def _candidates(lexicon: Lexicon, text: str) -> Iterator[Match]:
    for position in range(len(text)):
        for phrase in lexicon.beginning_at(text, position):
            if phrase.literal:
                if text.startswith(phrase.text, position):
                    end = position + len(phrase.text)
                    yield Match(phrase, position, end, ((position, end),))
                continue
            found = phrase.pattern.match(text, position)
            if found is not None:
                parts = tuple(found.span(group) for group in range(1, found.re.groups + 1))
                yield Match(phrase, found.start(), found.end(), parts)
