"""The gaps inbox: what customers asked in vain, and what maintainers make of it. Nothing goes live here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from bot.database import Database
from bot.errors import NotFound
from bot.faq.encoder import Vectors
from bot.faq.entry import Entry
from bot.faq.gaps import Asked, Gap, Lookup, find_gaps, gap_key
from bot.faq.normalize import normalize
from bot.learning.acceptance import Accepted, add_entry, add_similar, is_masked
from bot.learning.agent_answer import draft_of_ticket
from bot.learning.asked import read_asked
from bot.learning.decisions import GapDecision, Kind, State, read_decisions, state_of, store_decision
from bot.learning.drafts import Drafts

# Wordings that are looked at, the newest: each costs 5 ms at the first time.
WORDINGS = 2_000
EXAMPLES_SHOWN = 10


class Survey(Protocol):
    """The release that serves, as gaps are found with it."""

    @property
    def release(self) -> str:
        """Its name: what was looked up in another one is looked up again."""

    async def look_up(self, text: str) -> Lookup:
        """What the release makes of a question; 5 ms. Takes turns with customers' questions."""

    async def background(self) -> Vectors:
        """Vectors of the release's 标准问, shape [n, d]."""


@dataclass(frozen=True)
class Author:
    """The maintainer who decides."""

    id: int
    name: str


@dataclass(frozen=True)
class InboxGap:
    """A gap with its state and the last decision on it."""

    gap: Gap
    state: State
    decision: GapDecision | None

    def public(self) -> dict[str, Any]:
        """The gap of docs/protocol.md."""
        gap = self.gap
        return {
            "key": gap.key,
            "question": gap.question,
            "examples": [text for text in gap.examples if not is_masked(text)][:EXAMPLES_SHOWN],
            "wordings": len(gap.examples),
            "asked": len(gap.asked),
            "customers": gap.customers,
            "reasons": dict(gap.reasons),
            "suggestion": asdict(gap.suggestion),
            "neighbours": [asdict(candidate) for candidate in gap.neighbours],
            "answered": [asdict(answered) for answered in gap.answered],
            "first_at": gap.asked[0].at.isoformat(timespec="seconds"),
            "last_at": gap.asked[-1].at.isoformat(timespec="seconds"),
            "state": self.state,
            "decision": self.decision.public() if self.decision else None,
        }


@dataclass(frozen=True)
class Listing:
    """All gaps of the last `days`, the one that would have helped most customers first.

    `asked` questions were in vain; `settled` of them are answered by the release that serves now.
    """

    days: int
    asked: int
    settled: int
    gaps: tuple[InboxGap, ...]


class Inbox:
    """Finds gaps and stores what is decided about them. `faq` is the folder of the FAQ's files."""

    def __init__(
        self,
        database: Database,
        survey: Survey,
        faq: Path,
        drafts: Drafts,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._survey = survey
        self._faq = faq
        self._drafts = drafts
        self._clock = clock
        # Grouping keeps a core busy for a moment; customers come first.
        self._finding = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._known: dict[str, Lookup] = {}
        self._release = ""

    async def look(self, days: int) -> Listing:
        """The gaps of the last `days`; up to 10 s at the first call after a start or a publication."""
        now = self._clock()
        since = now - timedelta(days=days)
        asked, decisions = await self._database.read(
            lambda session: (read_asked(session, since), read_decisions(session))
        )
        async with self._finding:
            kept = await self._look_up(asked)
            background = await self._survey.background()
            found = await asyncio.to_thread(find_gaps, kept, dict(self._known), background)
        gaps = tuple(InboxGap(gap, *state_of(gap, decisions, now)) for gap in found.gaps)
        return Listing(days, len(asked), len(found.settled), gaps)

    async def decide(
        self, key: str, kind: Kind, author: Author, days: int, *, until: datetime | None = None
    ) -> None:
        """Dismiss a gap, or snooze it until then. Raises NotFound when there is no such gap any more."""
        await self._decide(await self._gap(key, days), kind, author, until=until)

    async def accept_similar(
        self, key: str, entry: str, questions: Sequence[str], author: Author, days: int
    ) -> Accepted:
        """Add questions of a gap, in these words, to an entry in the FAQ's files. See `add_similar`."""
        gap = await self._gap(key, days)
        async with self._writing:
            changed = await asyncio.to_thread(add_similar, self._faq, entry, questions)
        await self._decide(gap, "accepted", author, entry=changed.after.id)
        return changed

    async def accept_new(self, key: str, topic: str, entry: Entry, author: Author, days: int) -> Accepted:
        """Write a new entry for a gap into the FAQ's files. See `add_entry`."""
        gap = await self._gap(key, days)
        async with self._writing:
            added = await asyncio.to_thread(add_entry, self._faq, topic, entry)
        await self._decide(gap, "accepted", author, entry=added.after.id)
        return added

    async def drafts(self) -> tuple[Entry, ...]:
        """All drafts."""
        return await asyncio.to_thread(self._drafts.all)

    async def draft_of_ticket(self, number: str, seq: int | None) -> Entry:
        """Keep an agent's answer as a draft. See `agent_answer.draft_of_ticket`."""
        draft = await self._database.read(lambda session: draft_of_ticket(session, number, seq))
        async with self._writing:
            return await asyncio.to_thread(self._drafts.add, draft)

    async def accept_draft(self, identifier: str, topic: str, entry: Entry) -> Accepted:
        """Write what a draft has become into the FAQ's files. Raises NotFound; see `add_entry`."""
        async with self._writing:
            draft = await asyncio.to_thread(self._drafts.one, identifier)
            owned = replace(entry, owner=entry.owner or draft.owner)
            added = await asyncio.to_thread(add_entry, self._faq, topic, owned)
            await asyncio.to_thread(self._drafts.remove, identifier)
        return added

    async def discard_draft(self, identifier: str) -> None:
        """Raises NotFound."""
        async with self._writing:
            await asyncio.to_thread(self._drafts.remove, identifier)

    async def _look_up(self, asked: Sequence[Asked]) -> list[Asked]:
        """The questions of the newest wordings, all of which the release was asked."""
        if self._release != self._survey.release:
            self._known, self._release = {}, self._survey.release
        newest = sorted(asked, key=lambda one: (one.at, one.key), reverse=True)
        wordings = dict.fromkeys(normalize(one.text) for one in newest)
        wanted = dict.fromkeys(list(wordings)[:WORDINGS])
        self._known = {text: lookup for text, lookup in self._known.items() if text in wanted}
        for one in newest:
            text = normalize(one.text)
            if text in wanted and text not in self._known:
                self._known[text] = await self._survey.look_up(one.text)
        return [one for one in asked if normalize(one.text) in wanted]

    async def _gap(self, key: str, days: int) -> Gap:
        """The gap of this name, or the one that its question has moved into since."""
        listing = await self.look(days)
        for found in listing.gaps:
            if found.gap.key == key:
                return found.gap
        for found in listing.gaps:
            if key in map(gap_key, found.gap.texts):
                return found.gap
        raise NotFound(f"no gap {key!r} in the last {days} days")

    async def _decide(
        self,
        gap: Gap,
        kind: Kind,
        author: Author,
        *,
        entry: str | None = None,
        until: datetime | None = None,
    ) -> None:
        decision = GapDecision(
            kind=kind,
            question=gap.question,
            texts=gap.texts,
            customers=gap.customers,
            author_id=author.id,
            author=author.name,
            at=self._clock(),
            entry=entry,
            until=until,
        )
        await self._database.write(lambda session: store_decision(session, decision))
