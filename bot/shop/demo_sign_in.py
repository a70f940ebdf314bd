"""The demo site's word on who its visitor is: what a real site would sign on its own server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import jwt
import yaml

from bot.errors import NotFound

LIFE = timedelta(hours=2)


@dataclass(frozen=True)
class DemoVisitor:
    """A customer of the demo shop whom anybody may be."""

    id: str
    name: str


class DemoSignIn:
    """Signs identity tokens for the few customers that data/shop names, for the demo shop alone."""

    def __init__(self, visitors: tuple[DemoVisitor, ...], secret: str) -> None:
        self.visitors = visitors
        self._secret = secret

    @classmethod
    def read(cls, folder: Path, secret: str) -> DemoSignIn:
        """From `demo.yml` in `folder`; blocks."""
        listed = yaml.safe_load((folder / "demo.yml").read_text("utf-8"))["customers"]
        return cls(tuple(DemoVisitor(one["id"], one["name"]) for one in listed), secret)

    def token(self, visitor: str, now: datetime) -> str:
        """Raises NotFound for anybody else than the visitors."""
        if all(one.id != visitor for one in self.visitors):
            raise NotFound(f"the demo has no visitor {visitor!r}")
        claims = {"sub": visitor, "iat": int(now.timestamp()), "exp": int((now + LIFE).timestamp())}
        return jwt.encode(claims, self._secret, algorithm="HS256")
