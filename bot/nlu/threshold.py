"""Rasa component: an intent that is not sure enough becomes `nlu_fallback`."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class IntentThreshold(GraphComponent, IntentClassifier):
    """Rasa's FallbackClassifier has one threshold for all; wrong small talk costs more than a wrong faq.

    `default` and the values of `intents` are probabilities (0..1). The ranking stays as it is.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._default = float(config["default"])
        self._intents = {str(name): float(value) for name, value in config["intents"].items()}

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"default": 0.3, "intents": {}}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        for name, value in {"default": config["default"], **config["intents"]}.items():
            if not 0 <= float(value) <= 1:
                raise ValueError(f"threshold {name} must lie in 0..1, got {value}")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentThreshold:
        cls.validate_config(config)
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            intent = message.get(INTENT)
            if not intent:
                continue
            name, confidence = intent[INTENT_NAME_KEY], intent[PREDICTED_CONFIDENCE_KEY]
            if confidence < self._intents.get(name, self._default):
                fallback = {
                    INTENT_NAME_KEY: DEFAULT_NLU_FALLBACK_INTENT_NAME,
                    PREDICTED_CONFIDENCE_KEY: confidence,
                }
                message.set(INTENT, fallback, add_to_output=True)
        return messages
