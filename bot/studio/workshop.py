"""Candidates beside the release that serves: build, ask both, compare, publish, go back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from bot.database import Database
from bot.errors import BotError, ConfigurationError, GateRefused, NotFound, PublishedMeanwhile
from bot.faq.gate import Gate, examine_release
from bot.faq.golden import GoldenQuestion, GoldenResult, check_golden
from bot.faq.lint import LintPolicy
from bot.faq.publication import before_serving, publish, serving, taken_from
from bot.faq.release import Manifest, candidate, find_release, load_release
from bot.faq.replay import Replay, replay
from bot.faq.understanding import Replies, Understanding
from bot.maintenance.asked_questions import asked_questions
from bot.studio.building import Build
from bot.studio.golden_file import GoldenFile

T = TypeVar("T")
BuildState = Literal["idle", "running", "done", "failed"]


class Live(Protocol):
    """The release that serves in this process."""

    @property
    def release(self) -> str:
        """Its name."""

    async def work(self, task: Callable[[Understanding], T]) -> T:
        """Run a task with it, in turn with customers' questions."""


@dataclass(frozen=True)
class Standard:
    """What a release is judged by: `serving` is the name of the one whose errors are known."""

    golden: tuple[GoldenQuestion, ...]
    serving: str | None
    policy: LintPolicy


@dataclass(frozen=True)
class Candidate:
    """A release that does not serve, in memory, with what it makes of the golden questions."""

    manifest: Manifest
    understanding: Understanding
    standard: Standard
    golden: tuple[GoldenResult, ...]
    gate: Gate


@dataclass(frozen=True)
class Progress:
    """Of `asked` different questions `done` were put to both releases."""

    done: int
    asked: int


@dataclass
class BuildRun:
    """The last build: `lines` of progress, `problem` when it failed, `seconds` when it ended."""

    state: BuildState = "idle"
    lines: list[str] = field(default_factory=list)
    release: str | None = None
    problem: str = ""
    started: float = 0.0
    seconds: float = 0.0

    @property
    def lasted(self) -> float:
        """Seconds until now, or until it ended."""
        return round(time.monotonic() - self.started, 1) if self.state == "running" else self.seconds


