"""The one place where named situations become HTTP answers and frames."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.errors import BotError, Forbidden, InvalidInput, NotAuthenticated, NotFound, TooManyRequests

logger = logging.getLogger(__name__)

_BY_STATUS: dict[int, type[BotError]] = {
    401: NotAuthenticated,
    403: Forbidden,
    404: NotFound,
    429: TooManyRequests,
}


def error_json(error: BotError) -> dict[str, Any]:
    """The error of docs/protocol.md."""
    shown = {"code": error.code, "message": error.sentence, "detail": str(error) or error.code}
    return {**shown, "fields": dict(error.fields)} if error.fields else shown


def answer(error: BotError) -> JSONResponse:
    """The error as an HTTP answer."""
    return JSONResponse({"error": error_json(error)}, error.status, headers={"Cache-Control": "no-store"})


def map_errors(app: FastAPI) -> None:
    """Give every exception that leaves a route the one shape; the customer never sees a stack trace."""

    @app.exception_handler(BotError)
    async def named(_request: Request, error: BotError) -> JSONResponse:
        if error.status >= 500:
            logger.error("%s: %s", error.code, error)
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        places = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()
        )
        return answer(InvalidInput(places))

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> JSONResponse:
        kind = _BY_STATUS.get(error.status_code, InvalidInput if error.status_code < 500 else BotError)
        mapped = answer(kind(str(error.detail)))
        mapped.status_code = error.status_code
        return mapped

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return answer(BotError("an unexpected error, see the log"))
