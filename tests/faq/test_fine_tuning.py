from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import EncoderCard, HashEncoder, encoder_folder
from bot.faq.export import build_encoder
from bot.faq.fine_tuning import batches_of_triplets, fine_tune
from bot.faq.fit import make_corpus
from bot.faq.topic_file import load_entries
from tests.faq.large_faq import large_entries, off_topic, write_large
from tests.faq.small_faq import write_sources

QUIET = lambda line: None  # noqa: E731
HIDDEN = 32


def tiny_model(folder: Path) -> Path:
    """A sentence-transformers folder of two small transformer layers with random weights, over characters."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    texts = [*off_topic(), *(str(text) for entry in large_entries() for text in entry.values())]
    characters = sorted({character for text in texts for character in text if character.strip()})
    folder.mkdir()
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]), "utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(characters) + 5,
        hidden_size=HIDDEN,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder / "plain")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=BertWordPieceTokenizer(str(vocabulary)),
        model_max_length=64,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
    tokenizer.save_pretrained(folder / "plain")
    modules: list[Any] = [Transformer(str(folder / "plain")), Pooling(HIDDEN)]
    SentenceTransformer(modules=modules, device="cpu").save_pretrained(str(folder / "model"))
    return folder / "model"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder whose encoder is the tiny one."""
    folder = tmp_path_factory.mktemp("tiny")
    build_encoder(str(tiny_model(folder / "source")), folder, QUIET)
    return folder


def test_a_few_steps_write_a_folder_that_serves_and_are_judged_on_questions_held_out(
    tiny: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    out = tmp_path / "tuned"
    trial = fine_tune(write_large(tmp_path / "data"), tiny, out, 1, 0.2, lines.append)
    assert trial.step == "encoder"
    assert [gain.figure for gain in trial.gains] == [
        "hit1",
        "answered_right",
        "wrong_of_answers",
        "off_topic_answered",
    ]
    # A quarter of 200 questions and of 84 off-topic texts; entries of one question would stay out.
    assert trial.gains[0].questions == pytest.approx(50, abs=10)
    assert any("loss" in line for line in lines)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    built = build_encoder(str(out), tmp_path / "models", QUIET)
    assert EncoderCard.read(built).dimension == HIDDEN
    assert EncoderCard.read(built).fingerprint != EncoderCard.read(encoder_folder(tiny)).fingerprint


def test_what_is_there_already_is_not_written_over(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "tuned").mkdir()
    with pytest.raises(ConfigurationError, match="exists already"):
        fine_tune(write_large(tmp_path / "data"), tiny, tmp_path / "tuned", 1, 0.2, QUIET)


def test_a_batch_holds_no_question_that_another_would_wrongly_be_told_apart_from(tmp_path: Path) -> None:
    entries = load_entries(write_large(tmp_path / "data").entries)
    encoder = HashEncoder()
    corpus = make_corpus(entries, off_topic(), "", lambda texts: EncodedTexts.encode(encoder, texts))
    batches = batches_of_triplets(corpus, 2, size=8)
    rows = [triplet for batch in batches for triplet in batch]
    assert sorted(anchor for anchor, _, _ in rows) == sorted([*range(len(corpus.lines))] * 2)
    for batch in batches:
        assert 1 <= len(batch) <= 8
        asked, partners, opposed = (
            corpus.entry_of_line[np.array(column)] for column in zip(*batch, strict=True)
        )
        assert np.array_equal(asked, partners)
        assert len(set(asked)) == len(batch)
        assert not set(asked) & set(opposed)
    assert all(anchor != partner for anchor, partner, _ in rows)
    assert batches_of_triplets(corpus, 2, size=8) == batches


def test_an_faq_without_similar_questions_teaches_nothing(tmp_path: Path, tiny: Path) -> None:
    sources = write_sources(tmp_path / "data")
    file = sources.entries / "library.yml"
    alone = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("      - ")]
    file.write_text("\n".join(line for line in alone if line.strip() != "similar:") + "\n", "utf-8")
    with pytest.raises(ConfigurationError, match="two or more questions"):
        fine_tune(sources, tiny, tmp_path / "tuned", 1, 0.2, QUIET)
    assert not (tmp_path / "tuned").exists()


def test_the_command_line_loads_no_trainer() -> None:
    heavy = ("torch", "transformers", "datasets", "accelerate")
    code = f"import sys, bot.cli, bot.faq.build; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
