"""Encoder served by the sentence-transformers library, for models that cannot be exported to ONNX."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import ArtefactMismatch, ConfigurationError
from bot.faq.encoder import REBUILD, EncoderCard, VectorCache, Vectors, encoder_fingerprint

LIBRARY_FOLDER = "sentence-transformers"


def library_files(folder: Path) -> list[Path]:
    """Every file of a sentence-transformers folder, in a fixed order, without its own read-me."""
    return sorted(f for f in folder.rglob("*") if f.is_file() and f.name != "README.md")


class LibraryEncoder:
    """See `bot.faq.encoder.Encoder`; needs torch, about 820 MB and 15 to 30 ms a text."""

    def __init__(self, model: Any, card: EncoderCard, cache: int = 512) -> None:
        self._model = model
        self._card = card
        self._cache = VectorCache(cache)

    @classmethod
    def load(cls, folder: Path) -> LibraryEncoder:
        """Load from a folder that `build_encoder` made. Raises as `OnnxEncoder.load` does."""
        card = EncoderCard.read(folder)
        source = folder / LIBRARY_FOLDER
        if not source.is_dir():
            raise ConfigurationError(f"{source} is missing: {REBUILD}")
        if encoder_fingerprint(library_files(source), card.prompt, card.max_length) != card.fingerprint:
            raise ArtefactMismatch(f"the encoder files in {folder} are not those of its card: {REBUILD}")
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ConfigurationError(
                f"{card.name} needs the package sentence-transformers: {error}"
            ) from error
        return cls(SentenceTransformer(str(source), device="cpu"), card)

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return self._card.dimension

    @property
    def fingerprint(self) -> str:
        """Sha256 over the library's folder, prompt and length limit."""
        return self._card.fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode`; float32 arithmetic, so batches change a vector by rounding only."""
        found = [self._cache.get(text) for text in texts]
        missing = list(dict.fromkeys(t for t, vector in zip(texts, found, strict=True) if vector is None))
        fresh: dict[str, Vectors] = {}
        if missing:
            encoded = self._model.encode(
                missing, prompt=self._card.prompt, normalize_embeddings=True, show_progress_bar=False
            )
            fresh = dict(zip(missing, np.asarray(encoded, np.float32), strict=True))
            for text, vector in fresh.items():
                self._cache.put(text, vector)
        rows = [fresh[t] if vector is None else vector for t, vector in zip(texts, found, strict=True)]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)
