"""The gaps inbox and the drafts: look, decide, accept. For maintainers and administrators."""

# Annotations are evaluated at once here: they name the guards of one application.
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from bot.console.accounts import SignIn
from bot.console.faq_history import record_entry
from bot.console.guards import Guards
from bot.console.views import check_choice
from bot.database import Database
from bot.faq.entry import Entry
from bot.learning.acceptance import Accepted
from bot.learning.decisions import STATES
from bot.learning.inbox import Author, Inbox
from bot.studio.entry_book import Filed

DAYS = 30
LONGEST_DAYS = 365
Days = Annotated[int, Query(ge=1, le=LONGEST_DAYS)]
Line = Annotated[str, Field(min_length=1, max_length=500)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Snooze(_Body):
    """Put a gap off."""

    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)]


class Similar(_Body):
    """Questions for an entry that is there."""

    entry: Annotated[str, Field(max_length=64)]
    questions: Annotated[list[Line], Field(min_length=1, max_length=50)]


class NewEntry(_Body):
    """An entry as it is to stand in the FAQ's files. Without an id it gets one of its question."""

    topic: Annotated[str, Field(max_length=64)]
    id: Annotated[str, Field(max_length=64)] = ""
    question: Line
    similar: Annotated[list[Line], Field(max_length=50)] = Field(default_factory=list)
    answer: Annotated[str, Field(min_length=1, max_length=10_000)]

    def entry(self) -> Entry:
        """The entry; its topic is told apart."""
        return Entry(id=self.id, question=self.question, answer=self.answer, similar=tuple(self.similar))


class AgentAnswer(_Body):
    """Which message of the agent answers; the longest one if it is not said."""

    seq: int | None = None


def gap_routes(guards: Guards, inbox: Inbox, database: Database) -> APIRouter:
    """The routes under `/api/console/gaps`, `/api/console/drafts`, and a ticket's draft."""
    router = APIRouter(prefix="/api/console")
    _add_gaps(router, guards, inbox, database)
    _add_drafts(router, guards, inbox, database)
    return router


def _add_gaps(router: APIRouter, guards: Guards, inbox: Inbox, database: Database) -> None:
    Maintainer = Annotated[SignIn, Depends(guards.maintainer)]  # noqa: N806
    Maintaining = Annotated[SignIn, Depends(guards.maintaining)]  # noqa: N806

    @router.get("/gaps")
    async def gaps(_signed: Maintainer, days: Days = DAYS, state: str = "open") -> dict[str, Any]:
        check_choice("state", state, (*STATES, "all"))
        listing = await inbox.look(days)
        shown = [gap.public() for gap in listing.gaps if state in ("all", gap.state)]
        return {"days": days, "asked": listing.asked, "settled": listing.settled, "gaps": shown}

    @router.post("/gaps/{key}/dismiss")
    async def dismiss(signed: Maintaining, key: str, days: Days = DAYS) -> dict[str, Any]:
        await inbox.decide(key, "dismissed", _author(signed), days)
        return {}

    @router.post("/gaps/{key}/snooze")
    async def snooze(signed: Maintaining, key: str, body: Snooze, days: Days = DAYS) -> dict[str, Any]:
        until = datetime.now(UTC) + timedelta(days=body.days)
        await inbox.decide(key, "snoozed", _author(signed), days, until=until)
        return {}

    @router.post("/gaps/{key}/similar")
    async def similar(signed: Maintaining, key: str, body: Similar, days: Days = DAYS) -> dict[str, Any]:
        accepted = await inbox.accept_similar(key, body.entry, body.questions, _author(signed), days)
        return await _written(database, signed, accepted)

    @router.post("/gaps/{key}/entry")
    async def new(signed: Maintaining, key: str, body: NewEntry, days: Days = DAYS) -> dict[str, Any]:
        accepted = await inbox.accept_new(key, body.topic, body.entry(), _author(signed), days)
        return await _written(database, signed, accepted)


def _add_drafts(router: APIRouter, guards: Guards, inbox: Inbox, database: Database) -> None:
    Maintainer = Annotated[SignIn, Depends(guards.maintainer)]  # noqa: N806
    Maintaining = Annotated[SignIn, Depends(guards.maintaining)]  # noqa: N806
    Changer = Annotated[SignIn, Depends(guards.changer)]  # noqa: N806

    @router.post("/tickets/{number}/draft")
    async def draft(_signed: Changer, number: str, body: AgentAnswer) -> dict[str, Any]:
        return {"draft": (await inbox.draft_of_ticket(number, body.seq)).to_json()}

    @router.get("/drafts")
    async def drafts(_signed: Maintainer) -> dict[str, Any]:
        return {"drafts": [entry.to_json() for entry in await inbox.drafts()]}

    @router.post("/drafts/{identifier}/accept")
    async def accept(signed: Maintaining, identifier: str, body: NewEntry) -> dict[str, Any]:
        accepted = await inbox.accept_draft(identifier, body.topic, body.entry())
        return await _written(database, signed, accepted)

    @router.post("/drafts/{identifier}/discard")
    async def discard(_signed: Maintaining, identifier: str) -> dict[str, Any]:
        await inbox.discard_draft(identifier)
        return {}


async def _written(database: Database, signed: SignIn, accepted: Accepted) -> dict[str, Any]:
    """Into the history, as if it had been typed in the studio."""
    before = Filed(accepted.topic, accepted.before) if accepted.before else None
    after = Filed(accepted.topic, accepted.after)
    if before != after:
        await record_entry(database, signed, "changed" if before else "created", before, after)
    return {"entry": accepted.after.to_json()}


def _author(signed: SignIn) -> Author:
    return Author(signed.agent.id, signed.agent.display_name)
