"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.desk import Desk, open_desk
from tests.service import Service, open_service
from tests.stack.agent import Agent
from tests.stack.stack import Stack, running_stack


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


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole product running, one for all tests that do not harm it; fails with what is not built."""
    # Tests talk faster than people do.
    with running_stack(tmp_path_factory.mktemp("stack"), message_rate=100, log_level="DEBUG") as running:
        yield running


@pytest.fixture(scope="session")
def administrator(stack: Stack) -> Iterator[Agent]:
    """Signed in to the running product."""
    with closing(Agent.administrator(stack)) as agent:
        yield agent
