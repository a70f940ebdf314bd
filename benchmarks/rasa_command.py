"""Rasa's own command line in its own environment."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.process import Stopped

QUIET = {
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONWARNINGS": "ignore",
}


class OutOfTime(Stopped):
    """A command took more processor time than it was given."""


def call(command: Sequence[str], folder: Path, seconds: int | None = None) -> None:
    """Run a command in `folder` to its end.

    Raises Stopped with the end of its output when it fails, OutOfTime after `seconds` of processor time,
    which other load on the machine does not shorten.
    """

    def limit() -> None:
        if seconds is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))

    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **QUIET},
        text=True,
        capture_output=True,
        check=False,
        preexec_fn=limit,
    )
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL) and seconds is not None:
        raise OutOfTime(f"{' '.join(command[1:4])} did not end within {seconds} s")
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise Stopped(f"{' '.join(command[1:4])} ended with {done.returncode}:\n{tail}")
