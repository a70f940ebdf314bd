"""How probable it is that a message asks for a human: logistic regression beside the phrase rules.

Needs no encoder and no Rasa, so that the way out works when they do not. Served without scikit-learn.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ArtefactMismatch, ConfigurationError
from bot.handoff.request_features import features, features_digest, rarities

FILE = "human.json"
INVERSE_PENALTY = 30.0
RETRAIN = "run `bot nlu train`"


@dataclass(frozen=True)
class RequestModel:
    """`rarity` and `weights` by feature, see `bot.handoff.request_features`; `digest` names the inputs."""

    rarity: Mapping[str, float]
    weights: Mapping[str, float]
    bias: float
    digest: str

    @classmethod
    def fit(cls, texts: Sequence[str], asks: Sequence[bool]) -> RequestModel:
        """Train on messages and whether each asks for a human; about 5 s for 8,000 lines.

        Raises ValueError when the two differ in length or only one kind is there.
        """
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression

        if len(texts) != len(asks):
            raise ValueError(f"{len(texts)} texts and {len(asks)} answers do not match")
        if len(set(asks)) < 2:
            raise ValueError("a request model needs lines that ask for a human and lines that do not")
        rarity = rarities(texts)
        vectorizer = DictVectorizer()
        rows = vectorizer.fit_transform([features(text, rarity) for text in texts])
        # The solver takes 32-bit indices only.
        rows.indices, rows.indptr = rows.indices.astype("int32"), rows.indptr.astype("int32")
        fitted = LogisticRegression(
            C=INVERSE_PENALTY, class_weight="balanced", solver="liblinear", random_state=0
        ).fit(rows, list(asks))
        weights = {
            name: round(float(w), 5)
            for name, w in zip(vectorizer.feature_names_, fitted.coef_[0], strict=True)
            if w
        }
        return cls(
            {run: round(value, 4) for run, value in rarity.items()},
            weights,
            float(fitted.intercept_[0]),
            inputs_digest(texts, asks),
        )

    def probability(self, text: str) -> float:
        """Between 0 and 1; below 1 ms for a usual message."""
        odds = self.bias + sum(
            value * self.weights.get(name, 0.0) for name, value in features(text, self.rarity).items()
        )
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, odds))))

    def save(self, models: Path) -> None:
        """Write `human.json` into the folder of built artefacts, in one step."""
        card = {"features": features_digest(), "digest": self.digest, "bias": self.bias}
        new = models / f"{FILE}.new"
        new.write_text(
            json.dumps(card | {"rarity": self.rarity, "weights": self.weights}, ensure_ascii=False), "utf-8"
        )
        new.replace(models / FILE)

    @classmethod
    def load(cls, models: Path) -> RequestModel:
        """Read what `save` wrote.

        Raises ConfigurationError when it is missing or unreadable, ArtefactMismatch when it was trained
        for other features or phrases.
        """
        path = models / FILE
        try:
            card = json.loads(path.read_text("utf-8"))
            if card["features"] != features_digest():
                raise ArtefactMismatch(f"{path} was trained for other phrases: {RETRAIN}")
            return cls(card["rarity"], card["weights"], float(card["bias"]), card["digest"])
        except FileNotFoundError:
            raise ConfigurationError(f"{path} is missing: {RETRAIN}") from None
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigurationError(f"{path} is not a request model ({error}): {RETRAIN}") from error


def inputs_digest(texts: Sequence[str], asks: Sequence[bool]) -> str:
    """16 hex digits over training lines and features."""
    lines = "\n".join(f"{int(ask)}{text}" for text, ask in zip(texts, asks, strict=True))
    return hashlib.sha256(f"{features_digest()}\n{lines}".encode()).hexdigest()[:16]
