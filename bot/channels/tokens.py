"""The widget's token: signed by the server, it is the only proof of who asks."""

from __future__ import annotations

import secrets
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer

from bot.errors import ConfigurationError, NotAuthenticated

_LONGEST = 512


class Tokens:
    """Signs conversation ids. Raises ValueError for a key that is too short to be a secret."""

    def __init__(self, secret: str) -> None:
        if len(secret) < 16:
            raise ValueError(f"the secret has {len(secret)} characters, it needs at least 16")
        self._serializer = URLSafeSerializer(secret, salt="widget-conversation")

    def new_conversation(self) -> str:
        """A conversation id that cannot be guessed."""
        return f"w{secrets.token_hex(12)}"

    def sign(self, conversation: str) -> str:
        """The token of a conversation."""
        return str(self._serializer.dumps(conversation))

    def verify(self, token: object) -> str:
        """The conversation id. Raises NotAuthenticated for anything that this server did not sign."""
        if not isinstance(token, str) or not 0 < len(token) <= _LONGEST:
            raise NotAuthenticated("the token is missing or has the wrong form")
        try:
            conversation = self._serializer.loads(token)
        except BadSignature as error:
            raise NotAuthenticated("the token was not signed by this server") from error
        if not isinstance(conversation, str):
            raise NotAuthenticated("the token names no conversation")
        return conversation


def read_secret(configured: str, folder: Path) -> str:
    """The configured key, or one that is made once and kept in `folder`/secret, readable by the owner only.

    Raises ConfigurationError when the file cannot be read or written.
    """
    if configured:
        if len(configured) < 16:
            raise ConfigurationError("BOT_SECRET needs at least 16 characters")
        return configured
    path = folder / "secret"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(32), encoding="ascii")
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigurationError(f"the key that signs tokens cannot be kept in {path}: {error}") from error
