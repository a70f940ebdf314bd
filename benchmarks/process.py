"""Processes that a benchmark starts, watches and stops again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import httpx
import psutil

START_SECONDS = 180.0


class Stopped(Exception):
    """A process ended or did not become ready; the text holds the end of its log."""


def answers(url: str) -> Callable[[], bool]:
    """A check that `url` answers 200."""

    def check() -> bool:
        try:
            return httpx.get(url, timeout=2.0, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    return check


class Process:
    """One process with its children, in a process group of its own; use it as a context manager."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._command = list(command)
        self._environment = {**os.environ, **environment}
        self._log = log

    def __enter__(self) -> Process:
        self._started = time.perf_counter()
        with self._log.open("wb") as out:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def wait_until(self, ready: Callable[[], bool]) -> float:
        """Seconds from the start until `ready`. Raises Stopped."""
        while not ready():
            if self._process.poll() is not None:
                raise Stopped(f"{self._command[:4]} ended with {self._process.returncode}:\n{self._tail()}")
            if time.perf_counter() - self._started > START_SECONDS:
                raise Stopped(
                    f"{self._command[:4]} is not ready after {START_SECONDS:.0f} s:\n{self._tail()}"
                )
            time.sleep(0.1)
        return time.perf_counter() - self._started

    def megabytes(self) -> float:
        """Memory of the process and its children: proportional set size where the system tells it."""
        root = psutil.Process(self._process.pid)
        total = 0
        for process in (root, *root.children(recursive=True)):
            memory = process.memory_full_info()
            total += getattr(memory, "pss", memory.rss)
        return total / 1e6

    def _tail(self) -> str:
        return "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-15:])
