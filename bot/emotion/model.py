"""Two linear classifiers over vectors, characters and the lexicon's evidence: one for labels, one for risks.

Served with numpy alone. Support vector machines and the temperature of their softmax (Guo et al. 2017).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.emotion.emotion import LABELS, RISKS, Label, Risk
from bot.emotion.evidence import Evidence
from bot.emotion.features import evidence_row, features_digest, rarities, run_values
from bot.emotion.fitting import Matrix, fit_planes
from bot.errors import ArtefactMismatch, ConfigurationError

FILE = "emotion.json"
RETRAIN = "run `bot nlu train`"
# Weight of the vectors beside the characters' 1.
_VECTORS_VALUE = 0.7
_PLACES = 4


class VectorSource(Protocol):
    """Where the vectors of messages come from."""

    @property
    def fingerprint(self) -> str:
        """Changes with anything that changes the vectors."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Float32 [len(texts), d] for messages as typed. Safe to call from many threads."""


@dataclass(frozen=True)
class Judged:
    """Probabilities (0..1) of the labels and of the risks; each sums to 1."""

    labels: Mapping[Label, float]
    risks: Mapping[Risk, float]


@dataclass(frozen=True)
class Example:
    """A labelled message; `writer` names the batch that it was written in."""

    text: str
    label: Label
    risk: Risk
    writer: str


