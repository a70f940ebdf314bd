"""Intents from sentence vectors, characters and words: small networks that vote (docs/nlu.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.nlu.grams import TfIdf
from bot.nlu.intent_features import FeatureWeights, IntentFeatures, Matrix, Sentence
from bot.nlu.intent_network import Labels, Network, NetworkSettings, fit_network, softmax
from bot.nlu.latin_words import LatinWords

WEIGHTS = "intents.npz"
CARD = "intents.json"
_LEAST_LINES = 3
# A network does not see one of so many parts, which tells how sure its scores may be.
_PARTS = 12
# What is left of the confidence in a message of letters that make no known word: runs of three letters
# resemble abbreviations such as rg, whatever they are.
_STRANGE = 0.25


@dataclass(frozen=True)
class Ranked:
    """One intent and how sure it is (0..1): its probability, or less for a message that makes no sense."""

    intent: str
    confidence: float


class IntentModel:
    """A fitted classifier. `fit` trains it, `save` and `load` keep it as npz and JSON, without pickle."""

    def __init__(
        self,
        intents: Sequence[str],
        features: IntentFeatures,
        networks: Sequence[Network],
        sharpness: float,
        latin: LatinWords,
    ) -> None:
        self.intents = tuple(intents)
        self._features = features
        self._networks = tuple(networks)
        self._sharpness = sharpness
        self._latin = latin

    @classmethod
    def fit(
        cls,
        sentences: Sequence[Sentence],
        intents: Sequence[str],
        weights: FeatureWeights,
        settings: NetworkSettings,
    ) -> IntentModel:
        """Train; about ten seconds a network for 13,000 lines.

        Probabilities are a softmax over the mean scores, sharpened so that lines which a network did not see
        are most likely under it (temperature scaling, Guo et al. 2017): each network leaves out another
        twelfth. Raises ValueError when the two rows differ in length or an intent has fewer than three lines.
        """
        if len(sentences) != len(intents):
            raise ValueError(f"{len(sentences)} sentences and {len(intents)} intents do not match")
        names, labels, counts = np.unique(np.array(intents), return_inverse=True, return_counts=True)
        if len(names) < 2:
            raise ValueError(f"a classifier needs two intents, got {names.tolist()}")
        if counts.min() < _LEAST_LINES:
            raise ValueError(f"intent {names[counts.argmin()]!r} needs at least {_LEAST_LINES} lines")
        features = IntentFeatures.fit(sentences, weights)
        rows, part = features.rows(sentences), _parts(labels)
        networks, scores, right = list[Network](), [], []
        for seed in range(settings.networks):
            unseen = part == seed % _PARTS
            seen = np.flatnonzero(~unseen)
            networks.append(fit_network(rows[seen], labels[seen], settings, seed))
            scores += [
                networks[-1].scores(*features.row(sentences[at])) for at in np.flatnonzero(unseen).tolist()
            ]
            right.append(labels[unseen])
        sharpness = _sharpness(np.stack(scores), np.concatenate(right))
        latin = LatinWords.fit(sentence.text for sentence in sentences)
        return cls(names.tolist(), features, networks, sharpness, latin)

    def probabilities(self, sentences: Sequence[Sentence]) -> Matrix:
        """Probability of each intent, float32 [len(sentences), len(intents)], in the order of `intents`."""
        scores = np.stack([self._scores(sentence) for sentence in sentences])
        return softmax(np.float32(self._sharpness) * scores)

    def _scores(self, sentence: Sentence) -> Matrix:
        row = self._features.row(sentence)
        scores: Matrix = np.mean([network.scores(*row) for network in self._networks], axis=0)
        return scores

    def rank(self, sentences: Sequence[Sentence]) -> list[tuple[Ranked, ...]]:
        """All intents of each sentence, most probable first; a quarter as sure where it makes no sense."""
        sure = [_STRANGE if self._latin.strange(sentence.text) else 1.0 for sentence in sentences]
        return [
            tuple(Ranked(self.intents[i], share * float(row[i])) for i in np.argsort(-row, kind="stable"))
            for row, share in zip(self.probabilities(sentences), sure, strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Write the model's two files into `folder`."""
        features = self._features
        card = {
            "intents": self.intents,
            "weights": asdict(features.weights),
            "characters": features.characters.names,
            "words": features.words.names,
            "networks": len(self._networks),
            "sharpness": self._sharpness,
            "latin": sorted(self._latin.known),
        }
        (folder / CARD).write_text(json.dumps(card, ensure_ascii=False), "utf-8")
        arrays: dict[str, Any] = {
            "centre": features.centre,
            "spread": features.spread,
            "character_idf": features.characters.idf,
            "word_idf": features.words.idf,
        }
        for number, network in enumerate(self._networks):
            arrays |= {f"{name}_{number}": array for name, array in vars(network).items()}
        np.savez(folder / WEIGHTS, **arrays)

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what `save` wrote. Raises OSError when a file is missing."""
        card = json.loads((folder / CARD).read_text("utf-8"))
        with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
            features = IntentFeatures(
                FeatureWeights(**card["weights"]),
                arrays["centre"],
                arrays["spread"],
                TfIdf.of(card["characters"], arrays["character_idf"]),
                TfIdf.of(card["words"], arrays["word_idf"]),
            )
            names = Network.__dataclass_fields__
            networks = [
                Network(**{name: arrays[f"{name}_{number}"] for name in names})
                for number in range(card["networks"])
            ]
            latin = LatinWords(frozenset(card["latin"]))
            return cls(card["intents"], features, networks, card["sharpness"], latin)


def _parts(labels: Labels) -> Labels:
    """Which part (0..11) a line belongs to; each part has the same share of every intent's lines."""
    part = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        at = np.flatnonzero(labels == label)
        part[at] = np.random.default_rng(0).permutation(len(at)) % _PARTS
    return part


def _sharpness(scores: Matrix, labels: Labels) -> float:
    """The factor for scores, float32 [n, intents], under which `labels` [n] are most likely."""
    from scipy.optimize import minimize_scalar

    right = (np.arange(len(scores)), labels)

    def surprise(logarithm: float) -> float:
        probabilities = softmax(np.exp(np.float32(logarithm)) * scores)[right]
        return float(-np.log(np.maximum(probabilities, 1e-12)).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-2.0, 4.0), method="bounded").x))
