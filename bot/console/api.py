"""The console's HTTP interface of docs/protocol.md."""

# Annotations are evaluated at once here: they name the guards of one application.
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from bot.console.accounts import SESSION_LIFE, Accounts, SignIn
from bot.console.feed import feed
from bot.console.guards import Guards
from bot.console.views import (
    check_choice,
    conversation_detail,
    conversation_page,
    conversation_view,
    ticket_page,
)
from bot.conversations.conversations import AgentRef, Conversations
from bot.database import Database
from bot.events import Hints
from bot.handoff.ticket import public_ticket, ticket_by_number

COOKIE = "bot_session"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Login(_Body):
    """Sign in."""

    name: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=200)]


class NewPassword(_Body):
    """Change one's password."""

    old: Annotated[str, Field(max_length=200)]
    new: Annotated[str, Field(max_length=200)]


class AgentReply(_Body):
    """Answer a customer."""

    client_id: str
    text: Annotated[str, Field(max_length=20_000)]


class TypingSign(_Body):
    """The agent types, or stopped."""

    on: bool


class Resolution(_Body):
    """What was done."""

    note: Annotated[str, Field(max_length=2000)] = ""


def console_routes(
    guards: Guards, accounts: Accounts, conversations: Conversations, database: Database, hints: Hints
) -> APIRouter:
    """All routes under `/api/console`."""
    router = APIRouter(prefix="/api/console")
    _add_accounts(router, guards, accounts)
    _add_lists(router, guards, database, hints)
    _add_talk(router, guards, conversations, database, hints)
    _add_feed(router, guards, accounts, database, hints)
    return router


def _add_accounts(router: APIRouter, guards: Guards, accounts: Accounts) -> None:
    Anyone = Annotated[SignIn, Depends(guards.anyone)]  # noqa: N806
    Newcomer = Annotated[SignIn, Depends(guards.newcomer)]  # noqa: N806

    @router.post("/login")
    async def login(request: Request, response: Response, body: Login) -> dict[str, Any]:
        client = request.client.host if request.client else ""
        signed = await accounts.sign_in(body.name, body.password, client)
        response.set_cookie(
            COOKIE,
            signed.token,
            max_age=int(SESSION_LIFE.total_seconds()),
            path="/api/console",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return _me(signed)

    @router.post("/logout")
    async def logout(response: Response, signed: Newcomer) -> dict[str, Any]:
        await accounts.sign_out(signed.token)
        response.delete_cookie(COOKIE, path="/api/console", httponly=True, samesite="strict")
        return {}

    @router.get("/me")
    async def me(signed: Anyone) -> dict[str, Any]:
        return _me(signed)

    @router.post("/password")
    async def password(signed: Newcomer, body: NewPassword) -> dict[str, Any]:
        await accounts.change_password(signed, body.old, body.new)
        return {}


def _add_lists(router: APIRouter, guards: Guards, database: Database, hints: Hints) -> None:
    Reader = Annotated[SignIn, Depends(guards.reader)]  # noqa: N806

    @router.get("/tickets")
    async def tickets(signed: Reader, state: str = "open", before: str | None = None) -> dict[str, Any]:
        check_choice("state", state, ("open", "resolved", "all"))
        page, more = await database.read(lambda session: ticket_page(session, state, before, signed.agent.id))
        return {"tickets": page, "more": more}

    @router.get("/tickets/{number}")
    async def ticket(signed: Reader, number: str) -> dict[str, Any]:
        shown = await database.read(
            lambda session: public_ticket(ticket_by_number(session, number), signed.agent.id)
        )
        return {"ticket": shown}

    @router.get("/conversations")
    async def listing(_signed: Reader, owner: str = "all", before: str | None = None) -> dict[str, Any]:
        check_choice("owner", owner, ("bot", "queue", "human", "all"))
        page, more = await database.read(
            lambda session: conversation_page(session, owner, before, hints.watched)
        )
        return {"conversations": page, "more": more}

    @router.get("/conversations/{conversation}")
    async def detail(signed: Reader, conversation: str) -> dict[str, Any]:
        return await database.read(
            lambda session: conversation_detail(session, conversation, hints.watched, signed.agent.id)
        )


def _add_talk(
    router: APIRouter, guards: Guards, conversations: Conversations, database: Database, hints: Hints
) -> None:
    Changer = Annotated[SignIn, Depends(guards.changer)]  # noqa: N806

    async def view(conversation: str) -> dict[str, Any]:
        shown = await database.read(lambda session: conversation_view(session, conversation, hints.watched))
        return {"conversation": shown}

    @router.post("/conversations/{conversation}/take")
    async def take(signed: Changer, conversation: str) -> dict[str, Any]:
        await conversations.take(conversation, _ref(signed))
        return await view(conversation)

    @router.post("/conversations/{conversation}/reply")
    async def reply(signed: Changer, conversation: str, body: AgentReply) -> dict[str, Any]:
        message = await conversations.reply(conversation, _ref(signed), body.client_id, body.text)
        return {"message": message.public()}

    @router.post("/conversations/{conversation}/typing")
    async def typing(_signed: Changer, conversation: str, body: TypingSign) -> dict[str, Any]:
        conversations.typing(conversation, "agent", on=body.on)
        return {}

    @router.post("/conversations/{conversation}/resolve")
    async def resolve(signed: Changer, conversation: str, body: Resolution) -> dict[str, Any]:
        await conversations.resolve(conversation, _ref(signed), body.note)
        return await view(conversation)


def _add_feed(
    router: APIRouter, guards: Guards, accounts: Accounts, database: Database, hints: Hints
) -> None:
    @router.get("/events")
    async def events(
        signed: Annotated[SignIn, Depends(guards.reader)],
        after: Annotated[int | None, Query(ge=0)] = None,
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> StreamingResponse:
        resumed = int(last_event_id) if last_event_id and last_event_id.isdecimal() else after
        stream = feed(database, hints, resumed, lambda: accounts.session(signed.token), signed.agent.id)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


def _ref(signed: SignIn) -> AgentRef:
    return AgentRef(signed.agent.id, signed.agent.display_name)


def _me(signed: SignIn) -> dict[str, Any]:
    agent = signed.agent
    return {
        "agent": {"name": agent.name, "display_name": agent.display_name, "role": agent.role},
        "csrf": signed.csrf,
        "must_change_password": agent.must_change_password,
    }
