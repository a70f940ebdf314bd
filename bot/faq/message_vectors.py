"""The vectors of customers' messages, for whoever judges a message beside the FAQ."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.faq.classifier import joined
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder, Vectors
from bot.faq.known_vectors import KnownVectors
from bot.faq.normalize import normalize


@dataclass(frozen=True)
class MessageVectors:
    """Both layers side by side, of the spelling that the FAQ searches with.

    With the FAQ's own encoder a message is encoded once for both: the encoder keeps its last texts.
    """

    encoder: Encoder

    @property
    def fingerprint(self) -> str:
        """The encoder's."""
        return self.encoder.fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32 of shape [texts, d + m] for messages as typed. Safe to call from many threads."""
        return joined(EncodedTexts.encode(self.encoder, [normalize(text) for text in texts]))

    def handed(self, text: str) -> dict[str, Any] | None:
        """What docs/protocol.md calls `vectors`, for a message that was encoded lately; else None."""
        known = self.encoder.known(normalize(text))
        if known is None:
            return None
        layers = [layer for layer in known if len(layer) == self.encoder.dimension]
        return {
            "encoder": self.fingerprint,
            "layers": [base64.b64encode(layer.astype("<f4").tobytes()).decode() for layer in layers],
        }


@dataclass(frozen=True)
class TrainingVectors:
    """As `MessageVectors`, for thousands of messages: what the newest release in `models` holds is read."""

    encoder: Encoder
    models: Path
    progress: Callable[[str], None]

    @property
    def fingerprint(self) -> str:
        """The encoder's."""
        return self.encoder.fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32 of shape [texts, d + m] for messages as typed, at least one."""
        known = KnownVectors.of_newest(self.models, self.encoder, self.progress)
        return joined(known.encode([normalize(text) for text in texts]))
