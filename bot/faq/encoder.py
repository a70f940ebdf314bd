"""Serving sentence encoders: text in, unit vectors out.

Python 3.10+, numpy, onnxruntime and tokenizers only: the Rasa process imports this file too.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.errors import ArtefactMismatch, ConfigurationError

Vectors = NDArray[np.float32]
Backend = Literal["onnx", "sentence-transformers"]

CARD = "encoder.json"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
REBUILD = "run `bot encoder build`"


class Encoder(Protocol):
    """Turns texts into vectors whose inner product is their cosine."""

    @property
    def dimension(self) -> int:
        """Components of a vector."""

    @property
    def fingerprint(self) -> str:
        """64 hex digits that change with anything that changes the vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32 of shape [len(texts), dimension]; every row has length 1. Safe to call from many threads.

        The vector of a text depends on that text alone, never on what it is encoded with.
        """

    def encode_middle(self, texts: Sequence[str]) -> Vectors:
        """As `encode`, from the middle layer: float32 of shape [len(texts), m], rows of length 1.

        It keeps more of the wording than the last layer and tells in scope from out of scope better.
        m is 0 for a model whose layers cannot be reached.
        """

    def known(self, text: str) -> tuple[Vectors, Vectors] | None:
        """Both layers' vectors, [dimension] and [m], of a text that was encoded lately, or None.

        Takes no time worth a thread.
        """


@dataclass(frozen=True)
class EncoderCard:
    """What `encoder.json` in an encoder's folder says.

    `prompt` is put before every text (`query: ` for e5 models), `max_length` counts tokens,
    `middle_dimension` is 0 when the middle layer is not exported.
    """

    name: str
    backend: Backend
    dimension: int
    prompt: str
    max_length: int
    fingerprint: str
    middle_dimension: int = 0

    @classmethod
    def read(cls, folder: Path) -> EncoderCard:
        """Raises ConfigurationError when the folder holds no readable card."""
        try:
            return cls(**json.loads((folder / CARD).read_text("utf-8")))
        except FileNotFoundError:
            raise ConfigurationError(f"no encoder in {folder}: {REBUILD}") from None
        except (TypeError, ValueError) as error:
            raise ConfigurationError(
                f"{folder / CARD} is not an encoder card ({error}): {REBUILD}"
            ) from error

    def write(self, folder: Path) -> None:
        """Write the card into `folder`."""
        (folder / CARD).write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", "utf-8")


def encoder_fingerprint(files: Sequence[Path], prompt: str, max_length: int) -> str:
    """Sha256 over everything that shapes a vector: weights, tokenizer, prompt and cut."""
    digest = hashlib.sha256(f"{prompt}\0{max_length}".encode())
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


class VectorCache:
    """The vectors of the texts seen last; the same message is encoded by intent, FAQ and emotion."""

    def __init__(self, size: int) -> None:
        if size < 0:
            raise ValueError(f"size must be at least 0, got {size}")
        self._size = size
        self._lock = Lock()
        self._vectors: OrderedDict[str, tuple[Vectors, Vectors]] = OrderedDict()

    def get(self, text: str) -> tuple[Vectors, Vectors] | None:
        """The vectors of the last and the middle layer, or None when they are not kept."""
        with self._lock:
            vectors = self._vectors.get(text)
            if vectors is not None:
                self._vectors.move_to_end(text)
            return vectors

    def put(self, text: str, vectors: tuple[Vectors, Vectors]) -> None:
        """Keep the vectors and forget those unused longest when there are too many."""
        with self._lock:
            self._vectors[text] = vectors
            self._vectors.move_to_end(text)
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)


class OnnxEncoder:
    """An int8 ONNX sentence encoder on ONNX Runtime.

    Texts run one at a time: dynamic quantisation has one activation scale a tensor, so in a padded
    batch a vector would depend on its neighbours (cosine down to .991), and an indexed line would not
    match itself. `threads` texts run at once instead.
    """

    def __init__(
        self, session: Any, tokenizer: Any, card: EncoderCard, threads: int = 1, cache: int = 512
    ) -> None:
        if threads < 1:
            raise ValueError(f"threads must be at least 1, got {threads}")
        self._session = session
        self._tokenizer = tokenizer
        self._card = card
        self._threads = threads
        self._cache = VectorCache(cache)

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> OnnxEncoder:
        """Load from a folder that `bot.faq.export.build_encoder` made; about 0.3 s.

        Raises ConfigurationError when something is missing, ArtefactMismatch when the files are not
        those that the card was written for.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        card = EncoderCard.read(folder)
        if card.backend != "onnx":
            raise ConfigurationError(f"{card.name} has no ONNX export, its backend is {card.backend}")
        files = [folder / MODEL, folder / TOKENIZER]
        for file in files:
            if not file.is_file():
                raise ConfigurationError(f"{file} is missing: {REBUILD}")
        if encoder_fingerprint(files, card.prompt, card.max_length) != card.fingerprint:
            raise ArtefactMismatch(f"the encoder files in {folder} are not those of its {CARD}: {REBUILD}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(str(files[0]), options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(files[1]))
        tokenizer.no_padding()
        tokenizer.enable_truncation(card.max_length)
        return cls(session, tokenizer, card, threads)

    @property
    def card(self) -> EncoderCard:
        """Name, prompt and length limit."""
        return self._card

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return self._card.dimension

    @property
    def fingerprint(self) -> str:
        """Sha256 over model, tokenizer, prompt and length limit."""
        return self._card.fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode`; 3 to 5 ms a text."""
        return _stack([final for final, _ in self._run(texts)], self.dimension)

    def encode_middle(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode_middle`; free for texts that were just encoded."""
        return _stack([middle for _, middle in self._run(texts)], self._card.middle_dimension)

    def known(self, text: str) -> tuple[Vectors, Vectors] | None:
        """See `Encoder.known`."""
        return self._cache.get(text)

    def _run(self, texts: Sequence[str]) -> list[tuple[Vectors, Vectors]]:
        if self._threads == 1 or len(texts) < 2:
            return [self._run_one(text) for text in texts]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._run_one, texts))

    def _run_one(self, text: str) -> tuple[Vectors, Vectors]:
        kept = self._cache.get(text)
        if kept is not None:
            return kept
        ids = np.array([self._tokenizer.encode(self._card.prompt + text).ids], np.int64)
        outputs = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        vectors = (
            _unit(outputs[0][0]),
            _unit(outputs[1][0]) if len(outputs) > 1 else np.empty(0, np.float32),
        )
        self._cache.put(text, vectors)
        return vectors


def _unit(vector: Vectors) -> Vectors:
    found: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
    return found


def _stack(rows: Sequence[Vectors], columns: int) -> Vectors:
    return np.stack(rows) if rows else np.empty((0, columns), np.float32)


class HashEncoder:
    """In-memory twin of `OnnxEncoder` for tests: vectors of hashed character 1- and 2-grams, no model."""

    def __init__(self, dimension: int = 256) -> None:
        if dimension < 8:
            raise ValueError(f"dimension must be at least 8, got {dimension}")
        self._dimension = dimension

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return self._dimension

    @property
    def fingerprint(self) -> str:
        """Changes with the dimension only."""
        return hashlib.sha256(f"hash-encoder {self._dimension}".encode()).hexdigest()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode`; texts that share characters get similar vectors."""
        vectors = np.zeros((len(texts), self._dimension), np.float32)
        for row, text in enumerate(texts):
            grams = [text[i : i + n] for n in (1, 2) for i in range(len(text) - n + 1)] or [""]
            for gram in grams:
                vectors[
                    row, int.from_bytes(hashlib.sha256(gram.encode()).digest()[:4], "big") % self._dimension
                ] += 1
        normalised: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normalised

    def encode_middle(self, texts: Sequence[str]) -> Vectors:
        """This twin has no layers: no columns."""
        return np.empty((len(texts), 0), np.float32)

    def known(self, text: str) -> tuple[Vectors, Vectors] | None:  # noqa: ARG002
        """This twin is quick enough to forget."""
        return None


def encoder_folder(models: Path) -> Path:
    """The folder of the current encoder under `models` (`BOT_MODELS`).

    Raises ConfigurationError when none was built.
    """
    pointer = models / "encoder" / "current"
    try:
        slug = pointer.read_text("utf-8").strip()
    except FileNotFoundError:
        raise ConfigurationError(f"no encoder was built in {models}: {REBUILD}") from None
    return models / "encoder" / slug


def load_encoder(models: Path, threads: int = 1) -> Encoder:
    """Load the current encoder with the backend that its card names.

    Raises ConfigurationError or ArtefactMismatch as `OnnxEncoder.load` does.
    """
    folder = encoder_folder(models)
    if EncoderCard.read(folder).backend == "onnx":
        return OnnxEncoder.load(folder, threads)
    from bot.faq.library_encoder import LibraryEncoder

    return LibraryEncoder.load(folder)
