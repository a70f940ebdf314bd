"""What the shop's FAQ taught, for releases that cannot teach themselves."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.faq.recalibrate import ProbabilityModel
from bot.faq.retriever import Fusion

PRIOR_FILES = {
    True: Path(__file__).with_name("prior.json"),
    False: Path(__file__).with_name("prior_without_answers.json"),
}


@dataclass(frozen=True)
class Prediction:
    """Out-of-fold probabilities of one held-out question and the truth; `off_topic` beats `is_right`."""

    right: float
    scope: float
    is_right: bool
    off_topic: bool


@dataclass(frozen=True)
class Prior:
    """Fusion and logistic models to start from, fitted by `benchmarks/prior.py`.

    There one question an entry is the index, and the other questions of the shop's FAQ are asked.
    `predictions` are the out-of-fold ones of that fit, from which thresholds follow.
    """

    fusion: Fusion
    right: ProbabilityModel
    scope: ProbabilityModel
    predictions: tuple[Prediction, ...]

    @classmethod
    def load(cls, with_answers: bool) -> Prior:
        """Read the prior that comes with the package for FAQs with or without answer texts.

        A question's likeness to the answer tells much; where there is none it must not count as low.
        """
        value = json.loads(PRIOR_FILES[with_answers].read_text("utf-8"))
        return cls(
            Fusion(**value["fusion"]),
            ProbabilityModel.from_json(value["right"]),
            ProbabilityModel.from_json(value["scope"]),
            tuple(Prediction(p[0], p[1], bool(p[2]), bool(p[3])) for p in value["predictions"]),
        )

    def save(self, path: Path) -> None:
        """Write the prior; probabilities keep three decimals and never become 1."""
        value = {
            "fusion": asdict(self.fusion),
            "right": asdict(self.right),
            "scope": asdict(self.scope),
            "predictions": [
                [_floor(p.right), _floor(p.scope), int(p.is_right), int(p.off_topic)]
                for p in self.predictions
            ],
        }
        path.write_text(json.dumps(value) + "\n", "utf-8")


def _floor(probability: float) -> float:
    return min(math.floor(probability * 1000), 999) / 1000
