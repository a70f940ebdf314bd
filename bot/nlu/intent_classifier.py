"""Rasa component: `IntentModel` over the message's text and its dense sentence feature."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.faq.normalize import normalize
from bot.nlu.intent_features import FeatureWeights, Sentence
from bot.nlu.intent_model import IntentModel
from bot.nlu.intent_network import NetworkSettings


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ShopIntentClassifier(IntentClassifier, GraphComponent):
    """Small networks over standardised vectors and grams, served without scikit-learn or TensorFlow.

    `ranking_length` is the number of intents kept in a message's ranking; 0 keeps all.
    """

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def required_components(cls) -> list[type]:
        return [DenseFeaturizer]

    @staticmethod
    def required_packages() -> list[str]:
        return ["scipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {**asdict(FeatureWeights()), **asdict(NetworkSettings()), "ranking_length": 0}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        _weights(config)
        _network(config)
        if config["ranking_length"] < 0:
            raise ValueError(f"ranking_length must be at least 0, got {config['ranking_length']}")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ShopIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ShopIntentClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        lines = [m for m in training_data.intent_examples if m.get(TEXT) and m.get(INTENT)]
        self._model = IntentModel.fit(
            _sentences(lines), [m.get(INTENT) for m in lines], _weights(self._config), _network(self._config)
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        typed = [message for message in messages if message.get(TEXT)]
        if not typed or self._model is None:
            return messages
        length = self._config["ranking_length"] or None
        for message, ranked in zip(typed, self._model.rank(_sentences(typed)), strict=True):
            ranking = [{"name": r.intent, "confidence": r.confidence} for r in ranked]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[:length], add_to_output=True)
        return messages


def _weights(config: dict[str, Any]) -> FeatureWeights:
    return FeatureWeights(**{field.name: config[field.name] for field in fields(FeatureWeights)})


def _network(config: dict[str, Any]) -> NetworkSettings:
    return NetworkSettings(**{field.name: config[field.name] for field in fields(NetworkSettings)})


def _sentences(messages: list[Message]) -> list[Sentence]:
    sentences = []
    for message in messages:
        _, feature = message.get_dense_features(TEXT)
        if feature is None:
            raise ValueError(
                f"no dense sentence feature on {message.get(TEXT)!r}: put EncoderFeaturizer first"
            )
        words = tuple(token.text for token in message.get(TOKENS_NAMES[TEXT]) or ())
        sentences.append(Sentence(normalize(message.get(TEXT)), words, feature.features))
    return sentences
