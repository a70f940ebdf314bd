"""The page of the hand-off policy: look, try out, save, restore. For maintainers and administrators."""

# Annotations are evaluated at once here: they name the guards of one application.
import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from bot.console.accounts import SignIn
from bot.console.guards import Guards
from bot.database import Database
from bot.handoff.past_turns import masked_texts, past_turns, step_name
from bot.handoff.policy import HandOff, Step, Thresholds
from bot.handoff.policy_fields import FIELDS, policy_reasons, read_thresholds, show_thresholds
from bot.handoff.replay import Change, Replay, Tally, replay
from bot.handoff.rulebook import NOTE_LIMIT, Rulebook
from bot.shop.customer import Level

LONGEST_DAYS = 31


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewPolicy(_Body):
    """Save a version."""

    values: dict[str, Any]
    note: Annotated[str, Field(max_length=NOTE_LIMIT)]
    based_on: Annotated[int, Field(ge=0)]


class Reset(_Body):
    """Restore the defaults."""

    note: Annotated[str, Field(max_length=NOTE_LIMIT)]
    based_on: Annotated[int, Field(ge=0)]


class Trial(_Body):
    """Replay the last days."""

    values: dict[str, Any]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 7


def policy_routes(
    guards: Guards, rulebook: Rulebook, database: Database, levels: Mapping[Level, str]
) -> APIRouter:
    """All routes under `/api/console/policy`. `levels` are the shop's customer levels with their names."""
    router = APIRouter(prefix="/api/console/policy")
    Maintainer = Annotated[SignIn, Depends(guards.maintainer)]  # noqa: N806
    Maintaining = Annotated[SignIn, Depends(guards.maintaining)]  # noqa: N806
    # A replay keeps a core busy for a moment; customers come first.
    replaying = asyncio.Semaphore(1)

    async def page() -> dict[str, Any]:
        await rulebook.refresh()
        history = await rulebook.history()
        return {
            "revision": rulebook.revision,
            "values": show_thresholds(rulebook.current),
            "defaults": show_thresholds(rulebook.defaults),
            "fields": [asdict(field) for field in FIELDS],
            "reasons": [asdict(reason) for reason in policy_reasons()],
            "levels": [{"level": level, "title": title} for level, title in levels.items()],
            "history": [revision.public(rulebook.defaults) for revision in history],
        }

    @router.get("")
    async def look(_signed: Maintainer) -> dict[str, Any]:
        return await page()

    @router.post("")
    async def save(signed: Maintaining, body: NewPolicy) -> dict[str, Any]:
        thresholds = read_thresholds(body.values, levels)
        await rulebook.save(thresholds, body.note, body.based_on, _author(signed))
        return await page()

    @router.post("/reset")
    async def reset(signed: Maintaining, body: Reset) -> dict[str, Any]:
        await rulebook.save(None, body.note, body.based_on, _author(signed))
        return await page()

    @router.post("/preview")
    async def preview(_signed: Maintaining, body: Trial) -> dict[str, Any]:
        thresholds = read_thresholds(body.values, levels)
        since = datetime.now(UTC) - timedelta(days=body.days)
        async with replaying:
            return await database.read(lambda session: _preview(session, since, thresholds))

    return router


def _author(signed: SignIn) -> tuple[int, str]:
    return signed.agent.id, signed.agent.display_name


def _preview(session: Session, since: datetime, thresholds: Thresholds) -> dict[str, Any]:
    result = replay(past_turns(session, since), thresholds)
    texts = masked_texts(session, [change.turn.message for change in result.changes])
    return _public(result, texts)


def _public(result: Replay, texts: Mapping[int, str]) -> dict[str, Any]:
    return {
        "episodes": result.episodes,
        "turns": result.turns,
        "before": _tally(result.before),
        "after": _tally(result.after),
        "sooner": result.sooner,
        "spared": result.spared,
        "examples": [_example(change, texts.get(change.turn.message, "")) for change in result.changes],
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {"handed_off": tally.handed_off, "offered": tally.offered, "reasons": dict(tally.reasons)}


def _example(change: Change, text: str) -> dict[str, Any]:
    return {
        "conversation": change.turn.conversation,
        "episode": change.turn.episode,
        "at": change.turn.at.isoformat(timespec="seconds"),
        "text": text,
        "before": _step(change.before),
        "after": _step(change.after),
    }


def _step(step: Step) -> dict[str, Any]:
    return {"step": step_name(step), "reason": step.reason if isinstance(step, HandOff) else None}
