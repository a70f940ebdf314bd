"""The trackers' store gives back what Rasa's own gives back, whatever happened in between."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_conversations_are_as_in_rasas_own_store(tmp_path: Path, seed: int) -> None:
    done = subprocess.run(
        [
            str(ROOT / ".venv-rasa" / "bin" / "python"),
            str(ROOT / "tests" / "nlu" / "tracker_walk.py"),
            *(str(tmp_path / "rasa.db"), str(seed)),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) == 300
