"""The host site's word on who its visitor is: a signed, expiring JSON Web Token (RFC 7519, HS256)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt

from bot.errors import ConfigurationError, IdentityTokenRefused

SHORTEST_SECRET = 32
LONGEST_TOKEN = 4096
LEEWAY = timedelta(seconds=30)
# A token is a fact of this visit and no key for a year.
LONGEST_LIFE = timedelta(hours=24)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Identity:
    """The customer's id in the shop's systems, and how long the site vouches for it."""

    customer: str
    until: datetime


class IdentityTokens:
    """Verifies tokens with the key that the host site shares. An empty key refuses every token.

    Claims: `sub` (the customer's id), `iat` and `exp` (at most 24 hours apart).
    Raises ConfigurationError for a key of fewer than 32 characters.
    """

    def __init__(self, secret: str) -> None:
        if secret and len(secret) < SHORTEST_SECRET:
            raise ConfigurationError(f"BOT_IDENTITY_SECRET needs at least {SHORTEST_SECRET} characters")
        self._secret = secret

    def verify(self, token: str, now: datetime) -> Identity:
        """Who the token speaks of. Raises IdentityTokenRefused for anything else."""
        if not self._secret:
            raise IdentityTokenRefused("BOT_IDENTITY_SECRET is not set, so no token can be verified")
        if not 0 < len(token) <= LONGEST_TOKEN:
            raise IdentityTokenRefused("the identity token has the wrong length")
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                # The times are compared below, with the clock that everything else uses.
                options={
                    "require": ["sub", "iat", "exp"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            issued, expires = (datetime.fromtimestamp(int(claims[name]), UTC) for name in ("iat", "exp"))
        except (jwt.InvalidTokenError, TypeError, ValueError, OverflowError, OSError) as error:
            raise IdentityTokenRefused(f"the identity token is not valid: {error}") from error
        if issued > now + LEEWAY or expires <= now - LEEWAY or expires - issued > LONGEST_LIFE:
            raise IdentityTokenRefused("the identity token is not of now, or lives longer than 24 hours")
        customer = str(claims["sub"])
        if not _ID.fullmatch(customer):
            raise IdentityTokenRefused("the identity token names no customer")
        return Identity(customer, expires)
