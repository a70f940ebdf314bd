"""Makes the two environments: with uv, which is fetched through pip, or with pip where uv cannot be had."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from setup import interpreter, package_index
from setup.problem import NOT_ON_INDEX, Problem, diagnose
from setup.runner import STATE
from setup.step import Command

_OLDEST_UV = (0, 5)
_NO_TOOL = (
    "neither uv nor pip is on this machine: install one of them (Debian, Ubuntu: apt-get install python3-pip "
    "python3-venv), then run it again."
)
_NO_SERVICE_PYTHON = (
    "the service needs Python 3.11, 3.12 or 3.13 and none runs here: install one (uv python install 3.11, "
    "pyenv install 3.11, or your system's package), or name one with PYTHON311=/path/to/python."
)
_NO_RASA_PYTHON = (
    "Rasa needs Python 3.10, its last version, and none runs here: install it beside your Python "
    "(uv python install 3.10, pyenv install 3.10, conda create -n py310 python=3.10, or your system's "
    "package), or name one with PYTHON310=/path/to/python3.10."
)


class Installer:
    """Knows how packages are installed on this machine. Cheap to make: it looks around when first asked."""

    def __init__(self, root: Path, say: Callable[[str], None]) -> None:
        self._root = root
        self._say = say
        self._uv: Optional[str] = None
        self._settings: Dict[str, str] = {}
        self._environment: Dict[str, str] = {}
        self._service: Optional[Path] = None
        self._rasa: Optional[Path] = None

    def prepare(self, service: bool, rasa: bool) -> None:
        """Find the interpreters that are needed, and uv; raises Problem when one is missing."""
        own = Path(sys.executable)
        self._service = interpreter.find(interpreter.SERVICE_VERSIONS, "PYTHON311") if service else None
        self._settings = package_index.pip_settings(self._service or own)
        self._environment = package_index.uv_environment(self._settings, os.environ)
        self._uv = self._find_uv([python for python in (self._service, own) if python])
        self._rasa = interpreter.find(interpreter.RASA_VERSIONS, "PYTHON310") if rasa else None
        if service and self._service is None:
            self._service = self._managed(interpreter.SERVICE_VERSIONS[0], "PYTHON311", _NO_SERVICE_PYTHON)
        if rasa and self._rasa is None:
            self._rasa = self._managed(interpreter.RASA_VERSIONS[0], "PYTHON310", _NO_RASA_PYTHON)

    def service_commands(self) -> Sequence[Command]:
        """Make `.venv` with everything that service.lock names, and the project itself."""
        assert self._service is not None
        lock = "requirements/service.lock"
        return [
            self._make(self._service, ".venv"),
            *self._torch(lock),
            self._install(".venv", "-r", lock),
            self._install(".venv", "--no-deps", "--no-build-isolation", "-e", "."),
        ]

    def rasa_commands(self) -> Sequence[Command]:
        """Make `.venv-rasa`; its lock leaves out what Rasa asks for but never imports here."""
        assert self._rasa is not None
        # Rasa imports thousands of modules before it listens: they are compiled now, beside the encoder.
        # The service needs few of its packages, and Python compiles those when they are first imported.
        compiled = ("--compile-bytecode",) if self._uv else ()
        return [
            self._make(self._rasa, ".venv-rasa"),
            self._install(".venv-rasa", "--no-deps", *compiled, "-r", "requirements/rasa.lock"),
        ]

    def lock_commands(self) -> Sequence[Command]:
        """Resolve both `.in` files again; the locks are written by uv without where anything came from."""
        if self._uv is None:
            raise Problem(
                "make lock needs uv, and it could not be fetched with pip: install uv, then run it again."
            )
        plain = (
            "--quiet",
            "--upgrade",
            "--no-header",
            "--no-annotate",
            "--no-emit-index-url",
            "--no-emit-find-links",
        )
        return [
            self._command(
                self._uv, "pip", "compile", *plain, "--python", str(self._service), "requirements/service.in",
                "-o", f"{STATE}/service.lock",
            ),
            self._command(
                self._uv, "pip", "compile", *plain, "--python", str(self._rasa), "requirements/rasa.in",
                "--override", "requirements/rasa.overrides", "-o", f"{STATE}/rasa.lock",
            ),
        ]  # fmt: skip

    def _make(self, python: Path, folder: str) -> Command:
        if self._uv:
            return self._command(self._uv, "venv", "--clear", "--python", str(python), folder)
        return self._command(str(python), "-m", "venv", "--clear", folder)

    def _install(self, folder: str, *what: str, may_fail: bool = False) -> Command:
        python = f"{folder}/bin/python"
        if self._uv:
            words: Tuple[str, ...] = (self._uv, "pip", "install", "--python", python)
        else:
            words = (python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check")
        return self._command(*words, *what, may_fail=may_fail)

    def _torch(self, lock: str) -> List[Command]:
        """The CPU build of torch, installed ahead of the rest wherever it can be had."""
        assert self._service is not None
        if sys.platform != "linux":
            return []
        pins = re.findall(r"^torch==\S+$", (self._root / lock).read_text(), re.M)
        chosen = os.environ.get("TORCH_INDEX")
        if chosen:
            return [self._install(".venv", "--no-deps", "--index-url", chosen, *pins)]
        python_version = interpreter.version(self._service) or ""
        if package_index.has_cpu_torch(self._settings, python_version):
            return []
        if self._uv is None:
            self._say(
                "    torch comes with its CUDA libraries, some 3 GB; TORCH_INDEX=<CPU index> avoids that"
            )
            return []
        attempt = self._install(".venv", "--no-deps", "--torch-backend", "cpu", *pins, may_fail=True)
        quick = {**attempt.environment, "UV_HTTP_TIMEOUT": "20", "UV_HTTP_RETRIES": "1"}
        return [Command(attempt.words, quick, may_fail=True)]

    def _command(self, *words: str, may_fail: bool = False) -> Command:
        return Command(tuple(words), self._environment, may_fail=may_fail)

    def _find_uv(self, pythons: Sequence[Path]) -> Optional[str]:
        own = self._root / STATE / "uv"
        for candidate in (shutil.which("uv"), str(own / "bin" / "uv")):
            if candidate and _uv_version(candidate) >= _OLDEST_UV:
                return candidate
        pins = (self._root / "requirements" / "setup.lock").read_text().split()
        self._say("fetching uv, the installer …")
        log, code, pip_runs = "", 0, False
        for python in pythons:
            answer = subprocess.run(
                [str(python), "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(own), *pins],
                env={**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            if answer.returncode == 0 and _uv_version(str(own / "bin" / "uv")) >= _OLDEST_UV:
                return str(own / "bin" / "uv")
            if "No module named pip" not in answer.stdout:
                log, code, pip_runs = answer.stdout, answer.returncode, True
        sentence = diagnose(log, code)
        if sentence not in (None, NOT_ON_INDEX):
            raise Problem(f"uv, the installer, could not be fetched: {sentence}")
        if not pip_runs:
            raise Problem(_NO_TOOL)
        self._say("    uv cannot be had here; going on with pip, which takes longer")
        return None

    def _managed(self, wanted: str, override: str, otherwise: str) -> Path:
        """An interpreter that uv fetches by itself, or Problem(otherwise)."""
        if self._uv:
            self._say(f"no Python {wanted} on this machine; asking uv for one …")
            subprocess.run(
                [self._uv, "python", "install", "--no-bin", wanted],
                env={**os.environ, **self._environment, "UV_HTTP_RETRIES": "1"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            found = interpreter.find((wanted,), override)
            if found:
                return found
        raise Problem(otherwise)


def _uv_version(program: str) -> Tuple[int, ...]:
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
    return (int(match.group(1)), int(match.group(2))) if match else ()
