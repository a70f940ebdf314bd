"""What the emotion model looks at beside vectors: runs of characters, and the lexicon's evidence."""

from __future__ import annotations

import hashlib
import inspect
import math
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.emotion.emotion import LABELS, RISKS
from bot.emotion.evidence import Evidence

Row = NDArray[np.float32]

# Hotlines of the police and of authorities stay as they are; all other numbers look alike.
_HOTLINES = "12315|12345|12300|12305|12377|96315|315|110"
_DIGITS = re.compile(rf"(?!(?:{_HOTLINES})(?!\d))(?<!\d)\d{{2,}}")
_MARKS = re.compile(r"([!?])\1{2,}")
_REPEATED = re.compile(r"([^\w!?])\1+")
_QUESTION = re.compile("[吗呢么?]")
_RUNS = range(1, 4)
# A message may be 2,000 characters long; the feeling stands at its start or, more often, at its end.
_KEPT = 200
_LONG = 60
_EVIDENCE_VALUE = 0.14


def features_digest() -> str:
    """16 hex digits that change with this file, so that a model of other features is refused."""
    return hashlib.sha256(inspect.getsource(sys.modules[__name__]).encode()).hexdigest()[:16]


def runs(text: str) -> Counter[str]:
    """How often each run of one to three characters stands in the normalised `text`, edges marked."""
    form = _REPEATED.sub(r"\1", _MARKS.sub(r"\1\1\1", _DIGITS.sub("0", text))).strip()
    if len(form) > 2 * _KEPT:
        form = f"{form[:_KEPT]}…{form[-_KEPT:]}"
    form = f"^{form}$"
    return Counter(form[i : i + n] for n in _RUNS for i in range(len(form) - n + 1))


def rarities(texts: Sequence[str], least: int = 2) -> dict[str, float]:
    """The inverse document frequency of every run that stands in at least `least` of the normalised texts."""
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(runs(text).keys())
    total = 1 + len(texts)
    return {run: math.log(total / (1 + n)) + 1 for run, n in sorted(seen.items()) if n >= least}


def run_values(text: str, rarity: Mapping[str, float]) -> dict[str, float]:
    """Dampened count times rarity of the known runs of the normalised `text`, of length 1 together."""
    values = {run: (1 + math.log(n)) * rarity[run] for run, n in runs(text).items() if run in rarity}
    length = math.sqrt(sum(value * value for value in values.values())) or 1.0
    return {run: value / length for run, value in values.items()}


def evidence_row(evidence: Evidence) -> Row:
    """The lexicon's evidence and the typing, of the same length for every message."""
    text = evidence.text
    named = {match.phrase.risk for match in evidence.matches}
    values = (
        evidence.calm,
        evidence.anxious,
        evidence.dissatisfied,
        evidence.angry,
        evidence.praise,
        evidence.loudness,
        evidence.intensity,
        *(float(evidence.label == label) for label in LABELS),
        *(float(risk in named) for risk in RISKS[:-1]),
        min(3, text.count("!")) / 3,
        float("??" in text),
        float(_QUESTION.search(text) is not None),
        min(1.0, len(text) / _LONG),
    )
    return _EVIDENCE_VALUE * np.array(values, np.float32)
