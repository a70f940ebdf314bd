"""What a channel is, and how a rich message reads where there are no buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fastapi import APIRouter

from bot.conversations.transcript import Choice
from bot.messages import Link


class Channel(Protocol):
    """One way in: verifies and parses what arrives, tells `Conversations`, and delivers what is stored.

    `name` is stored with each conversation and is never changed.
    """

    name: str

    def routes(self) -> APIRouter:
        """The HTTP routes under which the platform or the browser reaches the channel."""


def plain_text(text: str, images: Sequence[Link], links: Sequence[Link], choices: Sequence[Choice]) -> str:
    """A message as text alone: pictures and links are written out, choices become a numbered list."""
    lines = [text]
    lines.extend(f"{link.title}：{link.url}" for link in (*images, *links))
    lines.extend(f"{number}. {choice.title}" for number, choice in enumerate(choices, start=1))
    return "\n".join(lines)