class Workshop:
    """What maintainers do with releases. One build, one replay and one loading at a time."""

    def __init__(
        self,
        models: Path,
        target: float,
        live: Live,
        golden: GoldenFile,
        policy: Callable[[], LintPolicy],
        database: Database,
        build: Build,
    ) -> None:
        self.models = models
        self.target = target
        self.live = live
        self._golden = golden
        self._policy = policy
        self._database = database
        self._build = build
        self._loading = asyncio.Lock()
        self._replaying = asyncio.Lock()
        self._candidate: Candidate | None = None
        self._task: asyncio.Task[None] | None = None
        self.run = BuildRun()
        self.replayed: Progress | None = None

    def proposed(self) -> str | None:
        """The name of the release that the last build returned, unless it serves; reads files."""
        try:
            name = candidate(self.models).name
        except ConfigurationError:
            return None
        return None if name == self._serving() else name

    async def candidate(self, name: str | None = None) -> Candidate | None:
        """The named release, else the last one built that does not serve; 2 s at its first use."""
        if name is None:
            name = await asyncio.to_thread(self.proposed)
            if name is None:
                return None
        serves = await self.live.work(lambda understanding: understanding)
        async with self._loading:
            kept = self._candidate
            if kept is None or kept.manifest.name != name:
                self._candidate = await asyncio.to_thread(self._load, name, serves)
            else:
                self._candidate = await asyncio.to_thread(self._judge_again, kept)
            return self._candidate

    def start_build(self) -> None:
        """Build what the files say now, unless a build is running."""
        if self.run.state != "running":
            self.run = BuildRun("running", started=time.monotonic())
            self._task = asyncio.create_task(self._building(self.run))

    async def close(self) -> None:
        """End a build that is running."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def ask(self, text: str, after: str | None) -> tuple[Replies, Candidate | None, Replies | None]:
        """A question to both; 10 ms each."""
        answered = await self.live.work(lambda understanding: understanding.reply(text, after))
        draft = await self.candidate()
        if draft is None:
            return answered, None, None
        return answered, draft, await asyncio.to_thread(draft.understanding.reply, text, after)

    async def replay(self, last: int, name: str | None = None) -> Replay:
        """The newest questions of customers to both; 12 ms each. Raises NotFound without a candidate.

        `replayed` says how far it is meanwhile.
        """
        draft = await self.candidate(name)
        if draft is None:
            raise NotFound("there is no candidate")
        asked = await self._database.read(lambda session: asked_questions(session, last))
        serves = await self.live.work(lambda understanding: understanding)

        def tell(done: int) -> None:
            self.replayed = Progress(done, len(asked))

        async with self._replaying:
            tell(0)
            try:
                return await asyncio.to_thread(replay, asked, serves, draft.understanding, tell)
            finally:
                self.replayed = None

    async def publish(self, name: str, seen: str | None, by: str, note: str, override: str) -> None:
        """Let a release serve. `seen` is the one that served when the maintainer decided.

        Raises GateRefused without a reason to override, PublishedMeanwhile, NotFound.
        """
        self._find(name)
        if self._serving() != seen:
            raise PublishedMeanwhile(f"{self._serving()} serves by now, not {seen}")
        draft = await self.candidate(name)
        assert draft is not None
        if not draft.gate.open and not override:
            raise GateRefused("\n".join(draft.gate.findings))
        seen = taken_from(self.models, name, draft.manifest.base, seen, forced=bool(override))
        findings = draft.gate.findings
        reason = "" if draft.gate.open else override
        await asyncio.to_thread(
            lambda: publish(
                self.models, name, seen=seen, by=by, note=note, override=reason, findings=findings
            )
        )

    async def rollback(self, seen: str | None, by: str, note: str) -> str:
        """Let the release serve again that served before; its name. Raises NotFound, PublishedMeanwhile."""
        name = self.earlier()
        if name is None:
            raise NotFound("there is no earlier release")
        self._find(name)
        await asyncio.to_thread(
            lambda: publish(self.models, name, seen=seen, by=by, note=note, action="rollback")
        )
        return name

    def earlier(self) -> str | None:
        """The release that a rollback leads to."""
        try:
            return before_serving(self.models)
        except ConfigurationError:
            return None

    def _serving(self) -> str | None:
        current = serving(self.models)
        return current.release if current else None

    def _find(self, name: str) -> Path:
        try:
            return find_release(self.models, name)
        except ConfigurationError as error:
            raise NotFound(str(error)) from error

    def _load(self, name: str, serves: Understanding) -> Candidate:
        responder, folder = serves.responder, self._find(name)
        words = responder.retriever.word_index.words
        fresh = load_release(folder, responder.encoder, responder.today, words)
        loaded = Understanding.of(fresh, serves.sounds)
        return self._judge(Manifest.read(folder), loaded, self._standard())

    def _judge_again(self, kept: Candidate) -> Candidate:
        """Golden questions, what serves or the lint's limits may have changed since."""
        standard = self._standard()
        if kept.standard == standard:
            return kept
        return self._judge(kept.manifest, kept.understanding, standard)

    def _standard(self) -> Standard:
        return Standard(self._golden.read(), self._serving(), self._policy())

    def _judge(self, manifest: Manifest, loaded: Understanding, standard: Standard) -> Candidate:
        results = check_golden(loaded, standard.golden)
        folder = self._find(manifest.name)
        gate = examine_release(self.models, folder, results, self.target, standard.policy)
        return Candidate(manifest, loaded, standard, results, gate)

    async def _building(self, run: BuildRun) -> None:
        try:
            run.release = await self._build(run.lines.append)
            if run.release != self.live.release:
                await self.candidate(run.release)
            run.state = "done"
        except BotError as error:
            run.state, run.problem = "failed", str(error)
        finally:
            run.seconds = round(time.monotonic() - run.started, 1)
            if run.state == "running":
                run.state, run.problem = "failed", "构建中断"
