"""What customers see of an entry on each channel, by the code that answers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from actions.speech import entry_speech
from bot.channels.channel import plain_text
from bot.conversations.transcript import choices_of
from bot.faq.entry import CHANNELS, Entry
from bot.messages import Reply
from bot.published import entry_view


def preview(entry: Entry, leads: Callable[[str], bool]) -> list[dict[str, Any]]:
    """The `preview` of docs/protocol.md, one for each channel; a follow-up shows where its entry `leads`."""
    speech = entry_speech(entry_view(entry, leads), None)
    effects = speech.effects
    reply = Reply(
        speech.text or "",
        speech.buttons,
        effects.links,
        entry.id,
        effects.rich,
        effects.channels,
        effects.images,
    )
    return [_shown(channel, reply.on(channel)) for channel in CHANNELS]


def _shown(channel: str, reply: Reply) -> dict[str, Any]:
    choices = choices_of(reply.buttons)
    return {
        "channel": channel,
        "text": reply.text,
        "rich": reply.rich or None,
        "images": [asdict(image) for image in reply.images],
        "links": [asdict(link) for link in reply.links],
        "buttons": [{"id": choice.id, "title": choice.title, "kind": choice.kind} for choice in choices],
        "plain": plain_text(reply.text, reply.images, reply.links, choices),
    }
