"""The phrases that show a feeling, read from a table that a maintainer edits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from bot.emotion.emotion import RISKS, Risk
from bot.emotion.normal_form import normalize
from bot.errors import ConfigurationError

Kind = Literal["calm", "anxious", "dissatisfied", "angry", "praise", "harmless"]

KINDS: tuple[Kind, ...] = ("calm", "anxious", "dissatisfied", "angry", "praise", "harmless")
COLUMNS = ("phrase", "label", "weight", "risk", "note")

GAP = "…"
NUMBER = "{n}"
NUMBER_CHARACTERS = "0123456789一二两三四五六七八九十几半数好多百"
# A gap stays within a clause: blame does not reach across a comma.
_GAP_PATTERN = r"[^,.!?;~\n]{0,8}?"
_NUMBER_PATTERN = rf"[{NUMBER_CHARACTERS}]{{1,4}}个?"
_WILDCARD = re.compile(f"({re.escape(GAP)}|{re.escape(NUMBER)})")


class LexiconError(ConfigurationError):
    """A row of the lexicon is unusable; the text names file, line, column and what to write instead."""

    code = "emotion_lexicon"


@dataclass(frozen=True)
class Phrase:
    """One row of the lexicon.

    `text` may hold `…` for up to eight characters within one clause, and `{n}` for a number in
    digits or Chinese numerals. `kind` is a label of `Emotion`, or `praise` (sarcasm when it stands
    beside a grievance), or `harmless` (whatever it covers is no cue). `weight` is 0..1, the evidence
    that the phrase alone gives for its label.
    """

    text: str
    kind: Kind
    weight: float
    risk: Risk
    note: str = ""

    @cached_property
    def literal_length(self) -> int:
        """Characters that the phrase itself names, wildcards apart; the longer phrase wins an overlap."""
        return len(_WILDCARD.sub("", self.text))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The phrase as a pattern, one group for each part that it names."""
        parts: list[str] = []
        for part in _WILDCARD.split(self.text):
            if part == GAP:
                parts.append(_GAP_PATTERN)
            elif part == NUMBER:
                parts.append(f"({_NUMBER_PATTERN})")
            elif part:
                # Insults are typed with stars and spaces between the characters to slip past filters.
                joint = r"[\s*.\-_~#]?" if self.risk == "abuse" else ""
                parts.append("(" + joint.join(re.escape(character) for character in part) + ")")
        start = r"(?<![a-z0-9])" if _is_latin(self.text[0]) else ""
        end = r"(?![a-z0-9])" if _is_latin(self.text[-1]) else ""
        return re.compile(start + "".join(parts) + end)

    @cached_property
    def literal(self) -> bool:
        """Whether the phrase is found by plain comparison, which is several times faster than its pattern."""
        has_latin_edge = _is_latin(self.text[0]) or _is_latin(self.text[-1])
        return not (_WILDCARD.search(self.text) or self.risk == "abuse" or has_latin_edge)

    @property
    def first_characters(self) -> str:
        """The characters with which a match can begin."""
        return NUMBER_CHARACTERS if self.text.startswith(NUMBER) else self.text[0]


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


class Lexicon:
    """The phrases of a table, arranged for looking up what begins at a place in a message."""

    def __init__(self, phrases: tuple[Phrase, ...]) -> None:
        self.phrases = phrases
        # Most phrases are found by their first two characters: a first character alone begins up to
        # a hundred, too many for a message that repeats it a thousand times.
        self._by_two: dict[str, list[Phrase]] = {}
        self._by_one: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            if phrase.literal and len(phrase.text) > 1:
                self._by_two.setdefault(phrase.text[:2], []).append(phrase)
            else:
                for character in phrase.first_characters:
                    self._by_one.setdefault(character, []).append(phrase)

    def beginning_at(self, text: str, position: int) -> Iterator[Phrase]:
        """The phrases that may begin at `position` of the normalised `text`, in no particular order."""
        yield from self._by_two.get(text[position : position + 2], ())
        yield from self._by_one.get(text[position], ())

    @classmethod
    def load(cls, path: Path) -> Lexicon:
        """Read the table at `path`: UTF-8, five columns apart by tabs, `#` begins a comment line.

        Raises LexiconError when the file cannot be read, has no phrases, or a row breaks a rule.
        """
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise LexiconError(f"{path}: cannot be read as UTF-8 text: {error}") from error
        phrases: list[Phrase] = []
        line_of: dict[str, int] = {}
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            phrase = _read_row(path, number, line)
            if phrase.text in line_of:
                raise _error(
                    path, number, 1, f"{phrase.text!r} stands in line {line_of[phrase.text]} already"
                )
            line_of[phrase.text] = number
            phrases.append(phrase)
        if not phrases:
            raise LexiconError(f"{path}: holds no phrases")
        return cls(tuple(phrases))


def _error(path: Path, line: int, column: int, reason: str) -> LexiconError:
    return LexiconError(f"{path}, line {line}, column {column} ({COLUMNS[column - 1]}): {reason}")


def _read_row(path: Path, number: int, line: str) -> Phrase:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) == len(COLUMNS) - 1:
        cells.append("")
    if len(cells) != len(COLUMNS):
        column = min(len(cells), len(COLUMNS))
        raise _error(path, number, column, f"{len(cells)} columns, expected {len(COLUMNS)} apart by tabs")
    column = 1
    try:
        text = _read_text(cells[0])
        column = 2
        kind = _read_kind(cells[1])
        column = 3
        weight = _read_weight(cells[2])
        column = 4
        risk = _read_risk(cells[3])
    except ValueError as error:
        raise _error(path, number, column, str(error)) from None
    if kind in ("harmless", "praise") and risk != "none":
        raise _error(path, number, 4, f"a {kind} phrase carries no risk, write '-'")
    return Phrase(text, kind, weight, risk, cells[4])


def _read_text(cell: str) -> str:
    text = normalize(cell)
    named = _WILDCARD.sub("", text)
    if not named:
        raise ValueError("the phrase is empty")
    if len(named) == 1 and named.isalnum():
        raise ValueError(f"{named!r} is a single character, which misfires inside other words")
    if text.startswith(GAP) or text.endswith(GAP):
        raise ValueError(f"{text!r} begins or ends with {GAP}")
    return text


def _read_kind(cell: str) -> Kind:
    for kind in KINDS:
        if kind == cell:
            return kind
    raise ValueError(f"{cell!r} is none of {', '.join(KINDS)}")


def _read_weight(cell: str) -> float:
    try:
        weight = float(cell)
    except ValueError:
        raise ValueError(f"{cell!r} is no number") from None
    if not 0.0 <= weight <= 1.0:
        raise ValueError(f"{cell!r} is outside 0..1")
    return weight


def _read_risk(cell: str) -> Risk:
    for risk in RISKS:
        if risk == ("none" if cell == "-" else cell):
            return risk
    raise ValueError(f"{cell!r} is neither '-' nor one of {', '.join(RISKS[:-1])}")
