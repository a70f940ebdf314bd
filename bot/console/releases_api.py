"""The FAQ studio: try out, build, replay, publish, go back, and the report on the risk."""

# Annotations are evaluated at once here: they name the guards of one application.
import asyncio
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi import Path as UrlPath
from pydantic import BaseModel, ConfigDict, Field

from bot.console.accounts import SignIn
from bot.console.guards import Guards
from bot.errors import ConfigurationError, NotFound
from bot.faq.difference import compare
from bot.faq.golden import GoldenResult
from bot.faq.lint.released import read_findings
from bot.faq.publication import history, serving
from bot.faq.release import Manifest, find_release, list_releases, read_entries, read_report
from bot.faq.reliability import right_bins
from bot.faq.responder import Reply
from bot.faq.understanding import Replies
from bot.studio.entry_book import EntryBook
from bot.studio.risk import risk_curve
from bot.studio.workshop import Candidate, Workshop

NOTE_LIMIT = 200
QUESTION_LIMIT = 2000
REPLAYED = 500
MOST_REPLAYED = 5000
MOVES_SHOWN = 50

Name = Annotated[str, Field(max_length=64)]
Note = Annotated[str, Field(max_length=NOTE_LIMIT)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Trial(_Body):
    """A question to both; `after` is the entry that was answered before it."""

    text: Annotated[str, Field(min_length=1, max_length=QUESTION_LIMIT)]
    after: Name | None = None


class Publishing(_Body):
    """`seen` is the release that served when the maintainer decided."""

    release: Name
    seen: Name | None
    note: Annotated[str, Field(min_length=1, max_length=NOTE_LIMIT)]
    override: Note = ""


class GoingBack(_Body):
    """As `Publishing`."""

    seen: Name | None
    note: Annotated[str, Field(min_length=1, max_length=NOTE_LIMIT)]


class Replaying(_Body):
    """How many of the newest questions."""

    last: Annotated[int, Field(ge=1, le=MOST_REPLAYED)] = REPLAYED


def release_routes(guards: Guards, book: EntryBook, workshop: Workshop) -> APIRouter:
    """The routes under `/api/console/faq` about releases."""
    router = APIRouter(prefix="/api/console/faq")
    _add_trying(router, guards, workshop)
    _add_releases(router, guards, book, workshop)
    _add_reports(router, guards, workshop)
    return router


def _add_trying(router: APIRouter, guards: Guards, workshop: Workshop) -> None:
    Maintainer = Annotated[SignIn, Depends(guards.maintainer)]  # noqa: N806
    Maintaining = Annotated[SignIn, Depends(guards.maintaining)]  # noqa: N806

    @router.post("/try")
    async def ask(_signed: Maintaining, body: Trial) -> dict[str, Any]:
        text = body.text.strip()
        live, draft, drafted = await workshop.ask(text, body.after)
        limits = await workshop.live.work(lambda understanding: understanding.responder.thresholds)
        return {
            "live": {
                "release": workshop.live.release,
                "thresholds": asdict(limits),
                "replies": _replies(live),
            },
            "draft": None
            if draft is None or drafted is None
            else {
                "release": draft.manifest.name,
                "created": draft.manifest.created,
                "thresholds": asdict(draft.understanding.responder.thresholds),
                "replies": _replies(drafted),
            },
        }

    @router.get("/replay")
    async def progress(_signed: Maintainer) -> dict[str, Any]:
        return {"progress": asdict(workshop.replayed) if workshop.replayed else None}

    @router.post("/replay")
    async def replaying(_signed: Maintaining, body: Replaying) -> dict[str, Any]:
        found = await workshop.replay(body.last)
        named = {
            name for change in found.changes for o in (change.before, change.after) for name in o.entries
        }
        candidate = await workshop.candidate(found.after)
        assert candidate is not None
        questions = await workshop.live.work(
            lambda understanding: {entry.id: entry.question for entry in understanding.responder.entries}
        )
        questions |= {e.id: e.question for e in candidate.understanding.responder.entries}
        return {**found.to_json(), "questions": {name: questions[name] for name in named}}


def _add_releases(router: APIRouter, guards: Guards, book: EntryBook, workshop: Workshop) -> None:
    Maintainer = Annotated[SignIn, Depends(guards.maintainer)]  # noqa: N806
    Maintaining = Annotated[SignIn, Depends(guards.maintaining)]  # noqa: N806

    async def page() -> dict[str, Any]:
        candidate = await workshop.candidate()
        listed = await asyncio.to_thread(_listing, book, workshop, candidate)
        return {"live": workshop.live.release, "build": _build(workshop), **listed}

    @router.get("/releases")
    async def releases(_signed: Maintainer) -> dict[str, Any]:
        return await page()

    @router.get("/build")
    async def building(_signed: Maintainer) -> dict[str, Any]:
        return {"live": workshop.live.release, "build": _build(workshop)}

    @router.post("/build")
    async def build(_signed: Maintaining) -> dict[str, Any]:
        workshop.start_build()
        return {"live": workshop.live.release, "build": _build(workshop)}

    @router.post("/publish")
    async def publishing(signed: Maintaining, body: Publishing) -> dict[str, Any]:
        by, override = signed.agent.display_name, body.override.strip()
        await workshop.publish(body.release, body.seen, by, body.note.strip(), override)
        return await page()

    @router.post("/rollback")
    async def rollback(signed: Maintaining, body: GoingBack) -> dict[str, Any]:
        await workshop.rollback(body.seen, signed.agent.display_name, body.note.strip())
        return await page()


def _add_reports(router: APIRouter, guards: Guards, workshop: Workshop) -> None:
    Maintainer = Annotated[SignIn, Depends(guards.maintainer)]  # noqa: N806

    @router.get("/reports/{name}")
    async def report(_signed: Maintainer, name: Annotated[str, UrlPath(max_length=64)]) -> dict[str, Any]:
        return await asyncio.to_thread(_report, workshop, name)

    @router.get("/golden/results")
    async def golden(
        _signed: Maintainer, release: Annotated[str | None, Query(max_length=64)] = None
    ) -> dict[str, Any]:
        candidate = await workshop.candidate(release)
        if candidate is None:
            raise NotFound("there is no candidate")
        return {"release": candidate.manifest.name, "results": [_result(one) for one in candidate.golden]}


def _replies(replies: Replies) -> list[dict[str, Any]]:
    return [_reply(reply) for reply in replies]


def _reply(reply: Reply) -> dict[str, Any]:
    """The trace of one answer, with what customers would read."""
    return {
        **asdict(reply.record),
        "entries": [
            {
                "id": entry.id,
                "question": entry.question,
                "answer": entry.answer,
                "links": [asdict(link) for link in entry.links],
                "buttons": [asdict(button) for button in entry.buttons],
            }
            for entry in reply.entries
        ],
    }


def _build(workshop: Workshop) -> dict[str, Any]:
    run = workshop.run
    return {
        "state": run.state,
        "lines": run.lines[-20:],
        "release": run.release,
        "problem": run.problem,
        "seconds": run.lasted,
    }


def _listing(book: EntryBook, workshop: Workshop, candidate: Candidate | None) -> dict[str, Any]:
    models = workshop.models
    current = serving(models)
    moves = history(models)
    built = list(list_releases(models))
    published = {move.release for move in moves}
    newest = candidate.manifest.name if candidate else current.release if current else None
    on_disk = [one.entry for one in book.entries()]
    pending = compare(read_entries(find_release(models, newest)), on_disk) if newest else None
    return {
        "serving": asdict(current) if current else None,
        "earlier": workshop.earlier(),
        "target": workshop.target,
        "pending": pending.to_json() if pending else None,
        "candidate": _candidate(workshop, candidate, current.release if current else None),
        "releases": [{**_manifest(one), "published": one.name in published} for one in built],
        "history": [asdict(move) for move in reversed(moves[-MOVES_SHOWN:])],
    }


def _candidate(workshop: Workshop, candidate: Candidate | None, current: str | None) -> dict[str, Any] | None:
    if candidate is None:
        return None
    models, name = workshop.models, candidate.manifest.name
    difference = None
    questions: dict[str, str] = {}
    if current is not None:
        before, after = (read_entries(find_release(models, one)) for one in (current, name))
        found = compare(before, after)
        named = {*found.added, *found.removed, *(change.entry for change in found.changed)}
        questions = {entry.id: entry.question for entry in (*before, *after) if entry.id in named}
        difference = found.to_json()
    return {
        **_manifest(candidate.manifest),
        "difference": difference,
        "questions": questions,
        "findings": list(candidate.gate.findings),
        "golden": len(candidate.golden),
        "estimate": asdict(read_report(find_release(models, name)).estimate),
        "live_estimate": asdict(read_report(find_release(models, current)).estimate) if current else None,
    }


def _manifest(manifest: Manifest) -> dict[str, Any]:
    return {name: part for name, part in asdict(manifest).items() if name not in ("files", "key")}


def _report(workshop: Workshop, name: str) -> dict[str, Any]:
    try:
        folder = find_release(workshop.models, name)
        manifest, report = Manifest.read(folder), read_report(folder)
        questions = {entry.id: entry.question for entry in read_entries(folder)}
        findings = read_findings(folder)
    except ConfigurationError as error:
        raise NotFound(str(error)) from error
    pairs = [asdict(pair) for pair in report.confusable]
    named = {entry for pair in report.confusable for entry in pair.entries}
    return {
        "release": _manifest(manifest),
        "target": workshop.target,
        "estimate": asdict(report.estimate),
        "own_calibration": report.own_calibration,
        "expected_wrong": report.expected_wrong(),
        "curve": [asdict(point) for point in risk_curve(report, manifest.scope_threshold)],
        "bins": [asdict(found) for found in right_bins(report.predictions)],
        "coverage": [asdict(coverage) for coverage in report.coverage],
        "confusable": pairs,
        "questions": {entry: questions.get(entry, entry) for entry in named},
        "findings": None if findings is None else [found.to_json() for found in findings],
    }


def _result(result: GoldenResult) -> dict[str, Any]:
    return {
        "question": result.golden.question,
        "expected": result.golden.expected,
        "verdict": result.verdict,
        "decision": result.decision,
        "entries": list(result.entries),
        "probability": result.probability,
        "broken": result.broken,
    }
