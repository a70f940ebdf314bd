"""The FAQ studio: entries, lint, golden questions, history. For maintainers and administrators."""

# Annotations are evaluated at once here: they name the guards of one application.
import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from bot.console.accounts import SignIn
from bot.console.faq_history import record, record_entry
from bot.console.guards import Guards
from bot.console.views import check_choice
from bot.database import Database
from bot.errors import EntryRefused
from bot.faq.entry import Entry
from bot.faq.golden import GoldenQuestion
from bot.faq.lint import findings_about
from bot.faq.lint.finding import SEVERITIES, Finding
from bot.faq.normalize import normalize
from bot.studio.changes import Change, read_changes
from bot.studio.entry_book import EntryBook, Filed
from bot.studio.golden_file import GoldenFile, revision
from bot.studio.proofreading import Proofreader
from bot.studio.workshop import Workshop

PAGE = 50
Name = Annotated[str, Field(max_length=64)]
Search = Annotated[str, Query(max_length=200)]
Line = Annotated[str, Field(max_length=500)]
Text = Annotated[str, Field(max_length=10_000)]
# What customers see of an entry, for each channel; the function says which entries a follow-up may lead to.
Preview = Callable[[Entry, Callable[[str], bool]], list[dict[str, Any]]]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Titled(_Body):
    """A link or an image."""

    title: Line
    url: Annotated[str, Field(max_length=2000)]


class Leading(_Body):
    """A follow-up button."""

    title: Line
    entry: Name


class Values(_Body):
    """The fields of an entry as its file has them; docs/faq-files.md."""

    id: Name
    question: Line
    answer: Text
    similar: Annotated[list[Line], Field(max_length=500)] = Field(default_factory=list)
    rich: Text | None = None
    channels: Annotated[dict[str, Text], Field(max_length=10)] = Field(default_factory=dict)
    links: Annotated[list[Titled], Field(max_length=20)] = Field(default_factory=list)
    images: Annotated[list[Titled], Field(max_length=20)] = Field(default_factory=list)
    buttons: Annotated[list[Leading], Field(max_length=20)] = Field(default_factory=list)
    tags: Annotated[list[Line], Field(max_length=50)] = Field(default_factory=list)
    valid_from: Name | None = None
    valid_until: Name | None = None
    audience: Name = "everyone"
    owner: Line | None = None
    reviewed: Name | None = None


class Written(_Body):
    """An entry as it is being written."""

    topic: Name
    values: Values


class Saved(Written):
    """An entry to be saved over the one of revision `based_on`."""

    based_on: Name


class Removal(_Body):
    """Delete the entry of revision `based_on`."""

    based_on: Name


class Golden(_Body):
    """A question and the entry that is to answer it, by its id or its 标准问; none if no entry may."""

    question: Line
    expected: Line | None


class GoldenList(_Body):
    """All golden questions."""

    golden: Annotated[list[Golden], Field(max_length=2000)]
    based_on: Name


class Studio:
    """What the routes work with; files are read and written off the event loop."""

    def __init__(
        self,
        book: EntryBook,
        golden: GoldenFile,
        proofreader: Proofreader,
        workshop: Workshop,
        database: Database,
        preview: Preview,
    ) -> None:
        self.book = book
        self.golden = golden
        self.workshop = workshop
        self.database = database
        self._proofreader = proofreader
        self._preview = preview
        # The lint keeps a core busy for a moment; customers come first.
        self._proofreading = asyncio.Lock()

    async def findings(self) -> tuple[Finding, ...]:
        """Of all entries as the files have them."""
        filed = await asyncio.to_thread(self.book.entries)
        encoder = await self.workshop.live.work(lambda understanding: understanding.responder.encoder)
        async with self._proofreading:
            return await asyncio.to_thread(self._proofreader.all, filed, encoder)

    async def check(self, written: Written) -> tuple[Entry, tuple[Finding, ...]]:
        """An entry as it is being written, with what is found about it. Raises EntryRefused."""

        def look() -> tuple[Entry, tuple[Finding, ...]]:
            entry = self.book.read(written.topic, _values(written)).entry
            return entry, self._proofreader.one(self.book.entries(), entry)

        return await asyncio.to_thread(look)

    async def preview(self, entry: Entry) -> list[dict[str, Any]]:
        """What customers will see of it, with follow-ups to what the files have and customers may read."""
        today = await self.workshop.live.work(lambda understanding: understanding.responder.today())
        filed = await asyncio.to_thread(self.book.entries)
        shown = {one.entry.id for one in filed if one.entry.shown_on(today)}
        return self._preview(entry, shown.__contains__)


