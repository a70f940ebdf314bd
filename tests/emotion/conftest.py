"""The built artefacts, made where they are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings
from bot.emotion import EmotionDetector
from bot.emotion.training import LEXICON, train_emotion_model
from bot.faq.encoder import load_encoder
from bot.faq.export import build_encoder
from bot.faq.message_vectors import MessageVectors
from bot.faq.topic_file import load_entries

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="session")
def models() -> Path:
    folder = Settings().models
    if not (folder / "encoder" / "current").exists():
        build_encoder("embedded", folder)
    return folder


@pytest.fixture(scope="session")
def vectors(models: Path) -> MessageVectors:
    return MessageVectors(load_encoder(models))


@pytest.fixture(scope="session")
def detector(models: Path, vectors: MessageVectors) -> EmotionDetector:
    questions = [entry.questions for entry in load_entries(DATA / "faq")]
    train_emotion_model(DATA / "emotion", vectors, models, questions)
    return EmotionDetector.load(DATA / "emotion" / LEXICON, models, vectors)
