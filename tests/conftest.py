"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, open_desk
from tests.service import Service, open_service


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, which is what the service runs on."""
    return "asyncio"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """The service between channel and Rasa, on a fresh database."""
    async with open_desk(tmp_path / "bot.db") as opened:
        yield opened


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """The whole service with stand-ins for Rasa and the FAQ."""
    with open_service(tmp_path / "var") as opened:
        yield opened
