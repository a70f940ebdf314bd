"""The one place where the parts of the service are put together."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from actions import build_actions
from actions.endpoint import build_executor, run_action
from actions.faq import FaqAnswerer
from actions.forms_access import FormsAccess
from actions.view import TicketView
from bot import inquiry
from bot.boundary import map_errors
from bot.channels.channel import Channel
from bot.channels.demo_site import demo_routes
from bot.channels.tokens import Tokens, read_secret
from bot.channels.web import WebChannel, Welcome
from bot.config import Settings
from bot.console.accounts import Accounts
from bot.console.api import console_routes
from bot.console.faq_api import Studio, faq_routes
from bot.console.gaps_api import gap_routes
from bot.console.guards import Guards
from bot.console.policy_api import policy_routes
from bot.console.releases_api import release_routes
from bot.conversations.commit import Bookkeeping
from bot.conversations.conversations import Conversations
from bot.conversations.rasa_client import Dialogue, RasaClient
from bot.conversations.router import Router
from bot.conversations.turn import TurnHandler
from bot.database import Database
from bot.emotion import EmotionDetector, VectorSource
from bot.errors import PartUnavailable
from bot.events import Hints
from bot.faq.file_lock import entries_lock
from bot.faq.release import Sources
from bot.faq.responder import today_in
from bot.handoff.hours import BusinessHours
from bot.handoff.policy import Thresholds
from bot.handoff.request_detector import RequestDetector
from bot.handoff.rulebook import Rulebook
from bot.handoff.ticket import tickets_of
from bot.internal import internal_routes
from bot.learning.drafts import Drafts
from bot.learning.inbox import Inbox, Survey
from bot.pages import SecurityHeaders, serve_pages
from bot.preview import preview
from bot.shop.access import OrderAccess
from bot.shop.customer import LEVELS
from bot.shop.demo_sign_in import DemoSignIn
from bot.shop.shop import DEMO, Shop, load_shop
from bot.studio.building import Build, BuildOrder
from bot.studio.entry_book import EntryBook
from bot.studio.golden_file import GoldenFile
from bot.studio.proofreading import Proofreader
from bot.studio.workshop import Live, Workshop

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
LEXICON = ROOT / "data" / "emotion" / "lexicon.tsv"
PAGES = ROOT / "web" / "dist"
# So long messages wait for Rasa's first start before they are handed to humans instead.
RASA_START_SECONDS = 180.0


class RasaProcess(Protocol):
    """What the service needs of the supervisor."""

    async def run(self) -> None:
        """Keep Rasa running until cancelled."""


class Faq(FaqAnswerer, Protocol):
    """The published FAQ as the service needs it."""

    @property
    def release(self) -> str:
        """Name of the release that answers."""

    def topic(self, entry: str) -> str | None:
        """The topic of an entry, as a word for people."""

    async def watch(self) -> None:
        """Serve what is published from now on, until cancelled."""


class Vectors(VectorSource, Protocol):
    """The vectors of messages, for the feelings and for Rasa."""

    def handed(self, text: str) -> Mapping[str, Any] | None:
        """See `bot.faq.message_vectors.MessageVectors.handed`."""


@dataclass(frozen=True)
class Parts:
    """What is given from outside: the FAQ, the shop, Rasa's process and its client. Tests put stand-ins here.

    Without `vectors` feelings are judged by the lexicon alone, without `survey` there is no gaps inbox,
    without `live` no FAQ studio. `build` makes a candidate, by default in a process of its own.
    `announce` receives one line for the person at the terminal, `ready` is called once when all is up,
    `at_stop` receives what is to be awaited before the listeners close.
    """

    faq: Faq
    vectors: Vectors | None = None
    survey: Survey | None = None
    live: Live | None = None
    build: Build | None = None
    shop: Shop | None = None
    dialogue: Dialogue | None = None
    process: RasaProcess | None = None
    token: str = ""
    announce: Callable[[str], None] = print
    ready: Callable[[], None] = lambda: None
    at_stop: Callable[[Callable[[], Awaitable[None]]], None] = lambda _stop: None


def create_app(settings: Settings, parts: Parts) -> FastAPI:
    """The whole service. Starts nothing before the application's start-up.

    Raises ConfigurationError when a setting or a file is unusable.
    """
    key = read_secret(settings.secret, settings.var)
    settings = settings.model_copy(update={"identity_secret": _identity_secret(settings, key)})
    shop = parts.shop or load_shop(settings)
    hints = Hints()
    database = Database(settings.effective_database_url)
    hours = BusinessHours.parse(settings.hours, settings.timezone)
    books = Bookkeeping(hours, parts.faq.topic, lambda: parts.faq.release)
    token = parts.token or secrets.token_urlsafe(32)
    dialogue = parts.dialogue or RasaClient(
        f"http://127.0.0.1:{settings.rasa_port}",
        token,
        settings.rasa_timeout,
        parts.vectors.handed if parts.vectors else lambda _text: None,
    )
    defaults = Thresholds(settings.misses_offer, settings.misses_handoff, settings.anger_handoff)
    rulebook = Rulebook(database, defaults)
    handler = TurnHandler(
        dialogue,
        EmotionDetector.load(LEXICON, settings.models, parts.vectors),
        lambda: rulebook.current,
        books.release,
        RequestDetector.load(settings.models).hear,
        _Levels(shop.access).of,
    )
    router = Router(database, handler, hints, books)
    parts.at_stop(router.stop)
    conversations = Conversations(database, hints, books, router.wake, limit=settings.message_limit)
    accounts = Accounts(database)
    forms = FormsAccess(shop.access, hours, _Tickets(database).of)
    executor = build_executor(build_actions(parts.faq, forms))
    channels: list[Channel] = [
        WebChannel(
            conversations,
            hints,
            Tokens(key),
            Welcome.of_shop(settings.shop_name),
            messages_per_second=settings.message_rate,
            identify=_Identities(shop.access).take,
        )
    ]

    async def act(call: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        done = await run_action(executor, call)
        return done.status, done.body

    async def ask(text: str) -> dict[str, Any]:
        return await inquiry.ask(text, conversations, database, hints)

    readiness = _Readiness(dialogue)
    studio = _studio(settings, parts, database)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(database.migrate)
        await accounts.ensure_administrator(parts.announce)
        await rulebook.refresh()
        watching = asyncio.create_task(readiness.watch(router, parts.ready))
        tasks = [watching, asyncio.create_task(rulebook.watch()), asyncio.create_task(parts.faq.watch())]
        if parts.process is not None:
            tasks.append(asyncio.create_task(parts.process.run()))
        try:
            yield
        finally:
            watching.cancel()
            # Before Rasa ends: a turn that loses it would be handed to a human.
            await router.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await _end_builds(studio)
            if isinstance(dialogue, RasaClient):
                await dialogue.close()
            await shop.close()
            database.close()

    app = FastAPI(title="Yunshan desk", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    map_errors(app)
    app.add_middleware(SecurityHeaders)
    for channel in channels:
        app.include_router(channel.routes())
    guards = Guards(accounts)
    app.include_router(console_routes(guards, accounts, conversations, database, hints))
    app.include_router(policy_routes(guards, rulebook, database, LEVELS))
    for routes in _maintenance(guards, settings, parts, database, studio):
        app.include_router(routes)
    app.include_router(internal_routes(token, act, ask))
    if not settings.shop_url:
        app.include_router(demo_routes(DemoSignIn.read(DEMO, settings.identity_secret)))
    app.add_api_route("/healthz", readiness.live)
    app.add_api_route("/readyz", readiness.ready)
    serve_pages(app, PAGES)
    return app


def _studio(settings: Settings, parts: Parts, database: Database) -> Studio | None:
    """None without a release that serves in this process."""
    if parts.live is None:
        return None
    models, target = settings.models, settings.wrong_answer_target
    sources = Sources.beside(settings.faq)
    golden = GoldenFile(sources.golden, entries_lock(sources.entries))
    build = parts.build or BuildOrder(str(settings.faq), str(models), target).run
    proofreader = Proofreader(models, sources.lint_policy, today_in(settings.timezone))
    workshop = Workshop(models, target, parts.live, golden, proofreader.policy, database, build)
    return Studio(EntryBook(sources.entries), golden, proofreader, workshop, database, preview)


def _maintenance(
    guards: Guards, settings: Settings, parts: Parts, database: Database, studio: Studio | None
) -> Iterator[APIRouter]:
    """What maintainers use beside the policy, where there is something to maintain."""
    if parts.survey is not None:
        inbox = Inbox(database, parts.survey, settings.faq, Drafts(settings.var))
        yield gap_routes(guards, inbox, database)
    if studio is not None:
        yield faq_routes(guards, studio)
        yield release_routes(guards, studio.book, studio.workshop)


async def _end_builds(studio: Studio | None) -> None:
    if studio is not None:
        await studio.workshop.close()


def _identity_secret(settings: Settings, key: str) -> str:
    """The demo shop signs with a key of its own; a real shop's key is a setting."""
    if settings.identity_secret or settings.shop_url:
        return settings.identity_secret
    return hmac.new(key.encode(), b"demo identity", "sha256").hexdigest()


