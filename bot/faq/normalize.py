"""One spelling for text that means the same, before it is indexed or searched."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
EMOJI = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]+")
SPACE = re.compile(r"\s+")
MARKS = re.compile(r"([!?,.;:~、。…—-])[!?,.;:~、。…—-]+")
REPEATED = re.compile(r"([^\W\d_a-zA-Z])\1{2,}")
EDGES = " ,.;:~、。…!—-"


@cache
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def normalize(text: str) -> str:
    """Simplified script, half-width forms, no emoji, no runs of marks or of one repeated character.

    Digits and Latin letters are never merged (order numbers), the case of letters is kept, and a text
    of emoji or marks alone stays as it is after folding, so that nothing becomes empty.
    """
    folded = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    folded = SPACE.sub(" ", _simplifier().convert(folded)).strip()
    bare = EMOJI.sub(" ", folded)
    bare = MARKS.sub(lambda run: "?" if "?" in run[0] else run[1], bare)
    bare = REPEATED.sub(r"\1\1", bare)
    bare = SPACE.sub(" ", bare).strip(EDGES)
    return bare or folded
