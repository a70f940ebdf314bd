"""Normalised texts together with their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.faq.encoder import Encoder, Vectors

# The middle layer of a block comes out of the encoder's cache, which holds 512 texts.
BLOCK = 256


@dataclass(frozen=True)
class EncodedTexts:
    """`texts`, their vectors `final`, shape [texts, d], and middle-layer vectors, shape [texts, m]."""

    texts: tuple[str, ...]
    final: Vectors
    middle: Vectors

    def __post_init__(self) -> None:
        if not len(self.texts) == len(self.final) == len(self.middle):
            raise ValueError(f"{len(self.texts)} texts, {len(self.final)} and {len(self.middle)} vectors")

    def __len__(self) -> int:
        return len(self.texts)

    @classmethod
    def encode(cls, encoder: Encoder, texts: Sequence[str]) -> EncodedTexts:
        """Encode texts that are normalised already, each distinct one once."""
        distinct = list(dict.fromkeys(texts))
        row = {text: number for number, text in enumerate(distinct)}
        rows = np.array([row[text] for text in texts], np.int64)
        blocks = [distinct[i : i + BLOCK] for i in range(0, len(distinct), BLOCK)] or [[]]
        pairs = [(encoder.encode(block), encoder.encode_middle(block)) for block in blocks]
        final = np.concatenate([final for final, _ in pairs])
        middle = np.concatenate([middle for _, middle in pairs])
        return cls(tuple(texts), final[rows], middle[rows])

    @classmethod
    def join(cls, parts: Sequence[EncodedTexts]) -> EncodedTexts:
        """All parts one after the other; at least one."""
        return cls(
            tuple(text for part in parts for text in part.texts),
            np.concatenate([part.final for part in parts]),
            np.concatenate([part.middle for part in parts]),
        )

    def take(self, rows: NDArray[np.int64]) -> EncodedTexts:
        """The texts with these row numbers."""
        return EncodedTexts(tuple(self.texts[int(i)] for i in rows), self.final[rows], self.middle[rows])

    def row(self, number: int) -> EncodedTexts:
        """One text."""
        return EncodedTexts(
            (self.texts[number],), self.final[number : number + 1], self.middle[number : number + 1]
        )
