"""The static pages, and the headers that keep every page harmless."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# Other sites load this one file.
_WIDGET = "/widget.js"
# The sections of the site that FAQ answers link into; the demo shop shows a stand-in for each of their pages.
_SECTIONS = ("help", "my")
_NOT_BUILT = "网页尚未构建，请先运行 make run（或在 web 目录运行 npm run build）。\n"


class SecurityHeaders:
    """Adds the headers to every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                shared = scope["path"] == _WIDGET
                headers["Cross-Origin-Resource-Policy"] = "cross-origin" if shared else "same-origin"
                if scope["path"].startswith(("/api/", "/internal/")):
                    headers.setdefault("Cache-Control", "no-store")
                elif not scope["path"].startswith("/assets/"):
                    # Asset names carry a hash; everything else must be asked for again after an update.
                    headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        await self._app(scope, receive, add)


def serve_pages(app: FastAPI, folder: Path) -> None:
    """Serve the built pages at `/`, or say how to build them; added last, for it takes all other paths."""
    home = folder / "index.html"
    if home.is_file():

        async def stand_in() -> FileResponse:
            return FileResponse(home)

        for section in _SECTIONS:
            for path in (f"/{section}", f"/{section}/{{page:path}}"):
                app.add_api_route(path, stand_in, methods=["GET", "HEAD"], include_in_schema=False)
        app.mount("/", StaticFiles(directory=folder, html=True), name="pages")
        return

    @app.get("/{path:path}", include_in_schema=False)
    async def not_built(path: str) -> Response:
        status = 404 if path.startswith(("api/", "internal/")) else 503
        return Response(_NOT_BUILT, status, media_type="text/plain; charset=utf-8")
