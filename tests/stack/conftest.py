"""Customers of the running product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from tests.stack.customer import Customer
from tests.stack.dialogue_player import DialoguePlayer
from tests.stack.stack import Stack, running_stack

Arrive = Callable[[Stack], Customer]


@pytest.fixture
def arrive() -> Iterator[Arrive]:
    """Customers with an open socket, who hang up at the end of the test."""
    with ExitStack() as lines:

        def come(stack: Stack) -> Customer:
            return lines.enter_context(closing(Customer(stack.url).connect()))

        yield come


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DialoguePlayer]:
    """One service for all conversations of a module, open by day; customers may be as quick as they like."""
    folder = tmp_path_factory.mktemp("conversations")
    with running_stack(folder, hours="09:00-21:00", message_rate=1000) as stack:
        yield DialoguePlayer(stack, folder)
