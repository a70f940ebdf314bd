"""Customers of the running product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from tests.stack.customer import Customer
from tests.stack.stack import Stack

Arrive = Callable[[Stack], Customer]


@pytest.fixture
def arrive() -> Iterator[Arrive]:
    """Customers with an open socket, who hang up at the end of the test."""
    with ExitStack() as lines:

        def come(stack: Stack) -> Customer:
            return lines.enter_context(closing(Customer(stack.url).connect()))

        yield come
