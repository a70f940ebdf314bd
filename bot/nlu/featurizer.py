"""Rasa component: what the FAQ's own encoder makes of a message in the FAQ's spelling, as a dense feature."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.errors import ArtefactMismatch
from bot.faq.encoder import Encoder, Vectors, load_encoder
from bot.faq.normalize import normalize
from bot.nlu.handed_vectors import HANDED

CARD = "encoder.json"
# The middle layer of a block comes out of the encoder's cache, which holds 512 texts.
_BLOCK = 256
# Half of a training is encoding; two threads use what the programs beside it leave of the processor. A turn
# brings one text, and one thread encodes it.
_THREADS = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class EncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Last and middle layer of the encoder, one row each. The model remembers the encoder's fingerprint.

    The encoder is the current one in the folder BOT_MODELS, or else in `models` of the configuration.
    Loading a model that was trained with another encoder raises ArtefactMismatch.
    """

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        storage: ModelStorage,
        resource: Resource,
        encoder: Encoder,
    ) -> None:
        super().__init__(name, config)
        self._storage = storage
        self._resource = resource
        self._encoder = encoder

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        return ["onnxruntime", "tokenizers"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {**DenseFeaturizer.get_default_config(), "models": "models"}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        if not config.get("models"):
            raise ValueError(f"models must name a folder, got {config.get('models')!r}")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EncoderFeaturizer:
        return cls._with_encoder(config, model_storage, resource, execution_context)

    @classmethod
    def _with_encoder(
        cls,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        context: ExecutionContext,
    ) -> EncoderFeaturizer:
        encoder = load_encoder(Path(os.environ.get("BOT_MODELS") or config["models"]), _THREADS)
        return cls(config, context.node_name, storage, resource, encoder)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EncoderFeaturizer:
        component = cls._with_encoder(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            trained = json.loads((folder / CARD).read_text("utf-8"))["fingerprint"]
        if trained != component._encoder.fingerprint:
            raise ArtefactMismatch(
                f"the Rasa model was trained with encoder {trained[:12]}, "
                f"the current one is {component._encoder.fingerprint[:12]}: run `bot nlu train`"
            )
        return component

    def train(self, training_data: TrainingData) -> Resource:
        with self._storage.write_to(self._resource) as folder:
            card = {"fingerprint": self._encoder.fingerprint, "dimension": self._encoder.dimension}
            (folder / CARD).write_text(json.dumps(card), "utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        typed = [message for message in messages if message.get(TEXT)]
        alias = self._config[FEATURIZER_CLASS_ALIAS]
        for start in range(0, len(typed), _BLOCK):
            block = typed[start : start + _BLOCK]
            for message, rows in zip(block, self._rows([normalize(m.get(TEXT)) for m in block]), strict=True):
                message.add_features(Features(rows, FEATURE_TYPE_SENTENCE, TEXT, alias))
        return messages

    def _rows(self, texts: list[str]) -> Vectors:
        if len(texts) == 1:
            handed = HANDED.take(texts[0], self._encoder.fingerprint, self._encoder.dimension)
            if handed is not None:
                return handed[np.newaxis]
        final, middle = self._encoder.encode(texts), self._encoder.encode_middle(texts)
        layers = [final, middle] if middle.shape == final.shape else [final]
        return np.stack(layers, axis=1)
