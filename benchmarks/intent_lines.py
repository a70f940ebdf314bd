"""The product's training and development lines as the sentences that Rasa's pipeline would hand on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jieba
import numpy as np
import yaml

from bot.faq.encoder import Encoder
from bot.faq.normalize import normalize
from bot.nlu.entities import Catalogue
from bot.nlu.intent_features import Sentence
from bot.nlu.lines import read_lines

LINES, DEVELOPMENT = Path("data/nlu"), Path("tests/nlu/development/intents_2.jsonl")
# Lines of one kind stand together; a block goes to one fold, so that folds hold kinds that were not seen.
BLOCK = 12


@dataclass(frozen=True)
class Lines:
    """Sentences and their intents, in the order of the files."""

    sentences: tuple[Sentence, ...]
    intents: tuple[str, ...]

    def part(self, chosen: Sequence[int]) -> Lines:
        """The lines at the given places."""
        return Lines(tuple(self.sentences[i] for i in chosen), tuple(self.intents[i] for i in chosen))


class Reader:
    """Tokens of jieba with the shop's words, and both layers of the encoder."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._jieba = jieba.Tokenizer()
        self._jieba.load_userdict(str(LINES / "shop_words.txt"))
        for word, _ in Catalogue.read(LINES / "products.txt").words:
            self._jieba.add_word(word, 1000, "n")

    def sentence(self, text: str) -> Sentence:
        """One line."""
        plain = normalize(text)
        blocks = np.stack([self._encoder.encode([plain])[0], self._encoder.encode_middle([plain])[0]])
        return Sentence(plain, tuple(self._jieba.cut(text)), blocks)

    def training(self) -> Lines:
        """All training lines, file by file."""
        pairs = [
            (re.sub(r"^\s*-\s*", "", line).strip(), block["intent"])
            for path in sorted(LINES.glob("*.yml"))
            for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]
            if "intent" in block
            for line in block["examples"].splitlines()
        ]
        return Lines(tuple(self.sentence(text) for text, _ in pairs), tuple(intent for _, intent in pairs))

    def development(self) -> Lines:
        """The even development set."""
        lines = [line for line in read_lines(DEVELOPMENT) if line.intent is not None]
        intents = tuple(str(line.intent) for line in lines)
        return Lines(tuple(self.sentence(line.text) for line in lines), intents)


def folds(lines: Lines, number: int) -> tuple[tuple[list[int], list[int]], ...]:
    """Places to train on and to test on, `number` times; blocks of twelve neighbours stay together.

    Nothing for 0.
    """
    if not number:
        return ()
    count = -(-len(lines.intents) // BLOCK)
    fold_of_block = np.random.default_rng(0).permutation(count) % number
    fold_of_line = fold_of_block[np.arange(len(lines.intents)) // BLOCK]
    return tuple(
        (np.flatnonzero(fold_of_line != fold).tolist(), np.flatnonzero(fold_of_line == fold).tolist())
        for fold in range(number)
    )
