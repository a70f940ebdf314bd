"""The systems under test: the whole service, and stock Rasa with the same rules and actions."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx
import websockets

from benchmarks.process import Process, answers
from benchmarks.rasa_command import QUIET
from bot.config import Settings
from bot.serving import free_port

# The service's limits against floods are not what is measured.
RATE = "1000"
PATIENCE = 60


class Customer(Protocol):
    """One customer in a fresh conversation."""

    async def ask(self, text: str) -> str:
        """Send a message and wait for the reply to it."""

    async def leave(self) -> None:
        """Hang up."""


class Party(Protocol):
    """A running system."""

    name: str

    async def customer(self) -> Customer:
        """A new customer."""


@dataclass(frozen=True)
class Running:
    """A started system: seconds from the start of its processes until it is ready, and those processes."""

    party: Party
    start_seconds: float
    processes: tuple[Process, ...]

    def megabytes(self) -> float:
        """Memory of all its processes."""
        return sum(process.megabytes() for process in self.processes)


class _SocketCustomer:
    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket

    async def ask(self, text: str) -> str:
        mine = uuid.uuid4().hex
        await self._socket.send(json.dumps({"type": "message", "client_id": mine, "text": text}))
        seen: int | None = None
        while True:
            frame = json.loads(await self._socket.recv())
            if frame["type"] == "ack" and frame["client_id"] == mine:
                seen = frame["seq"]
            elif frame["type"] == "error":
                raise RuntimeError(f"{text!r} was refused: {frame['error']}")
            elif (
                frame["type"] == "message"
                and frame["message"]["sender"] == "bot"
                and (seen is None or frame["message"]["seq"] > seen)
            ):
                return str(frame["message"]["text"])

    async def leave(self) -> None:
        await self._socket.close()


class Service:
    """The whole service, spoken to as the browser does: a session, then a WebSocket."""

    name = "this project"

    def __init__(self, port: int) -> None:
        self._base = f"127.0.0.1:{port}"
        self._http = httpx.AsyncClient(trust_env=False)

    async def customer(self) -> Customer:
        """See `Party`."""
        # Its limit against floods of new visitors is not what is measured.
        for _ in range(PATIENCE):
            answer = await self._http.post(f"http://{self._base}/api/widget/session")
            if answer.status_code != 429:
                break
            await asyncio.sleep(0.5)
        session = answer.raise_for_status().json()
        socket = await websockets.connect(f"ws://{self._base}/api/widget/socket", proxy=None)
        await socket.send(json.dumps({"type": "hello", "token": session["token"], "after": 0}))
        while json.loads(await socket.recv())["type"] != "welcome":
            pass
        return _SocketCustomer(socket)


class _RestCustomer:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http, self._sender = http, uuid.uuid4().hex

    async def ask(self, text: str) -> str:
        answer = await self._http.post(
            "/webhooks/rest/webhook", json={"sender": self._sender, "message": text}
        )
        return "\n".join(message.get("text") or "" for message in answer.raise_for_status().json())

    async def leave(self) -> None:
        return None


class StockRasa:
    """Rasa's own REST channel, unpatched, with rasa-sdk's own action server and trackers in memory."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self._http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            timeout=120,
            trust_env=False,
            limits=httpx.Limits(max_connections=200),
        )

    async def customer(self) -> Customer:
        """See `Party`."""
        return _RestCustomer(self._http)


@contextmanager
def service(folder: Path) -> Iterator[Running]:
    """Start the service on free ports with its state in `folder`."""
    port = free_port()
    environment = QUIET | {
        "BOT_PORT": str(port),
        "BOT_RASA_PORT": str(free_port()),
        "BOT_VAR": str(folder),
        "BOT_MESSAGE_RATE": RATE,
    }
    command = [str(Path(sys.executable).with_name("bot")), "serve"]
    with Process(command, environment, folder / "service.log") as process:
        seconds = process.wait_until(answers(f"http://127.0.0.1:{port}/readyz"))
        yield Running(Service(port), seconds, (process,))


@contextmanager
def stock_rasa(folder: Path, settings: Settings, model: Path, name: str) -> Iterator[Running]:
    """Start stock Rasa on `model`, and its action server."""
    root = Path.cwd()
    port, actions = free_port(), free_port()
    endpoints, credentials = folder / "endpoints.yml", folder / "credentials.yml"
    endpoints.write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions}/webhook\n", "utf-8")
    credentials.write_text("rest:\n", "utf-8")
    environment = QUIET | {
        "PYTHONPATH": str(root),
        "BOT_MODELS": str(settings.models.resolve()),
        "BOT_VAR": str(folder),
    }
    with ExitStack() as stack:
        server = stack.enter_context(
            Process(
                [sys.executable, "-m", "benchmarks.stock_actions", str(actions)],
                environment,
                folder / "actions.log",
            )
        )
        rasa = stack.enter_context(
            Process(
                [
                    *(str(settings.rasa_python.absolute()), "-m", "rasa", "run", "--model", str(model)),
                    *("-i", "127.0.0.1", "-p", str(port)),
                    *("--endpoints", str(endpoints), "--credentials", str(credentials)),
                ],
                environment,
                folder / "rasa.log",
            )
        )
        seconds = max(
            rasa.wait_until(answers(f"http://127.0.0.1:{port}/webhooks/rest/")),
            server.wait_until(answers(f"http://127.0.0.1:{actions}/health")),
        )
        yield Running(StockRasa(name, port), seconds, (rasa, server))
