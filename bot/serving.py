"""`bot serve`: everything is checked first, then the service runs until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import secrets
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from bot.channels.frames import FRAME_LIMIT
from bot.config import Settings
from bot.errors import ConfigurationError
from bot.model_watch import ModelWatch, load_in_rasa
from bot.nlu.train import RasaProject, current_model
from bot.supervisor import RasaCommand, RasaSupervisor

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
STOP_SECONDS = 5
# A Rasa that was just killed may hold its port for a moment.
PORT_SECONDS = 3.0


Stop = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Frame:
    """What the application needs of the process that it runs in.

    `at_stop` receives what is to be awaited before the listeners close.
    """

    process: RasaSupervisor
    token: str
    announce: Callable[[str], None]
    ready: Callable[[], None]
    at_stop: Callable[[Stop], None]


Build = Callable[[Settings, Frame], FastAPI]


@dataclass(frozen=True)
class Running:
    """Where a running service is found by the commands of the same folder; kept in BOT_VAR/serve.json."""

    pid: int
    url: str
    token: str

    @classmethod
    def find(cls, folder: Path) -> Running | None:
        """The service that runs on the data in `folder`, if there is one."""
        try:
            running = cls(**json.loads((folder / "serve.json").read_text("utf-8")))
            os.kill(running.pid, 0)
        except (OSError, ValueError, TypeError):
            return None
        return running

    def write(self, folder: Path) -> None:
        """Readable by the owner only: it holds the internal token."""
        path = folder / "serve.json"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(self), file)


def rasa_project(settings: Settings) -> RasaProject:
    """Where Rasa finds its things."""
    return RasaProject(ROOT, settings.rasa_python, settings.models)


async def serve(settings: Settings, build: Build, announce: Callable[[str], None]) -> None:
    """Check, start, and serve until SIGINT or SIGTERM. Raises ConfigurationError."""
    # The server raises the signal again when it has stopped; the rest still has to be put in order then.
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    async with running_service(settings, build, announce) as (server, task):
        url = server_url(settings)
        announce(f"服务已就绪，按 Ctrl+C 停止。\n  商城示例页  {url}/\n  客服工作台  {url}/console/")
        while not task.done():
            await asyncio.wait((task,), timeout=1.0)
        server.should_exit = True


@contextlib.asynccontextmanager
async def running_service(
    settings: Settings, build: Build, announce: Callable[[str], None]
) -> AsyncIterator[tuple[uvicorn.Server, asyncio.Task[None]]]:
    """The service with its Rasa, ready to answer inside the `with` block. Raises ConfigurationError."""
    with only_one(settings.var):
        listeners = bind(settings.host, settings.port)
        wait_for_port(settings.rasa_port)
        token, up, stops = secrets.token_urlsafe(32), asyncio.Event(), list[Stop]()
        project = rasa_project(settings)
        model = current_model(project).absolute()
        supervisor = RasaSupervisor(
            RasaCommand(
                python=settings.rasa_python,
                root=ROOT,
                model=model,
                models=settings.models,
                port=settings.rasa_port,
                actions=f"http://{LOOPBACK}:{settings.port}/internal/actions",
                tracker=settings.var / "rasa.db",
                token=token,
            )
        )
        config = uvicorn.Config(
            build(settings, Frame(supervisor, token, announce, up.set, stops.append)),
            log_config=None,
            access_log=False,
            server_header=False,
            ws_max_size=16 * FRAME_LIMIT,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        server = _Server(config, stops)
        task = asyncio.create_task(server.serve(sockets=listeners))
        rasa = f"http://{LOOPBACK}:{settings.rasa_port}"
        watch = ModelWatch(
            lambda: current_model(project).absolute(),
            partial(load_in_rasa, rasa, token),
            supervisor.start_with,
            model,
        )
        watching: asyncio.Task[None] | None = None
        try:
            await _until_ready(task, up)
            watching = asyncio.create_task(watch.run())
            Running(os.getpid(), server_url(settings), token).write(settings.var)
            yield server, task
        finally:
            if watching is not None:
                watching.cancel()
            (settings.var / "serve.json").unlink(missing_ok=True)
            server.should_exit = True
            await task


class _Server(uvicorn.Server):
    """Ends the turns before the listeners close: actions could no longer call back, and turns would fail."""

    def __init__(self, config: uvicorn.Config, stops: Sequence[Stop]) -> None:
        super().__init__(config)
        self._stops = stops

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        for stop in self._stops:
            await stop()
        await super().shutdown(sockets)


async def _until_ready(task: asyncio.Task[None], up: asyncio.Event) -> None:
    ready = asyncio.create_task(up.wait())
    await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        ready.cancel()
        await task
        raise ConfigurationError("the service ended before it was ready, see the log above")


def server_url(settings: Settings) -> str:
    """The address for a browser on this machine."""
    host = LOOPBACK if settings.host in ("0.0.0.0", "::", "localhost") else settings.host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock inside the block. Raises ConfigurationError when another service has it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "serve.lock").open("w")
    except OSError as error:
        raise ConfigurationError(f"BOT_VAR {folder} cannot be written: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigurationError(f"another service already runs on the data in {folder}") from error
        yield


def bind(host: str, port: int) -> list[socket.socket]:
    """The listening sockets: `host`, and loopback as well, because Rasa calls back there.

    Raises ConfigurationError when the port is taken or the address is not of this machine.
    """
    addresses = [host] if host in (LOOPBACK, "localhost", "0.0.0.0") else [host, LOOPBACK]  # noqa: S104
    listeners = []
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by every connection; without it each answer waits 40 ms for a delayed acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            listener.bind((address, port))
            listener.listen(2048)
        except OSError as error:
            listener.close()
            reason = error.strerror or str(error)
            raise ConfigurationError(
                f"cannot listen on {address} port {port} ({reason}): stop what uses it, or set BOT_PORT"
            ) from error
        listeners.append(listener)
    return listeners


def wait_for_port(port: int) -> None:
    """Make sure that Rasa will get its port. Raises ConfigurationError when it stays taken."""
    deadline = time.monotonic() + PORT_SECONDS
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError as error:
                if time.monotonic() > deadline:
                    raise ConfigurationError(
                        f"port {port} is taken, which Rasa needs: stop what uses it, or set BOT_RASA_PORT"
                    ) from error
            else:
                return
        time.sleep(0.1)


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
