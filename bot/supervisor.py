"""Starts the Rasa process, watches it, and takes it along when the service ends, however it ends."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import ConfigurationError

logger = logging.getLogger(__name__)

# Pauses before a restart; a process that ran for a while starts again from the first.
PAUSES = (0.2, 1.0, 2.0, 5.0, 10.0)
HEALTHY_SECONDS = 60.0
STOP_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True)
class RasaCommand:
    """How Rasa is started. `tracker`: SQLite file of its trackers, `actions`: the URL that it calls back."""

    python: Path
    root: Path
    model: Path
    models: Path
    port: int
    actions: str
    tracker: Path
    token: str

    @property
    def arguments(self) -> Sequence[str]:
        """The command line."""
        return (
            str(self.python.absolute()),
            "-m",
            "bot.nlu.launcher",
            "serve",
            "--model",
            str(self.model.absolute()),
            "--port",
            str(self.port),
            "--actions",
            self.actions,
            "--tracker",
            str(self.tracker.absolute()),
        )

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment; the token is passed here because command lines can be read by everybody."""
        return {
            **os.environ,
            "BOT_INTERNAL_TOKEN": self.token,
            "BOT_MODELS": str(self.models.absolute()),
            "OMP_NUM_THREADS": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",
        }


class RasaSupervisor:
    """Keeps one Rasa process running. Raises ConfigurationError when its interpreter is missing."""

    def __init__(self, command: RasaCommand) -> None:
        if not command.python.exists():
            raise ConfigurationError(f"BOT_RASA_PYTHON {command.python} does not exist: run `make run` first")
        self._command = command
        self.pid: int | None = None

    def start_with(self, model: Path) -> None:
        """The model of the next start."""
        self._command = replace(self._command, model=model)

    async def run(self) -> None:
        """Start it, and start it again whenever it ends, until cancelled."""
        failures = 0
        while True:
            started = time.monotonic()
            code = await self._once()
            failures = 0 if time.monotonic() - started > HEALTHY_SECONDS else failures + 1
            pause = PAUSES[min(failures, len(PAUSES) - 1)]
            logger.error("Rasa ended with code %s; starting it again in %g s", code, pause)
            await asyncio.sleep(pause)

    async def _once(self) -> int:
        process = await asyncio.create_subprocess_exec(
            *self._command.arguments,
            cwd=self._command.root,
            env=dict(self._command.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=_LONGEST_LINE,
            # Its own session: Ctrl+C in the terminal reaches the service, which then stops Rasa in order.
            start_new_session=True,
            preexec_fn=_follow_parent(),
        )
        self.pid = process.pid
        assert process.stdout is not None
        relay = asyncio.create_task(_relay(process.stdout))
        try:
            return await process.wait()
        finally:
            self.pid = None
            await _stop(process)
            relay.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await relay


async def _relay(stream: asyncio.StreamReader) -> None:
    """Rasa's output goes through the service's log, which masks personal data.

    Its libraries' deprecation warnings (a line and its indented source) are for nobody here.
    """
    log, in_warning = logging.getLogger("rasa"), False
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            # A line beyond the limit was thrown away; the next one is readable again.
            continue
        if not line:
            return
        text = line.decode("utf-8", "replace").rstrip()
        in_warning = "Warning: " in text or (in_warning and text.startswith(" "))
        log.log(logging.DEBUG if in_warning else logging.WARNING, "%s", text)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _follow_parent() -> Callable[[], None] | None:
    """Runs in the child before Rasa does: Linux then kills it when the service dies, also by kill -9."""
    if not sys.platform.startswith("linux"):
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def follow() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return follow
