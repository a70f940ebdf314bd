"""What a channel is, and how a rich message reads where there are no buttons."""

from __future__ import annotations

from typing import Protocol

from fastapi import APIRouter

from bot.conversations.transcript import Message


class Channel(Protocol):
    """One way in: verifies and parses what arrives, tells `Conversations`, and delivers what is stored.

    `name` is stored with each conversation and is never changed.
    """

    name: str

    def routes(self) -> APIRouter:
        """The HTTP routes under which the platform or the browser reaches the channel."""


def plain_text(message: Message) -> str:
    """The message without buttons: choices become a numbered list, links are written out."""
    lines = [message.text]
    lines.extend(f"{link.title}：{link.url}" for link in message.links)
    lines.extend(f"{number}. {choice.title}" for number, choice in enumerate(message.choices, start=1))
    return "\n".join(lines)
