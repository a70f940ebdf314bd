"""Who a conversation is known to be: a state machine without clock, storage or shop.

unknown --start--> checking --settle(customer)--> known
                            --settle(None)------> unknown, one try less
                            --withdraw----------> as before, because the shop could not be asked
any     --present(customer)--> known (the host site's token)
any     --forget-------------> unknown

A try counts from the moment it starts, so that tries made at once cannot outnumber the limit. A try has the
id of its message: the same message again is the same try. Being right does not give tries back, or a caller
who owns one order could guess for ever.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.dataclasses import dataclass

TRIES = 3
# Over all conversations: ten thousand endings of a phone, and no list of conversations to run through.
TRIES_AN_ORDER = 10
WINDOW = timedelta(hours=24)
KNOWN_FOR = timedelta(hours=2)

Result = Literal["checking", "right", "wrong"]


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Try:
    """One pair of order number and digits; neither is kept."""

    key: Annotated[str, Field(min_length=1, max_length=260)]
    at: AwareDatetime
    result: Result = "checking"


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Tries:
    """Guesses within the last 24 hours, oldest first."""

    tries: tuple[Try, ...] = ()

    def left(self, limit: int, now: datetime) -> int:
        """How many more are admitted, 0..limit."""
        counted = sum(one.result != "right" and now - one.at < WINDOW for one in self.tries)
        return max(0, limit - counted)

    def find(self, key: str) -> Try | None:
        """The try of this message."""
        return next((one for one in self.tries if one.key == key), None)

    def start(self, key: str, limit: int, now: datetime) -> Tries | None:
        """With this try counted; unchanged for a known key; None when no try is left."""
        if self.find(key):
            return self
        if not self.left(limit, now):
            return None
        recent = tuple(one for one in self.tries if now - one.at < WINDOW)
        return Tries((*recent, Try(key, now)))

    def settle(self, key: str, *, right: bool) -> Tries:
        """With the result of the try, once: a second result of the same try changes nothing."""
        return Tries(
            tuple(
                replace(one, result="right" if right else "wrong")
                if one.key == key and one.result == "checking"
                else one
                for one in self.tries
            )
        )

    def withdraw(self, key: str) -> Tries:
        """Without the try, unless its result is known."""
        return Tries(tuple(one for one in self.tries if one.key != key or one.result != "checking"))


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Verification:
    """What one conversation has shown. `customer` and `until` are set together."""

    tries: Tries = Tries()
    customer: str | None = None
    until: AwareDatetime | None = None

    def known(self, now: datetime) -> str | None:
        """The customer, while what they showed is still fresh."""
        return self.customer if self.until is not None and now < self.until else None

    def left(self, now: datetime) -> int:
        """Tries left, 0..3. At 0 only a human or the site's token can help."""
        return self.tries.left(TRIES, now)

    def start(self, key: str, now: datetime) -> Verification | None:
        """With a try counted; None when none is left."""
        tries = self.tries.start(key, TRIES, now)
        return None if tries is None else replace(self, tries=tries)

    def settle(self, key: str, customer: str | None, now: datetime) -> Verification:
        """With the result of a try that was started; a try that was not, or is settled, changes nothing."""
        one = self.tries.find(key)
        if one is None or one.result != "checking":
            return self
        settled = replace(self, tries=self.tries.settle(key, right=customer is not None))
        return settled if customer is None else settled.present(customer, now + KNOWN_FOR)

    def withdraw(self, key: str) -> Verification:
        """Without a try that could not be checked."""
        return replace(self, tries=self.tries.withdraw(key))

    def present(self, customer: str, until: datetime) -> Verification:
        """Known as `customer` and nobody else until then."""
        return replace(self, customer=customer, until=until)

    def forget(self) -> Verification:
        """Unknown again; the tries stay counted."""
        return replace(self, customer=None, until=None)
