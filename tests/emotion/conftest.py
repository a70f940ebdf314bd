"""The built artefacts, made where they are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.faq.export import build_encoder

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture(scope="session")
def models() -> Path:
    if not (MODELS / "encoder" / "current").exists():
        build_encoder("embedded", MODELS)
    return MODELS
