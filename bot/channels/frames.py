"""What a browser may say on the socket: every frame becomes a value or a named error."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.conversations.conversations import check_client_id
from bot.errors import InvalidInput, MessageTooLong

FRAME_LIMIT = 64 * 1024
_LARGEST = 2**53


@dataclass(frozen=True)
class Hello:
    """Open or resume; `after` is the last seen seq."""

    token: str
    after: int


@dataclass(frozen=True)
class Typed:
    """A typed message."""

    client_id: str
    text: str


@dataclass(frozen=True)
class Clicked:
    """A click on button `choice` of message `of`."""

    client_id: str
    of: int
    choice: str


@dataclass(frozen=True)
class AskedHuman:
    """A press of 转人工."""

    client_id: str


@dataclass(frozen=True)
class Rated:
    """有帮助 or 没解决 under the FAQ answer `of`."""

    client_id: str
    of: int
    helpful: bool


@dataclass(frozen=True)
class Typing:
    """The customer is typing."""


@dataclass(frozen=True)
class Read:
    """Everything up to `seq` has been seen."""

    seq: int


@dataclass(frozen=True)
class Ping:
    """Is the line alive?"""


Frame = Hello | Typed | Clicked | AskedHuman | Rated | Typing | Read | Ping


def client_id_of(text: str | None) -> str | None:
    """The client id of a frame that may be broken, so that the error finds its message."""
    try:
        return check_client_id(json.loads(text or "").get("client_id"))
    except (ValueError, AttributeError, RecursionError, InvalidInput):
        return None


def parse_frame(text: str | None) -> Frame:
    """Read one frame. Raises InvalidInput or MessageTooLong, never anything else."""
    if text is None:
        raise InvalidInput("a frame must be text")
    if len(text) > FRAME_LIMIT:
        raise MessageTooLong(f"a frame has {len(text)} characters, the limit is {FRAME_LIMIT}")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("a frame must be JSON") from error
    if not isinstance(frame, dict):
        raise InvalidInput("a frame must be a JSON object")
    read = _READERS.get(frame["type"]) if isinstance(frame.get("type"), str) else None
    if read is None:
        raise InvalidInput(f"unknown frame type {str(frame.get('type'))[:40]!r}")
    return read(frame)


def _text(frame: dict[str, Any]) -> str:
    if not isinstance(frame.get("text"), str):
        raise InvalidInput("text must be a string")
    return str(frame["text"])


def _client_id(frame: dict[str, Any]) -> str:
    return check_client_id(frame.get("client_id"))


def _string(frame: dict[str, Any], name: str, limit: int) -> str:
    value = frame.get(name)
    if not isinstance(value, str) or len(value) > limit:
        raise InvalidInput(f"{name} must be a string of at most {limit} characters")
    return value


def _count(frame: dict[str, Any], name: str, default: int | None = None) -> int:
    value = frame.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _LARGEST:
        raise InvalidInput(f"{name} must be a whole number from 0 on")
    return value


def _yes_or_no(frame: dict[str, Any], name: str) -> bool:
    value = frame.get(name)
    if not isinstance(value, bool):
        raise InvalidInput(f"{name} must be true or false")
    return value


_READERS: dict[str, Callable[[dict[str, Any]], Frame]] = {
    "hello": lambda frame: Hello(_string(frame, "token", 512), _count(frame, "after", 0)),
    "message": lambda frame: Typed(_client_id(frame), _text(frame)),
    "choice": lambda frame: Clicked(_client_id(frame), _count(frame, "of"), _string(frame, "choice", 64)),
    "human": lambda frame: AskedHuman(_client_id(frame)),
    "feedback": lambda frame: Rated(_client_id(frame), _count(frame, "of"), _yes_or_no(frame, "helpful")),
    "typing": lambda _frame: Typing(),
    "read": lambda frame: Read(_count(frame, "seq")),
    "ping": lambda _frame: Ping(),
}
