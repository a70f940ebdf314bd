"""The judgement about one message, and the words that led to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Label = Literal["calm", "anxious", "dissatisfied", "angry"]
Risk = Literal["none", "legal_threat", "media_exposure", "abuse", "self_harm", "fraud"]

LABELS: tuple[Label, ...] = ("calm", "anxious", "dissatisfied", "angry")
# Most pressing first: of several risks in one message, the first of these is reported.
RISKS: tuple[Risk, ...] = ("self_harm", "fraud", "legal_threat", "media_exposure", "abuse", "none")

_INTENSITIES: dict[Label, tuple[float, float]] = {
    "calm": (0.0, 0.25),
    "anxious": (0.3, 0.8),
    "dissatisfied": (0.3, 0.8),
    "angry": (0.6, 1.0),
}


@dataclass(frozen=True)
class Emotion:
    """What the customer feels.

    `label` is calm (neutral or polite, even about a problem), anxious (urgency or worry without
    blame), dissatisfied (controlled blame or disappointment) or angry (insults, threats, heat).
    `intensity` is 0..1: at most 0.25 when calm, 0.3..0.8 when anxious or dissatisfied, 0.6..1 when
    angry. `risk` is independent of the label. `cues` are parts of the message in order of
    appearance, empty when nothing in it shows a feeling or a risk.

    Raises ValueError for an unknown label or risk and for an intensity outside 0..1.
    """

    label: Label
    intensity: float
    risk: Risk = "none"
    cues: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.label not in LABELS:
            raise ValueError(f"label {self.label!r} is none of {', '.join(LABELS)}")
        if self.risk not in RISKS:
            raise ValueError(f"risk {self.risk!r} is none of {', '.join(RISKS)}")
        if not 0.0 <= self.intensity <= 1.0:
            raise ValueError(f"intensity {self.intensity!r} is outside 0..1")


def intensity(label: Label, strength: float) -> float:
    """The intensity of a feeling of `strength` 0..1, within the range of its label."""
    low, high = _INTENSITIES[label]
    return low + (high - low) * strength
