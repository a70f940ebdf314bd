"""Rasa component: jieba with the shop's own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jieba
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.entities import Catalogue

WORDS = "words.txt"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class ShopTokenizer(Tokenizer):
    """Rasa's own JiebaTokenizer changes jieba's global dictionary and takes a whole folder.

    Training copies the user dictionary and the product words into the model.
    """

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, words: Path | None = None
    ) -> None:
        super().__init__(config)
        self._storage = storage
        self._resource = resource
        self._jieba = jieba.Tokenizer()
        if words is not None:
            self._jieba.load_userdict(str(words))
        self._jieba.initialize()

    @staticmethod
    def supported_languages() -> list[str] | None:
        return ["zh"]

    @staticmethod
    def required_packages() -> list[str]:
        return ["jieba"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "words": "data/nlu/shop_words.txt",
            "products": "data/nlu/products.txt",
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ShopTokenizer:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ShopTokenizer:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, folder / WORDS)

    def train(self, training_data: TrainingData) -> Resource:
        words = Path(self._config["words"]).read_text("utf-8").splitlines()
        products = Catalogue.read(Path(self._config["products"]))
        lines = [*words, *(f"{word} 1000 n" for word, _ in products.words)]
        with self._storage.write_to(self._resource) as folder:
            (folder / WORDS).write_text("\n".join(line for line in lines if line.strip()) + "\n", "utf-8")
            self._jieba.load_userdict(str(folder / WORDS))
        return self._resource

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        return [Token(word, start) for word, start, _ in self._jieba.tokenize(message.get(attribute))]