class _Levels:
    """Which of the shop's levels a customer has."""

    def __init__(self, access: OrderAccess) -> None:
        self._access = access

    async def of(self, conversation: str) -> str | None:
        """None, too, when the shop cannot tell: a turn does not fail for this."""
        try:
            known = await self._access.known(conversation)
            return (await known.account()).level if known else None
        except PartUnavailable as error:
            logger.warning("the level of %s is not known: %s", conversation, error)
            return None


class _Identities:
    """The host site's word on who is there."""

    def __init__(self, access: OrderAccess) -> None:
        self._access = access

    async def take(self, conversation: str, identity: str) -> bool:
        """See `bot.channels.web.Identify`."""
        if not identity:
            await self._access.forget(conversation)
            return False
        return (await self._access.present(conversation, identity)).state == "known"


class _Tickets:
    """A conversation's tickets as its customer sees them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, conversation: str) -> tuple[TicketView, ...]:
        """Newest first."""

        def look(session: Session) -> tuple[TicketView, ...]:
            return tuple(
                TicketView(
                    row.number,
                    row.state == "open",
                    row.category,
                    row.created_at,
                    row.deadline,
                    row.assignee_id is not None,
                    row.note,
                )
                for row in tickets_of(session, conversation)
            )

        return await self._database.read(look)


class _Readiness:
    """Whether messages are being handled, and by what."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._handling = False

    async def watch(self, router: Router, ready: Callable[[], None]) -> None:
        """Start the router when Rasa answers, or after a while without it: then humans get the messages."""
        try:
            async with asyncio.timeout(RASA_START_SECONDS):
                while not await self._rasa():  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        except TimeoutError:
            logger.error("Rasa did not answer within %g s; messages go to humans", RASA_START_SECONDS)
        await router.start()
        self._handling = True
        ready()

    async def _rasa(self) -> bool:
        return await self._dialogue.healthy() if isinstance(self._dialogue, RasaClient) else True

    async def live(self) -> JSONResponse:
        """The process answers."""
        return JSONResponse({"status": "ok"})

    async def ready(self) -> JSONResponse:
        """Messages are handled and Rasa answers."""
        rasa = await self._rasa()
        good = self._handling and rasa
        return JSONResponse({"status": "ok" if good else "starting", "rasa": rasa}, 200 if good else 503)
