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


def middle_layer(model: Any) -> Any:
    """The module of the middle transformer layer, or None where the model has no list of layers."""
    transformer = getattr(model[0], "auto_model", None)
    for holder in (getattr(transformer, "encoder", None), transformer):
        layers = getattr(holder, "layer", None) or getattr(holder, "layers", None)
        if layers is not None and len(layers) > 1:
            return layers[len(layers) // 2 - 1]
    return None


class MiddlePooling:
    """Averages the tokens that leave the middle layer while the model runs; use it as a context."""

    def __init__(self, model: Any) -> None:
        self._layer = middle_layer(model)
        self._hook: Any = None
        self._states: Any = None

    def __enter__(self) -> MiddlePooling:
        if self._layer is not None:
            self._hook = self._layer.register_forward_hook(self._keep)
        return self

    def __exit__(self, *_: object) -> None:
        if self._hook is not None:
            self._hook.remove()

    def _keep(self, _module: Any, _arguments: Any, output: Any) -> None:
        self._states = output[0] if isinstance(output, tuple) else output

    @property
    def reaches_a_layer(self) -> bool:
        """False when the model hides its layers."""
        return self._layer is not None

    def all_tokens_mean(self) -> Any:
        """Mean over all tokens of the last run, which held one text: shape [hidden]."""
        return self._states[0].mean(0)

    def pooled(self, attention_mask: Any) -> Any:
        """Mean over the tokens of the last run, shape [texts, hidden]."""
        weights = attention_mask[:, :, None].to(self._states.dtype)
        return (self._states * weights).sum(1) / weights.sum(1)


def encode_layers(model: Any, texts: Sequence[str], prompt: str) -> tuple[Vectors, Vectors]:
    """Vectors of the last and of the middle layer by the library, rows of length 1; one text a run."""
    import torch

    finals, middles = [], []
    with MiddlePooling(model) as middle, torch.no_grad():
        for text in texts:
            final = model.encode([text], prompt=prompt, normalize_embeddings=True, show_progress_bar=False)
            finals.append(np.asarray(final[0], np.float32))
            if middle.reaches_a_layer:
                vector = middle.all_tokens_mean().numpy()
                middles.append((vector / np.linalg.norm(vector)).astype(np.float32))
            else:
                middles.append(np.empty(0, np.float32))
    return np.stack(finals), np.stack(middles)


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
        """See `Encoder.encode`."""
        return self._run(texts, 0, self.dimension)

    def encode_middle(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode_middle`."""
        return self._run(texts, 1, self._card.middle_dimension)

    def known(self, text: str) -> tuple[Vectors, Vectors] | None:
        """See `Encoder.known`."""
        return self._cache.get(text)

    def _run(self, texts: Sequence[str], layer: int, columns: int) -> Vectors:
        found = {text: self._cache.get(text) for text in texts}
        missing = [text for text, vectors in found.items() if vectors is None]
        if missing:
            finals, middles = encode_layers(self._model, missing, self._card.prompt)
            for text, final, middle in zip(missing, finals, middles, strict=True):
                found[text] = (final, middle)
                self._cache.put(text, (final, middle))
        rows = [vectors[layer] for text in texts if (vectors := found[text]) is not None]
        return np.stack(rows) if rows else np.empty((0, columns), np.float32)
