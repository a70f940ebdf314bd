"""A circuit breaker: a system that keeps failing is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable


class Breaker:
    """Opens for `seconds` after `failures` in a row; after that one more failure opens it again."""

    def __init__(
        self, failures: int = 5, seconds: float = 10.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if failures < 1 or seconds <= 0:
            raise ValueError(f"failures must be 1 or more, seconds above 0: {failures}, {seconds}")
        self._failures = failures
        self._seconds = seconds
        self._clock = clock
        self._in_a_row = 0
        self._closed_from = float("-inf")

    def admits(self) -> bool:
        """Whether a call may be made now."""
        return self._clock() >= self._closed_from

    def failed(self) -> None:
        """A call was not answered."""
        self._in_a_row += 1
        if self._in_a_row >= self._failures:
            self._closed_from = self._clock() + self._seconds

    def succeeded(self) -> None:
        """A call was answered, whatever the answer was."""
        self._in_a_row = 0
