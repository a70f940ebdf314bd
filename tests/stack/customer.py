"""A customer with the widget's protocol: session, hello, messages by sequence number, resume."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

PATIENCE = 30.0


class Customer:
    """One browser. Every message that arrives must be the next one: a gap or a repetition fails the test.

    `messages` is the transcript as the customer has seen it, `errors` the error frames, `acks` the sequence
    numbers by client id, `status` the newest one.
    """

    def __init__(self, url: str, token: str | None = None, identity: str | None = None) -> None:
        self.url = url
        given = {"token": token, "identity": identity}
        self.session = _open_session(url, {name: value for name, value in given.items() if value is not None})
        self.token: str = self.session["token"]
        self.conversation: str = self.session["conversation"]
        self.messages: list[dict[str, Any]] = []
        self.acks: dict[str, int] = {}
        self.errors: list[dict[str, Any]] = []
        self.status: dict[str, Any] = {}
        self._socket: ClientConnection | None = None
        self._pongs = 0

    @property
    def socket(self) -> ClientConnection:
        """The open connection."""
        assert self._socket is not None, "connect first"
        return self._socket

    @property
    def seen(self) -> int:
        """The newest sequence number."""
        return int(self.messages[-1]["seq"]) if self.messages else 0

    def connect(self) -> Customer:
        """Open the socket, or open it again and resume after the last message seen."""
        self.close()
        self._socket = connect(f"ws{self.url.removeprefix('http')}/api/widget/socket", proxy=None)
        self.status = {}
        self.send_frame(type="hello", token=self.token, after=self.seen)
        self.wait(lambda: self.status, "a welcome")
        return self

    def close(self) -> None:
        """Hang up; what was sent stays sent."""
        if self._socket is not None:
            self._socket.close()

    def send_frame(self, **frame: Any) -> None:
        """Send any frame."""
        self.socket.send(json.dumps(frame))

    def send(self, text: str, client_id: str | None = None) -> str:
        """Type a message and do not wait. Returns the client id."""
        client_id = client_id or uuid.uuid4().hex
        self.send_frame(type="message", client_id=client_id, text=text)
        return client_id

    def say(self, text: str) -> list[dict[str, Any]]:
        """Type a message and wait for its turn. Returns what was said after it."""
        return self._turn(self.send(text))

    def ask_human(self) -> list[dict[str, Any]]:
        """Press 转人工 and wait for the turn."""
        client_id = uuid.uuid4().hex
        self.send_frame(type="human", client_id=client_id)
        return self._turn(client_id)

    def click(self, of: dict[str, Any], title: str) -> list[dict[str, Any]]:
        """Press a button of a message and wait for the turn."""
        client_id = uuid.uuid4().hex
        choice = next(button["id"] for button in of["buttons"] if button["title"] == title)
        self.send_frame(type="choice", client_id=client_id, of=of["seq"], choice=choice)
        return self._turn(client_id)

    def _turn(self, client_id: str) -> list[dict[str, Any]]:
        seq = self.acked(client_id)
        self.wait(lambda: self.after(seq), f"an answer to {client_id}")
        self.settle()
        return self.after(seq)

    def acked(self, client_id: str) -> int:
        """Wait for the acknowledgement. Returns the sequence number."""
        self.wait(lambda: client_id in self.acks, f"the acknowledgement of {client_id}")
        return self.acks[client_id]

    def after(self, seq: int) -> list[dict[str, Any]]:
        """What others than the customer said after `seq`."""
        return [m for m in self.messages if m["seq"] > seq and m["sender"] != "customer"]

    def texts(self, sender: str = "bot") -> list[str]:
        """All that somebody said."""
        return [m["text"] for m in self.messages if m["sender"] == sender]

    def settle(self) -> None:
        """Read everything that is on its way: one writer on the other side keeps the order."""
        before = self._pongs
        self.send_frame(type="ping")
        self.wait(lambda: self._pongs > before, "a pong")

    def wait(self, condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Read frames until the condition holds. Raises TimeoutError naming `what`."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(
                    f"{self.conversation}: no {what} within {seconds:g} s; errors {self.errors}"
                )
            try:
                self._hear(json.loads(self.socket.recv(timeout=left)))
            except TimeoutError:
                continue

    def drain(self) -> None:
        """Read what has come, also from a line that the other side has cut."""
        try:
            while True:
                self._hear(json.loads(self.socket.recv(timeout=0)))
        except (TimeoutError, ConnectionClosed):
            return

    def _hear(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                self._add(frame["messages"])
                self.status = frame["status"]
            case "message":
                self._add([frame["message"]])
            case "ack":
                known = self.acks.setdefault(frame["client_id"], frame["seq"])
                assert known == frame["seq"], f"one client id, two messages: {known} and {frame['seq']}"
            case "status":
                self.status = frame["status"]
            case "error":
                self.errors.append(frame)
            case "pong":
                self._pongs += 1

    def _add(self, messages: Sequence[dict[str, Any]]) -> None:
        for message in messages:
            assert message["seq"] == self.seen + 1, f"after {self.seen} came {message}"
            self.messages.append(message)


def _open_session(url: str, body: dict[str, str] | None) -> dict[str, Any]:
    """A session; more customers come from one address than the service admits at once, so they wait."""
    while True:
        opened = httpx.post(f"{url}/api/widget/session", json=body, timeout=10, trust_env=False)
        if opened.status_code != httpx.codes.TOO_MANY_REQUESTS:
            opened.raise_for_status()
            session: dict[str, Any] = opened.json()
            return session
        time.sleep(0.1)
