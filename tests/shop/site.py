"""The host site, which knows its visitors and signs for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import jwt

SECRET = "a key that only the host site and the bot know"


def token(customer: str, now: datetime, *, secret: str = SECRET, hours: float = 1, **claims: Any) -> str:
    """What the host site's server would sign."""
    usual = {
        "sub": customer,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(hours=hours)).timestamp()),
    }
    wanted = {name: value for name, value in (usual | claims).items() if value is not None}
    return jwt.encode(wanted, secret, algorithm="HS256")
