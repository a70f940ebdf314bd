"""The published FAQ release as the actions and the service see it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from actions.faq import EntryView, FaqResult, FollowUp
from bot.faq.encoder import load_encoder
from bot.faq.entry import Entry
from bot.faq.message_vectors import MessageVectors
from bot.faq.release import load_release
from bot.faq.responder import Responder, today_in


class PublishedFaq:
    """Answers from one release; searching runs off the event loop, one question at a time."""

    def __init__(self, responder: Responder) -> None:
        self._responder = responder
        # The encoder uses one core however many questions there are; a second thread would only fight for it.
        self._searching = ThreadPoolExecutor(1, thread_name_prefix="faq")

    @classmethod
    def load(cls, models: Path, timezone: str) -> PublishedFaq:
        """Load encoder and current release, about 1.5 s. `timezone` is the shop's.

        Raises ConfigurationError when one was not built, ArtefactMismatch when they do not belong together.
        """
        return cls(load_release(models, load_encoder(models), today_in(timezone)))

    @property
    def vectors(self) -> MessageVectors:
        """Vectors of messages, by the encoder that searches: a message is encoded once."""
        return MessageVectors(self._responder.encoder)

    @property
    def release(self) -> str:
        """The release's name."""
        return self._responder.name

    async def answer(self, text: str) -> FaqResult:
        """Search and decide; see `actions.faq.FaqAnswerer`."""
        loop = asyncio.get_running_loop()
        reply = await loop.run_in_executor(self._searching, self._responder.reply, text)
        answered = reply.record.decision == "answer"
        return FaqResult(reply.record, self._view(reply.entries[0]) if answered else None)

    def entry(self, entry_id: str) -> EntryView | None:
        """The entry with this id, or None when the release has none."""
        entry = self._responder.entry(entry_id)
        return self._view(entry) if entry else None

    def topic(self, entry: str) -> str | None:
        """The topic of an entry, as a word for people."""
        found = self._responder.entry(entry)
        return found.topic if found else None

    def _view(self, entry: Entry) -> EntryView:
        follow_ups = tuple(
            FollowUp(button.title, button.entry)
            for button in entry.buttons
            if self._responder.entry(button.entry) is not None
        )
        return EntryView(entry.id, entry.question, entry.answer, entry.links, follow_ups)
