"""A person at the console, over its HTTP interface."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

from tests.stack.stack import Stack

PASSWORD = "a-password-of-their-own"


class Agent:
    """A signed-in agent; `http` carries the cookie and the header that changes need."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/console", timeout=20, trust_env=False)
        self.name = name
        self.me = self._login(password)
        if self.me["must_change_password"]:
            self.change("/password", old=password, new=PASSWORD)

    @classmethod
    def administrator(cls, stack: Stack) -> Agent:
        """The first account, with the password that was printed; once, because it is changed then."""
        return cls(stack.url, "admin", stack.password)

    @classmethod
    def added(cls, stack: Stack, name: str, display_name: str) -> Agent:
        """A new account, made on the command line."""
        printed = stack.bot("agent", "add", name, display_name)
        assert printed.returncode == 0, printed.stderr
        return cls(stack.url, name, printed.stdout.split("初始密码：")[1].split("（")[0])

    def close(self) -> None:
        """Let go of the connections."""
        self.http.close()

    def _login(self, password: str) -> dict[str, Any]:
        response = self.http.post("/login", json={"name": self.name, "password": password})
        response.raise_for_status()
        me: dict[str, Any] = response.json()
        self.http.headers["X-Bot-CSRF"] = me["csrf"]
        return me

    def look(self, path: str, **query: str | int) -> dict[str, Any]:
        """GET."""
        response = self.http.get(path, params=query)
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found

    def change(self, path: str, **body: object) -> dict[str, Any]:
        """POST."""
        response = self.http.post(path, json=body)
        response.raise_for_status()
        changed: dict[str, Any] = response.json()
        return changed

    def conversation(self, conversation: str) -> dict[str, Any]:
        """The conversation with its messages, traces and tickets."""
        return self.look(f"/conversations/{conversation}")

    def take(self, conversation: str) -> httpx.Response:
        """Take over."""
        return self.http.post(f"/conversations/{conversation}/take")

    def reply(self, conversation: str, text: str) -> httpx.Response:
        """Answer the customer."""
        body = {"client_id": uuid.uuid4().hex, "text": text}
        return self.http.post(f"/conversations/{conversation}/reply", json=body)

    def resolve(self, conversation: str, note: str = "") -> httpx.Response:
        """Close the episode."""
        return self.http.post(f"/conversations/{conversation}/resolve", json={"note": note})
