"""Routes for the processes of this machine: Rasa's custom actions, and `bot ask`. Loopback and a secret."""

from __future__ import annotations

import hmac
import ipaddress
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from fastapi.responses import JSONResponse

from bot.errors import InvalidInput, NotAuthenticated, NotFound

logger = logging.getLogger(__name__)

RunAction = Callable[[Mapping[str, Any]], Awaitable[tuple[int, Mapping[str, Any]]]]
Ask = Callable[[str], Awaitable[dict[str, Any]]]


def internal_routes(token: str, run_action: RunAction, ask: Ask) -> APIRouter:
    """`POST /internal/actions` and `POST /internal/ask`.

    Raises ValueError when the token is too short to be a secret.
    """
    if len(token) < 16:
        raise ValueError("the internal token needs at least 16 characters")
    expected = f"Bearer {token}".encode()

    def admitted(request: Request) -> None:
        # For the world outside the routes do not exist; a proxy in front is the world outside, too.
        if not _is_local(request) or "x-forwarded-for" in request.headers:
            raise NotFound("no such page")
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected):
            raise NotAuthenticated("the bearer token is missing or wrong")

    router = APIRouter(prefix="/internal", dependencies=[Depends(admitted)], include_in_schema=False)

    @router.post("/actions")
    async def actions(body: Annotated[Any, Body()]) -> JSONResponse:
        if not isinstance(body, dict):
            raise InvalidInput("the body must be a JSON object")
        try:
            status, answer = await run_action(body)
        except Exception as error:
            # Rasa fails the turn, and the turn hands off: the customer is told either way.
            logger.exception("action %s failed", body.get("next_action"))
            status, answer = 500, {"error": f"{type(error).__name__}", "action_name": body.get("next_action")}
        return JSONResponse(answer, status)

    @router.post("/ask")
    async def asking(body: Annotated[Any, Body()]) -> JSONResponse:
        if not isinstance(body, dict) or not isinstance(body.get("text"), str):
            raise InvalidInput("text must be a string")
        return JSONResponse(await ask(body["text"]))

    return router


def _is_local(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
