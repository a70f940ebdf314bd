"""How much one client may ask for in a while."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import TooManyRequests


@dataclass
class _Bucket:
    tokens: float
    at: float


class Rate:
    """A token bucket for each key: `burst` at once, `per_second` in the long run.

    The least recently used keys are forgotten beyond `keys`, so that memory stays bounded.
    """

    def __init__(
        self,
        per_second: float,
        burst: float,
        *,
        keys: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if per_second <= 0 or burst < 1:
            raise ValueError(f"per_second {per_second!r} must be above 0 and burst {burst!r} at least 1")
        self._per_second = per_second
        self._burst = burst
        self._keys = keys
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def allows(self, key: str) -> bool:
        """Take one token; false when there is none."""
        now = self._clock()
        bucket = self._buckets.pop(key, None) or _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_second)
        bucket.at = now
        self._buckets[key] = bucket
        if len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def check(self, key: str) -> None:
        """Take one token. Raises TooManyRequests."""
        if not self.allows(key):
            raise TooManyRequests(f"more than {self._per_second:g} a second")
