"""What the demo shop's own server would do: sign its visitors in. Never there for a real shop."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request

from bot.errors import NotFound
from bot.shop.demo_sign_in import DemoSignIn


def demo_routes(sign_in: DemoSignIn) -> APIRouter:
    """`/api/demo/visitors` and `/api/demo/visitors/{id}/identity`, for this machine only."""
    router = APIRouter(prefix="/api/demo")

    @router.get("/visitors")
    async def visitors(request: Request) -> dict[str, Any]:
        _only_here(request)
        return {"visitors": [{"id": one.id, "name": one.name} for one in sign_in.visitors]}

    @router.post("/visitors/{visitor}/identity")
    async def identity(request: Request, visitor: str) -> dict[str, str]:
        _only_here(request)
        return {"identity": sign_in.token(visitor, datetime.now(UTC))}

    return router


def _only_here(request: Request) -> None:
    """A proxy on this machine speaks for others: what it forwards is refused."""
    host = request.client.host if request.client else ""
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = False
    if forwarded or not here:
        raise NotFound("the demo's sign-in is for this machine only")
