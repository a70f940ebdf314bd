"""The published FAQ release as the actions and the service see it, always the newest."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from actions.faq import EntryView, FaqResult, FollowUp
from bot.errors import BotError
from bot.faq.encoder import load_encoder
from bot.faq.entry import Entry
from bot.faq.message_vectors import MessageVectors
from bot.faq.publication import pointer, serving_folder
from bot.faq.release import find_release, load_release, read_entries
from bot.faq.responder import Responder, today_in
from bot.faq.sounds import Sounds
from bot.faq.understanding import Understanding
from bot.messages import Link

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
# What could not be loaded may still be on its way, on a disk that several machines share.
RETRY_SECONDS = 5.0
KEPT_RELEASES = 5

Stamp = tuple[int, int, int]

T = TypeVar("T")


class PublishedFaq:
    """Answers from one release; searching runs off the event loop, one question at a time.

    `watch` puts another release in its place as soon as it is published. Answers that are being looked
    for end in the release in which they began, and entries of earlier releases can still be shown.
    """

    def __init__(self, understanding: Understanding, models: Path) -> None:
        self._understanding = understanding
        self._models = models
        self._stamp: Stamp | None = None
        self._earlier: OrderedDict[str, Mapping[str, Entry]] = OrderedDict()
        # The encoder uses one core however many questions there are; a second thread would only fight for it.
        self._searching = ThreadPoolExecutor(1, thread_name_prefix="faq")

    @classmethod
    def load(cls, models: Path, timezone: str) -> PublishedFaq:
        """Load encoder and published release, about 1.5 s. `timezone` is the shop's.

        Raises ConfigurationError when one was not built, ArtefactMismatch when they do not belong together.
        """
        stamp = _stamp(pointer(models))
        responder = load_release(serving_folder(models), load_encoder(models), today_in(timezone))
        published = cls(Understanding.of(responder, Sounds.load()), models)
        published._stamp = stamp
        return published

    @property
    def _responder(self) -> Responder:
        return self._understanding.responder

    @property
    def vectors(self) -> MessageVectors:
        """Vectors of messages, by the encoder that searches: a message is encoded once."""
        return MessageVectors(self._responder.encoder)

    async def work(self, task: Callable[[Understanding], T]) -> T:
        """Run a task with the release that serves, in turn with customers' questions."""
        return await asyncio.get_running_loop().run_in_executor(self._searching, task, self._understanding)

    @property
    def release(self) -> str:
        """The release's name."""
        return self._responder.name

    async def watch(self) -> None:
        """Serve what is published from now on, within a second, until cancelled.

        A release that cannot be loaded leaves the one that serves; the log says why, once.
        """
        refused: Stamp | None = None
        while True:
            await asyncio.sleep(RETRY_SECONDS if refused is not None else POLL_SECONDS)
            stamp = None
            try:
                stamp = _stamp(pointer(self._models))
                if stamp == self._stamp:
                    continue
                fresh = await asyncio.to_thread(self._load)
            except Exception as error:
                if stamp != refused:
                    logger.error("FAQ release %s goes on serving, not the newest: %s", self.release, error)
                refused = stamp
            else:
                refused = None
                self._stamp = stamp
                self._take(fresh)

    def _load(self) -> Understanding:
        serves = self._responder
        words = serves.retriever.word_index.words
        fresh = load_release(serving_folder(self._models), serves.encoder, serves.today, words)
        return Understanding.of(fresh, self._understanding.sounds)

    def _take(self, understanding: Understanding) -> None:
        before, fresh = self._responder, understanding.responder
        self._understanding = understanding
        if before.name != fresh.name:
            self._remember(before.name, {entry.id: entry for entry in before.entries})
            logger.info("FAQ release %s serves, before it was %s", fresh.name, before.name)

    async def answer(self, text: str, after: str | None = None) -> FaqResult:
        """Search and decide; see `actions.faq.FaqAnswerer`."""
        understanding = self._understanding
        loop = asyncio.get_running_loop()
        replies = await loop.run_in_executor(self._searching, understanding.reply, text, after)
        first = replies[0].record
        if first.decision != "answer":
            return FaqResult(first)
        entry, *also = (_view(reply.entries[0], understanding.responder) for reply in replies)
        return FaqResult(first, entry, tuple(also))

    def entry(self, entry_id: str, release: str = "") -> EntryView | None:
        """See `actions.faq.FaqAnswerer`. Reads an old release's entries from disk at their first use."""
        responder = self._responder
        entry = responder.entry(entry_id)
        if release and release != responder.name:
            then = self._entries(release).get(entry_id)
            if then is not None:
                entry = then if then.shown_on(responder.today()) else None
        return _view(entry, responder) if entry else None

    def topic(self, entry: str) -> str | None:
        """The topic of an entry, as a word for people."""
        found = self._responder.entry(entry)
        return found.topic if found else None

    def _entries(self, release: str) -> Mapping[str, Entry]:
        if release not in self._earlier:
            try:
                entries = read_entries(find_release(self._models, release))
            except BotError as error:
                logger.warning("entries of an earlier FAQ release are lost: %s", error)
                entries = []
            self._remember(release, {entry.id: entry for entry in entries})
        return self._earlier[release]

    def _remember(self, release: str, entries: Mapping[str, Entry]) -> None:
        self._earlier[release] = entries
        self._earlier.move_to_end(release)
        while len(self._earlier) > KEPT_RELEASES:
            self._earlier.popitem(last=False)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _view(entry: Entry, responder: Responder) -> EntryView:
    """Follow-ups lead to entries of the release that serves."""
    return entry_view(entry, lambda identifier: responder.entry(identifier) is not None)


def entry_view(entry: Entry, leads: Callable[[str], bool]) -> EntryView:
    """An entry for the actions, without the follow-ups whose entry `leads` nowhere."""
    return EntryView(
        entry.id,
        entry.question,
        entry.answer,
        entry.links,
        tuple(FollowUp(button.title, button.entry) for button in entry.buttons if leads(button.entry)),
        entry.rich,
        {own.channel: own.text for own in entry.channels},
        tuple(Link(image.title, image.url) for image in entry.images),
    )
