"""Rasa's own command line in its own environment."""

from __future__ import annotations

import os
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


def call(command: Sequence[str], folder: Path) -> None:
    """Run a command in `folder` to its end. Raises Stopped with the end of its output when it fails."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **QUIET}, text=True, capture_output=True, check=False
    )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise Stopped(f"{' '.join(command[1:4])} ended with {done.returncode}:\n{tail}")
