"""Finds the Python interpreters that the two environments are made from."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, Optional, Sequence

from setup.problem import Problem

# 3.11 comes first: some package folders hold the CPU build of torch for that version only.
SERVICE_VERSIONS = ("3.11", "3.12", "3.13")
RASA_VERSIONS = ("3.10",)

_PROBE = "import sys; print('%d.%d %s' % (sys.version_info[0], sys.version_info[1], sys.implementation.name))"


def find(versions: Sequence[str], override: str) -> Optional[Path]:
    """The first interpreter that really runs and is one of `versions`, best version first.

    `override` names an environment variable that a person sets to an interpreter of their choice;
    raises Problem when it is set to something else than such an interpreter.
    """
    chosen = os.environ.get(override)
    if chosen:
        found = shutil.which(chosen)
        if found is None or version(Path(found)) not in versions:
            raise Problem(f"{override}={chosen} is not a Python {' or '.join(versions)} that runs here.")
        return Path(found)
    for wanted in versions:
        for candidate in _candidates(wanted):
            if version(candidate) == wanted:
                return candidate
    return None


def version(interpreter: Path) -> Optional[str]:
    """`major.minor` of a CPython that runs, None for a shim without a version behind it or a broken one."""
    try:
        answer = subprocess.run(
            [str(interpreter), "-I", "-c", _PROBE], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = answer.stdout.split()
    return words[0] if answer.returncode == 0 and words[1:] == ["cpython"] else None


def _candidates(wanted: str) -> Iterator[Path]:
    home = Path.home()
    name = f"python{wanted}"
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)
    yield Path(sys.executable)
    pyenv = os.environ.get("PYENV_ROOT") or str(home / ".pyenv")
    managed = os.environ.get("UV_PYTHON_INSTALL_DIR") or str(home / ".local/share/uv/python")
    patterns = [
        f"{pyenv}/versions/{wanted}.*/bin/{name}",
        f"{managed}/cpython-{wanted}*/bin/{name}",
        f"/usr/bin/{name}",
        f"/usr/local/bin/{name}",
        f"/opt/homebrew/opt/python@{wanted}/bin/{name}",
        f"/usr/local/opt/python@{wanted}/bin/{name}",
        f"{home}/.asdf/installs/python/{wanted}.*/bin/{name}",
        f"{home}/.local/share/mise/installs/python/{wanted}*/bin/{name}",
    ]
    for conda in (
        os.environ.get("CONDA_PREFIX"),
        *(f"{home}/{d}3" for d in ("miniconda", "anaconda", "miniforge")),
    ):
        if conda:
            patterns += [f"{conda}/bin/{name}", f"{conda}/envs/*/bin/{name}"]
    patterns += [f"/opt/conda/bin/{name}", f"/opt/conda/envs/*/bin/{name}"]
    for pattern in patterns:
        for path in sorted(glob.glob(pattern), reverse=True):
            yield Path(path)
