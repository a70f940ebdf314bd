"""Amounts of money."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, order=True, config=ConfigDict(strict=True))
class Money:
    """An amount in renminbi, counted in whole fen (0 or more) so that nothing is ever rounded."""

    fen: Annotated[int, Field(ge=0, le=10**12)]

    @classmethod
    def yuan(cls, yuan: int) -> Money:
        """Whole yuan."""
        return cls(yuan * 100)

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        """Raises ValueError when `other` is more than this."""
        return Money(self.fen - other.fen)

    def __mul__(self, pieces: int) -> Money:
        return Money(self.fen * pieces)

    def __str__(self) -> str:
        """As customers read it: `129元`, `49.9元`, `0.05元`."""
        yuan, fen = divmod(self.fen, 100)
        return f"{yuan}" + (f".{fen:02d}".rstrip("0") if fen else "") + "元"


FREE = Money(0)