def faq_routes(guards: Guards, studio: Studio) -> APIRouter:
    """The routes under `/api/console/faq` about entries and golden questions."""
    router = APIRouter(prefix="/api/console/faq")
    _add_reading(router, guards, studio)
    _add_writing(router, guards, studio)
    _add_golden(router, guards, studio)
    return router


def _add_reading(router: APIRouter, guards: Guards, studio: Studio) -> None:
    Maintainer = Annotated[SignIn, Depends(guards.maintainer)]  # noqa: N806
    Maintaining = Annotated[SignIn, Depends(guards.maintaining)]  # noqa: N806

    @router.get("/entries")
    async def entries(
        _signed: Maintainer,
        text: Search = "",
        topic: Search = "",
        severity: str = "",
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> dict[str, Any]:
        check_choice("severity", severity, ("", "none", *SEVERITIES))
        topics = await asyncio.to_thread(studio.book.topics)
        filed = await asyncio.to_thread(studio.book.entries)
        worst = _worst(await studio.findings())
        served = await studio.workshop.live.work(
            lambda understanding: {entry.id: entry for entry in understanding.responder.entries}
        )
        wanted = normalize(text)
        found = [
            one
            for one in filed
            if topic in ("", one.topic)
            and severity in ("", worst.get(one.entry.id, "none"))
            and _mentions(one, wanted)
        ]
        return {
            "total": len(found),
            "entries": [
                {
                    "id": one.entry.id,
                    "topic": one.topic,
                    "question": one.entry.question,
                    "answer": one.entry.answer,
                    "similar": len(one.entry.similar),
                    "severity": worst.get(one.entry.id),
                    "state": _state(one, served),
                }
                for one in found[offset : offset + PAGE]
            ],
            "topics": [{"name": t.name, "title": t.title, "entries": len(t.entries)} for t in topics],
        }

    @router.get("/entries/{identifier}")
    async def entry(_signed: Maintainer, identifier: str) -> dict[str, Any]:
        one = await asyncio.to_thread(studio.book.one, identifier)
        return await _shown(studio, one)

    @router.get("/findings")
    async def findings(_signed: Maintainer) -> dict[str, Any]:
        found = await studio.findings()
        counts = Counter(finding.severity for finding in found)
        return {
            "counts": {severity: counts[severity] for severity in SEVERITIES},
            "findings": [finding.to_json() for finding in found],
        }

    @router.post("/check")
    async def check(_signed: Maintaining, body: Written) -> dict[str, Any]:
        entry, found = await studio.check(body)
        return {
            "findings": [finding.to_json() for finding in found],
            "preview": await studio.preview(entry),
        }

    @router.get("/history")
    async def history(
        _signed: Maintainer, entry: Annotated[str | None, Query(max_length=64)] = None
    ) -> dict[str, Any]:
        return {"changes": await studio.database.read(lambda session: read_changes(session, entry))}


def _add_writing(router: APIRouter, guards: Guards, studio: Studio) -> None:
    Maintaining = Annotated[SignIn, Depends(guards.maintaining)]  # noqa: N806

    @router.post("/entries")
    async def create(signed: Maintaining, body: Written) -> dict[str, Any]:
        created = await asyncio.to_thread(studio.book.create, body.topic, _values(body))
        await record_entry(studio.database, signed, "created", None, created)
        return await _shown(studio, created)

    @router.post("/entries/{identifier}")
    async def save(signed: Maintaining, identifier: str, body: Saved) -> dict[str, Any]:
        if body.values.id != identifier:
            raise EntryRefused({"id": "编号不能改：按钮和记录都靠它找到条目"})
        before, after = await asyncio.to_thread(
            studio.book.save, identifier, body.topic, _values(body), body.based_on
        )
        if before != after:
            await record_entry(studio.database, signed, "changed", before, after)
        return await _shown(studio, after)

    @router.post("/entries/{identifier}/delete")
    async def delete(signed: Maintaining, identifier: str, body: Removal) -> dict[str, Any]:
        deleted = await asyncio.to_thread(studio.book.delete, identifier, body.based_on)
        await record_entry(studio.database, signed, "deleted", deleted, None)
        return {}


def _add_golden(router: APIRouter, guards: Guards, studio: Studio) -> None:
    Maintainer = Annotated[SignIn, Depends(guards.maintainer)]  # noqa: N806
    Maintaining = Annotated[SignIn, Depends(guards.maintaining)]  # noqa: N806

    async def listing() -> dict[str, Any]:
        golden = await asyncio.to_thread(studio.golden.read)
        expected = {one.expected for one in golden}
        filed = await asyncio.to_thread(studio.book.entries)
        questions = {one.entry.id: one.entry.question for one in filed if one.entry.id in expected}
        return {"golden": _listed(golden), "revision": revision(golden), "questions": questions}

    @router.get("/golden")
    async def look(_signed: Maintainer) -> dict[str, Any]:
        return await listing()

    @router.post("/golden")
    async def save(signed: Maintaining, body: GoldenList) -> dict[str, Any]:
        filed = await asyncio.to_thread(studio.book.entries)
        ids = {one.entry.id for one in filed}
        # A 标准问 stands in one entry alone, or the lint reports an error.
        by_question = {_asked(one.entry.question): one.entry.id for one in filed}
        questions = [
            GoldenQuestion(one.question.strip(), _expected(one.expected or "", ids, by_question))
            for one in body.golden
        ]
        before = await asyncio.to_thread(studio.golden.read)
        await asyncio.to_thread(studio.golden.save, questions, ids, body.based_on)
        change = Change("golden", "", {"golden": _listed(before)}, {"golden": _listed(questions)})
        await record(studio.database, signed, change)
        return await listing()


def _expected(written: str, ids: Collection[str], by_question: Mapping[str, str]) -> str | None:
    written = written.strip()
    return (written if written in ids else by_question.get(_asked(written), written)) or None


def _asked(question: str) -> str:
    return normalize(question).rstrip("?")


async def _shown(studio: Studio, one: Filed) -> dict[str, Any]:
    """An entry of docs/protocol.md."""
    served = await studio.workshop.live.work(
        lambda understanding: {entry.id: entry for entry in understanding.responder.entries}
    )
    live = served.get(one.entry.id)
    return {
        "topic": one.topic,
        "values": one.values(),
        "revision": one.revision,
        "state": _state(one, served),
        "live": Filed(one.topic, live).values() if live else None,
        "findings": [found.to_json() for found in findings_about(one.entry, await studio.findings())],
        "changes": await studio.database.read(lambda session: read_changes(session, one.entry.id)),
        "preview": await studio.preview(one.entry),
    }


def _values(written: Written) -> dict[str, Any]:
    """As a file would have them: what a form leaves empty is not there."""
    values = written.values.model_dump()
    return {name: value for name, value in values.items() if value not in ("", None)}


def _state(one: Filed, served: Any) -> str:
    if one.entry.id not in served:
        return "new"
    return "live" if served[one.entry.id] == one.entry else "changed"


def _worst(findings: Sequence[Finding]) -> dict[str, str]:
    """The severity of the worst finding of each entry; findings come with the worst first."""
    worst: dict[str, str] = {}
    for finding in findings:
        worst.setdefault(finding.entry, finding.severity)
    return worst


def _mentions(one: Filed, wanted: str) -> bool:
    texts = (one.entry.id, *one.entry.questions, one.entry.answer, *one.entry.tags)
    return any(wanted in normalize(text) for text in texts)


def _listed(golden: Sequence[GoldenQuestion]) -> list[dict[str, Any]]:
    return [{"question": one.question, "expected": one.expected} for one in golden]
