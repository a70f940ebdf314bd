from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ArtefactMismatch, ConfigurationError
from bot.faq.encoder import Encoder, EncoderCard, HashEncoder, OnnxEncoder, encoder_folder, load_encoder
from bot.faq.export import build_encoder


def test_vectors_are_unit_length_and_close_for_the_same_meaning(encoder: Encoder) -> None:
    vectors = encoder.encode(["退货的运费谁来付", "退货邮费由谁承担呀", "附近哪家火锅好吃"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, encoder.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.03


def test_a_vector_does_not_depend_on_its_neighbours(models: Path) -> None:
    alone = load_encoder(models).encode(["会员积分怎么用"])[0]
    crowd = load_encoder(models, threads=2).encode(["嗯", "会员积分怎么用", "我要买" + "很多很多" * 50])
    assert np.array_equal(alone, crowd[1])


def test_nothing_to_encode(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


@given(st.text(max_size=40))
def test_any_text_gets_a_finite_unit_vector(encoder: Encoder, text: str) -> None:
    vector = encoder.encode([text])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_a_very_long_message_is_cut_not_refused(encoder: Encoder) -> None:
    assert encoder.encode(["快递一直没到" * 400]).shape == (1, encoder.dimension)


def test_the_full_width_tilde_is_kept_as_the_model_knows_it(models: Path) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(encoder_folder(models) / "tokenizer.json"))
    assert any("～" in token for token in tokenizer.encode("谢谢～").tokens)
    assert tokenizer.encode("７天").tokens == tokenizer.encode("7天").tokens


def test_a_changed_file_is_refused(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(encoder_folder(models), folder, ignore=shutil.ignore_patterns("sentence-transformers"))
    card = json.loads((folder / "encoder.json").read_text("utf-8"))
    (folder / "encoder.json").write_text(json.dumps({**card, "prompt": "passage: "}), "utf-8")
    with pytest.raises(ArtefactMismatch, match="bot encoder build"):
        OnnxEncoder.load(folder)


def test_a_missing_encoder_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="bot encoder build"):
        load_encoder(tmp_path)


def test_an_encoder_is_not_built_twice(models: Path) -> None:
    name = EncoderCard.read(encoder_folder(models)).name
    before = (encoder_folder(models) / "model.onnx").stat().st_mtime_ns
    folder = build_encoder(name, models, lambda line: None)
    assert (folder / "model.onnx").stat().st_mtime_ns == before


def test_an_unknown_model_is_named_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ConfigurationError, match="no-such-model"):
        build_encoder(str(tmp_path / "no-such-model"), tmp_path, lambda line: None)
    assert list((tmp_path / "encoder").iterdir()) == []


def test_a_model_that_cannot_be_exported_is_served_through_its_library(
    models: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("unsupported operator")

    monkeypatch.setattr("bot.faq.export._export", fail)
    lines: list[str] = []
    folder = build_encoder(str(encoder_folder(models) / "sentence-transformers"), tmp_path, lines.append)
    assert any("unsupported operator" in line for line in lines)
    assert EncoderCard.read(folder).backend == "sentence-transformers"
    served = load_encoder(tmp_path)
    texts = ["退货的运费谁来付", "会员积分怎么用", "退货的运费谁来付"]
    assert (served.encode(texts) * encoder.encode(texts)).sum(1).min() > 0.98
    assert (served.encode_middle(texts) * encoder.encode_middle(texts)).sum(1).min() > 0.97
    with pytest.raises(ConfigurationError, match="no ONNX export"):
        OnnxEncoder.load(folder)


def test_serving_imports_no_torch() -> None:
    heavy = ("torch", "pydantic", "bot.config")
    code = f"import sys, bot.faq.encoder; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


@given(st.lists(st.text(max_size=20), max_size=5))
def test_the_hash_twin_keeps_the_contract(texts: list[str]) -> None:
    twin = HashEncoder(64)
    vectors = twin.encode(texts)
    assert vectors.shape == (len(texts), 64)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors, HashEncoder(64).encode(texts))


@pytest.mark.parametrize("dimension", [0, -3])
def test_the_hash_twin_refuses_a_bad_dimension(dimension: int) -> None:
    with pytest.raises(ValueError, match=str(dimension)):
        HashEncoder(dimension)
