"""The wish for a human as the product hears it before Rasa: phrase rules and request model together."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ArtefactMismatch, ConfigurationError
from bot.handoff.request import wants_human
from bot.handoff.request_model import RequestModel

logger = logging.getLogger(__name__)

# Chosen on the development sets (tests/nlu/development, tests/handoff), together with what Rasa's intent adds
# to it in a turn: the best precision at the recall of looser ones.
SURE = 0.97
DOUBTFUL = 0.4
# Two that are in doubt are right together more often than one that is less in doubt.
POSSIBLE = 0.2
TOGETHER = 0.375


@dataclass(frozen=True)
class Wish:
    """What is heard before Rasa: `heard` needs no more, `probability` (0..1) is the model's or the rules'."""

    heard: bool
    probability: float

    def with_intent(self, probability: float) -> bool:
        """Whether it is a wish, given the probability (0..1) that Rasa gives the intent `request_human`.

        Both must take it for possible, and for likely on average.
        """
        both = (self.probability, probability)
        return self.heard or (min(both) >= POSSIBLE and sum(both) / 2 >= TOGETHER)


@dataclass(frozen=True)
class RequestDetector:
    """Rules decide unless the model is sure of the opposite; without a model they decide alone."""

    model: RequestModel | None = None

    @classmethod
    def load(cls, models: Path) -> RequestDetector:
        """With the trained model of the folder of built artefacts.

        A model that is missing or was trained for other phrases leaves the rules, and a warning in the log:
        the way to a human never depends on an artefact.
        """
        try:
            return cls(RequestModel.load(models))
        except (ConfigurationError, ArtefactMismatch) as error:
            logger.warning("the wish for a human is heard by phrase rules alone: %s", error)
            return cls()

    def hear(self, text: str) -> Wish:
        """Whether the message asks for a human to take over this chat; about 1 ms."""
        asks = wants_human(text)
        if self.model is None:
            return Wish(asks, float(asks))
        probability = self.model.probability(text)
        return Wish(probability >= (DOUBTFUL if asks else SURE), probability)


BY_RULES = RequestDetector()
