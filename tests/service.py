"""The whole service over HTTP and WebSocket, with stand-ins for Rasa and the FAQ."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession

from actions.faq import EntryView, FixedAnswerer
from bot.app import Parts, create_app
from bot.config import Settings
from bot.learning.inbox import Survey
from bot.studio.building import Build
from bot.studio.workshop import Live
from tests.desk import empty_database
from tests.dialogue import FakeDialogue

TOKEN = "internal-token-of-the-tests"
ENTRY = EntryView("returns-how", "怎么申请退货", "在订单页点“申请退货”即可。")


class FixedFaq(FixedAnswerer):
    """The FAQ's stand-in with a release."""

    release = "r-test"

    def topic(self, entry: str) -> str | None:
        return "退换货" if entry.startswith("returns") else None

    async def watch(self) -> None:
        """Nothing else is ever published."""


@dataclass
class Service:
    """A running service and the clients of a customer and an agent."""

    app: FastAPI
    client: TestClient
    dialogue: FakeDialogue
    said: list[str] = field(default_factory=list)

    def token(self) -> str:
        return str(self.client.post("/api/widget/session").json()["token"])

    @contextlib.contextmanager
    def socket(self, token: str | None = None, after: int = 0) -> Iterator[Browser]:
        """A connected browser that has read its welcome."""
        token = token or self.token()
        with self.client.websocket_connect("/api/widget/socket") as session:
            browser = Browser(session, token)
            browser.send(type="hello", token=token, after=after)
            browser.welcome = browser.receive("welcome")
            yield browser

    def sign_in(self, name: str = "admin", password: str | None = None) -> dict[str, str]:
        """Sign in, change the first password, and return the header that changes need."""
        first = password or self.said[0].split("初始密码 ")[1].split("（")[0]
        me = self.client.post("/api/console/login", json={"name": name, "password": first}).json()
        headers = {"X-Bot-CSRF": me["csrf"]}
        if me["must_change_password"]:
            body = {"old": first, "new": "a-long-new-password"}
            assert self.client.post("/api/console/password", json=body, headers=headers).status_code == 200
        return headers


@dataclass
class Browser:
    """The customer's side of one socket."""

    session: WebSocketTestSession
    token: str
    welcome: dict[str, Any] = field(default_factory=dict)
    frames: list[dict[str, Any]] = field(default_factory=list)

    def send(self, **frame: Any) -> None:
        self.session.send_json(frame)

    def say(self, text: str) -> str:
        client_id = uuid.uuid4().hex
        self.send(type="message", client_id=client_id, text=text)
        return client_id

    def receive(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next frame of this kind with these fields; others are kept in `frames`."""
        while True:
            frame: dict[str, Any] = self.session.receive_json()
            self.frames.append(frame)
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    def message(self, sender: str) -> dict[str, Any]:
        """The next message of this sender."""
        while True:
            message: dict[str, Any] = self.receive("message")["message"]
            if message["sender"] == sender:
                return message


@contextlib.contextmanager
def open_service(
    folder: Path,
    dialogue: FakeDialogue | None = None,
    survey: Survey | None = None,
    live: Live | None = None,
    build: Build | None = None,
    **settings: Any,
) -> Iterator[Service]:
    """The service on the data in `folder`; opening it again is a restart."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "bot.db").exists():
        (folder / "bot.db").write_bytes(empty_database())
    dialogue, said = dialogue or FakeDialogue(), list[str]()
    configured = Settings(_env_file=None, var=folder, **{"message_rate": 1000.0, **settings})
    faq = FixedFaq([ENTRY])
    parts = Parts(
        faq, survey=survey, live=live, build=build, dialogue=dialogue, token=TOKEN, announce=said.append
    )
    app = create_app(configured, parts)
    with TestClient(app, client=("127.0.0.1", 50000), raise_server_exceptions=False) as client:
        yield Service(app, client, dialogue, said)
