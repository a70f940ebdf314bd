"""The encoder's inner layers, on the real encoder."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.faq.encoder import load_encoder
from bot.nlu.layered_encoder import LayeredEncoder

MODELS = Path(__file__).resolve().parents[2] / "models"
TEXTS = ["运费怎么算", "转人工😊", "a"]


@pytest.fixture(scope="module")
def encoder() -> LayeredEncoder:
    return LayeredEncoder.load(MODELS)


def test_the_first_block_is_the_sentence_vector(encoder: LayeredEncoder) -> None:
    plain = load_encoder(MODELS)
    np.testing.assert_allclose(encoder.encode(TEXTS)[:, 0], plain.encode(TEXTS), atol=1e-5)
    assert (encoder.fingerprint, encoder.dimension) == (plain.fingerprint, plain.dimension)


def test_every_block_has_length_one_and_layers_differ(encoder: LayeredEncoder) -> None:
    blocks = encoder.encode(TEXTS)
    assert blocks.shape == (len(TEXTS), encoder.blocks, encoder.dimension)
    assert encoder.blocks == 5
    np.testing.assert_allclose(np.linalg.norm(blocks, axis=2), 1, atol=1e-5)
    for lower, upper in pairwise(range(encoder.blocks)):
        assert not np.allclose(blocks[0, lower], blocks[0, upper], atol=1e-4)


def test_without_an_encoder_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="encoder"):
        LayeredEncoder.load(tmp_path)