class EmotionModel:
    """A fitted model. `fit` trains it, `save` and `load` keep it as JSON.

    `weights` has shape [vector + evidence + runs, labels + risks], `sharpness` one number for the labels and
    one for the risks. `digest` names what it was trained from, `encoder` the source of its vectors.
    """

    def __init__(
        self,
        rarity: Mapping[str, float],
        mean: Matrix,
        spread: Matrix,
        weights: Matrix,
        bias: Matrix,
        sharpness: tuple[float, float],
        digest: str,
        encoder: str,
    ) -> None:
        self._rarity = dict(rarity)
        self._mean, self._spread = mean, spread
        self._weights, self._bias, self._sharpness = weights, bias, sharpness
        self._first_run = len(weights) - len(self._rarity)
        self._column = {run: self._first_run + i for i, run in enumerate(self._rarity)}
        self.digest = digest
        self.encoder = encoder

    @classmethod
    def fit(
        cls,
        examples: Sequence[Example],
        evidence: Sequence[Evidence],
        vectors: Matrix,
        digest: str,
        encoder: str,
    ) -> EmotionModel:
        """Train on messages, the lexicon's evidence about them and their vectors [n, d]; about half a minute.

        Raises ValueError when the three differ in length or a label or risk has no lines.
        """
        from scipy.sparse import csr_matrix, hstack

        if not len(examples) == len(evidence) == len(vectors):
            raise ValueError(f"{len(examples)} lines, {len(evidence)} evidences, {len(vectors)} vectors")
        rarity = rarities([one.text for one in evidence])
        column = {run: i for i, run in enumerate(rarity)}
        mean, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
        dense = np.hstack([_scaled(vectors, mean, spread), np.stack([evidence_row(one) for one in evidence])])
        places, columns, values = list[int](), list[int](), list[float]()
        for number, one in enumerate(evidence):
            for run, value in run_values(one.text, rarity).items():
                places.append(number)
                columns.append(column[run])
                values.append(value)
        known = csr_matrix((values, (places, columns)), shape=(len(examples), len(rarity)), dtype=np.float32)
        rows = hstack([csr_matrix(dense), known]).tocsr()
        writers = [one.writer for one in examples]
        labels = fit_planes(rows, [one.label for one in examples], LABELS, writers)
        risks = fit_planes(rows, [one.risk for one in examples], RISKS, writers)
        return cls(
            {run: round(value, _PLACES) for run, value in rarity.items()},
            mean,
            spread,
            np.hstack([labels.weights, risks.weights]).astype(np.float32),
            np.concatenate([labels.bias, risks.bias]).astype(np.float32),
            (labels.sharpness, risks.sharpness),
            digest,
            encoder,
        )

    def judge(self, evidence: Evidence, vector: Matrix) -> Judged:
        """Probabilities for one message from its evidence and its vector [d]; below 1 ms."""
        values = run_values(evidence.text, self._rarity)
        dense = np.concatenate([_scaled(vector, self._mean, self._spread), evidence_row(evidence)])
        distances = dense @ self._weights[: self._first_run] + self._bias
        if values:
            columns = [self._column[run] for run in values]
            distances = distances + np.array(list(values.values()), np.float32) @ self._weights[columns]
        return Judged(
            dict(zip(LABELS, _softmax(self._sharpness[0] * distances[: len(LABELS)]), strict=True)),
            dict(zip(RISKS, _softmax(self._sharpness[1] * distances[len(LABELS) :]), strict=True)),
        )

    def says(self, part: str, whole: Evidence, name: Label | Risk) -> float:
        """How much the runs of the normalised `part` of a message speak for a label or risk; unbounded."""
        names: tuple[str, ...] = (*LABELS, *RISKS)
        place = names.index(name)
        known = run_values(whole.text, self._rarity)
        return sum(
            known.get(run, 0.0) * float(self._weights[self._column[run], place])
            for run in run_values(part, self._rarity)
        )

    def save(self, models: Path) -> None:
        """Write `emotion.json` into the folder of built artefacts, in one step."""
        card = {
            "features": features_digest(),
            "digest": self.digest,
            "encoder": self.encoder,
            "sharpness": self._sharpness,
            "mean": _rounded(self._mean, 6),
            "spread": _rounded(self._spread, 6),
            "bias": _rounded(self._bias),
            "weights": _rounded(self._weights),
            "rarity": self._rarity,
        }
        new = models / f"{FILE}.new"
        new.write_text(json.dumps(card, ensure_ascii=False), "utf-8")
        new.replace(models / FILE)

    @classmethod
    def load(cls, models: Path, fingerprint: str) -> EmotionModel:
        """Read what `save` wrote, for vectors with this `fingerprint`.

        Raises ConfigurationError when it is missing or unreadable, ArtefactMismatch when it was trained for
        other features or another encoder.
        """
        path = models / FILE
        try:
            card = json.loads(path.read_text("utf-8"))
            if card["features"] != features_digest():
                raise ArtefactMismatch(f"{path} was trained for other features: {RETRAIN}")
            if card["encoder"] != fingerprint:
                raise ArtefactMismatch(f"{path} was trained with another encoder: {RETRAIN}")
            mean, spread, bias, weights = (
                np.array(card[name], np.float32) for name in ("mean", "spread", "bias", "weights")
            )
            labels, risks = card["sharpness"]
            return cls(
                card["rarity"], mean, spread, weights, bias, (labels, risks), card["digest"], fingerprint
            )
        except FileNotFoundError:
            raise ConfigurationError(f"{path} is missing: {RETRAIN}") from None
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ConfigurationError(f"{path} is not an emotion model ({error}): {RETRAIN}") from error


def model_digest(sources: Sequence[str]) -> str:
    """16 hex digits over what a model was trained from, the features included."""
    return hashlib.sha256("\0".join((features_digest(), *sources)).encode()).hexdigest()[:16]


def _rounded(values: Matrix, places: int = _PLACES) -> Any:
    return np.round(values.astype(np.float64), places).tolist()


def _scaled(vectors: Matrix, mean: Matrix, spread: Matrix) -> Matrix:
    moved = (vectors - mean) / spread
    length = np.linalg.norm(moved, axis=-1, keepdims=True)
    scaled: Matrix = (_VECTORS_VALUE * moved / np.where(length > 0, length, 1)).astype(np.float32)
    return scaled


def _softmax(scores: Matrix) -> list[float]:
    exponentials = np.exp(scores - scores.max())
    return [float(one) for one in exponentials / exponentials.sum()]
