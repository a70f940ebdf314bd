"""The real encoder, built once under the project's own models folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from bot.faq.encoder import Encoder, load_encoder
from bot.faq.export import build_encoder

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """As a release is built: several threads on small products only wait for each other."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def models() -> Path:
    if not (MODELS / "encoder" / "current").exists():
        build_encoder("embedded", MODELS)
    return MODELS


@pytest.fixture(scope="session")
def encoder(models: Path) -> Encoder:
    return load_encoder(models)
