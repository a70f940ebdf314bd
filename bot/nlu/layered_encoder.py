"""The FAQ's encoder with the means of some of its inner layers next to its sentence vector.

What a sentence is for shows in the inner layers more than in the last one, which was trained for
likeness: in cross-validation over the training lines they add 1.5 points of intent accuracy and cost
nothing, since the encoder computes them anyway.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.faq.encoder import (
    MODEL,
    TOKENIZER,
    Encoder,
    EncoderCard,
    Vectors,
    encoder_fingerprint,
    encoder_folder,
    load_encoder,
)

# The output of a layer of a BERT-like model as the exporter names it.
_LAYER = re.compile(rb"/[\w./]*encoder/layer\.(\d+)/output/LayerNorm/LayerNormalization_output_0")
_SHARES = (4 / 12, 6 / 12, 8 / 12, 10 / 12)


class LayeredEncoder:
    """Blocks of `dimension` numbers: the sentence vector, then the mean over the tokens of each inner layer.

    Every block has length 1. `blocks` is 1 for an encoder whose inner layers cannot be reached; it is
    then a `plain` one. `fingerprint` is the encoder's own, `dimension` the numbers a block.
    """

    def __init__(
        self,
        fingerprint: str,
        dimension: int,
        plain: Encoder | None = None,
        session: Any = None,
        tokenizer: Any = None,
        prompt: str = "",
    ) -> None:
        if (plain is None) == (session is None):
            raise ValueError("either plain or session must be given")
        self.fingerprint = fingerprint
        self.dimension = dimension
        self._plain = plain
        self._session = session
        self._tokenizer = tokenizer
        self._prompt = prompt

    @classmethod
    def load(cls, models: Path) -> LayeredEncoder:
        """The current encoder of `models`. Raises what `load_encoder` raises."""
        folder = encoder_folder(models)
        card = EncoderCard.read(folder)
        files = [folder / MODEL, folder / TOKENIZER]
        outputs = (
            _inner_outputs(files[0].read_bytes()) if card.backend == "onnx" and files[0].is_file() else []
        )
        # Files that do not belong together are load_encoder's to refuse.
        if not outputs or encoder_fingerprint(files, card.prompt, card.max_length) != card.fingerprint:
            plain = load_encoder(models)
            return cls(plain.fingerprint, plain.dimension, plain)
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(
            files[0].read_bytes() + _graph_outputs(outputs), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_file(str(files[1]))
        tokenizer.no_padding()
        tokenizer.enable_truncation(card.max_length)
        return cls(card.fingerprint, card.dimension, session=session, tokenizer=tokenizer, prompt=card.prompt)

    @property
    def blocks(self) -> int:
        """Blocks a text."""
        return len(self._session.get_outputs()) if self._session else 1

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32 of shape [len(texts), blocks, dimension]; 3 to 5 ms a text."""
        if self._plain is not None:
            return self._plain.encode(texts)[:, None, :]
        result = np.empty((len(texts), self.blocks, self.dimension), np.float32)
        for row, text in enumerate(texts):
            ids = np.array([self._tokenizer.encode(self._prompt + text).ids], np.int64)
            vector, *layers = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
            result[row, 0] = vector[0]
            for block, layer in enumerate(layers, 1):
                result[row, block] = layer[0].mean(axis=0)
        result /= np.linalg.norm(result, axis=2, keepdims=True)
        return result


def _inner_outputs(graph: bytes) -> list[str]:
    """Names of the chosen layers' outputs, lowest first; none when the graph has no such names."""
    names = {int(found[1]): found[0].decode() for found in _LAYER.finditer(graph)}
    depth = max(names, default=0) + 1
    return (
        [names[layer] for share in _SHARES if (layer := round(share * depth)) in names] if depth > 1 else []
    )


def _graph_outputs(names: Sequence[str]) -> bytes:
    """Bytes that, put after an ONNX model, add outputs to its graph.

    Protocol Buffers merges a repeated embedded message (its encoding guide, "Last One Wins"), so a second
    `graph` (field 7) with outputs (field 12) that have names (field 1) is enough.
    """
    return _field(7, b"".join(_field(12, _field(1, name.encode())) for name in names))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
