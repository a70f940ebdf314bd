"""The whole product as a customer meets it: `bot serve` with its real Rasa, FAQ release and database."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.serving import Running, free_port

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120.0
STOP_SECONDS = 15.0
LOG_LINES = 30
# Where the artefacts lie is told to the tests as it is told to the service; all else is the tests' own.
ARTEFACTS = ("BOT_MODELS", "BOT_ENCODER", "BOT_RASA_PYTHON")


def until(look: Callable[[], T], seconds: float = 30.0, what: str = "") -> T:
    """The first true value of `look()`. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what or look} did not come true within {seconds:g} s")
        time.sleep(0.02)
    return found


class Stack:
    """One service on free ports with its data in `folder`; it can be killed and started again on them.

    `settings` are environment variables without BOT_. Starting fails with what the service says is missing.
    """

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.var = folder / "var"
        self.port, self.rasa_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """For the command `bot` on this stack's data."""
        own = {
            "var": self.var,
            "port": self.port,
            "rasa_port": self.rasa_port,
            "faq": ROOT / "data" / "faq",
            "hours": "00:00-24:00",
            **self.settings,
        }
        return {
            "BOT_MODELS": str(ROOT / "models"),
            "BOT_RASA_PYTHON": str(ROOT / ".venv-rasa" / "bin" / "python"),
            **{n: v for n, v in os.environ.items() if n in ARTEFACTS or not n.startswith("BOT_")},
            **{f"BOT_{name.upper()}": str(value) for name, value in own.items()},
            "OMP_NUM_THREADS": "1",
        }

    def start(self, *, wait: bool = True) -> None:
        """Run `bot serve` and wait until it is ready. Raises RuntimeError with what it said when it ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "said").open("ab") as said, (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                bot_command("serve"), cwd=self.folder, env=self.environment, stdout=said, stderr=log
            )
        if wait:
            until(self.ready, START_SECONDS, "the service's readiness")

    def ready(self) -> bool:
        """Whether messages are handled and Rasa answers."""
        assert self._process is not None, "start it first"
        if self._process.poll() is not None:
            tail = "\n".join(self.log.splitlines()[-LOG_LINES:])
            raise RuntimeError(f"`bot serve` ended with {self._process.returncode}; it said:\n{tail}")
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def pid(self) -> int:
        """Of the service itself."""
        assert self._process is not None, "start it first"
        return self._process.pid

    @property
    def rasa_pid(self) -> int | None:
        """Of the Rasa process that the service started."""
        listing = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,args="], text=True, capture_output=True, check=True
        ).stdout
        for line in listing.splitlines():
            pid, parent, arguments = line.split(maxsplit=2)
            if int(parent) == self.pid and "bot.nlu.launcher" in arguments:
                return int(pid)
        return None

    def kill(self) -> None:
        """`kill -9` of the service."""
        assert self._process is not None, "start it first"
        self._process.kill()
        self._process.wait(STOP_SECONDS)

    def kill_rasa(self) -> int:
        """`kill -9` of its Rasa; returns the pid."""
        pid = until(lambda: self.rasa_pid or 0, what="a Rasa process")
        os.kill(pid, signal.SIGKILL)
        return pid

    @contextmanager
    def held_rasa(self) -> Iterator[None]:
        """Rasa does nothing inside the block, and goes on after it."""
        pid = until(lambda: self.rasa_pid or 0, what="a Rasa process")
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            # The test may have killed it.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        """SIGTERM, and wait for the end."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def said(self) -> str:
        """What it printed for the person at the terminal."""
        return (self.folder / "said").read_text("utf-8")

    @property
    def log(self) -> str:
        """What it and its Rasa logged."""
        return (self.folder / "log").read_text("utf-8")

    @property
    def password(self) -> str:
        """The administrator's first password, which the first start prints."""
        found = re.search(r"初始密码 (\S+?)（", self.said)
        assert found is not None, self.said
        return found[1]

    @property
    def token(self) -> str:
        """The secret that Rasa and the command line show to the service."""
        running = Running.find(self.var)
        assert running is not None, "the service does not run"
        return running.token

    def bot(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `bot` on this stack's data, without the log of a developer."""
        return subprocess.run(
            bot_command(*arguments),
            cwd=self.folder,
            env={**self.environment, "BOT_LOG_LEVEL": "INFO"},
            text=True,
            capture_output=True,
            timeout=120,
            check=False,
        )

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Look into the service's database, without changing it."""
        return _rows(self.var / "bot.db", query, values)

    def tracked(self, conversation: str) -> list[dict[str, Any]]:
        """The events of Rasa's tracker of the conversation's first episode: type_name and data (JSON)."""
        query = "SELECT type AS type_name, data FROM tracker_events WHERE sender_id = ? ORDER BY number"
        return _rows(self.var / "rasa.db", query, (f"{conversation}-1",))

    @contextmanager
    def no_commits(self) -> Iterator[None]:
        """Nobody else can write to the service's database inside the block."""
        with closing(sqlite3.connect(self.var / "bot.db", isolation_level=None, timeout=10)) as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                database.execute("ROLLBACK")


def _rows(path: Path, query: str, values: Sequence[object]) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query, tuple(values))]


def bot_command(*arguments: str) -> list[str]:
    """The command line of `bot`, as it stands beside the interpreter that runs the tests."""
    return [str(Path(sys.executable).parent / "bot"), *arguments]


@contextmanager
def running_stack(folder: Path, **settings: object) -> Iterator[Stack]:
    """A started service that is stopped at the end of the block, whatever happened to it."""
    stack = Stack(folder, **settings)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
