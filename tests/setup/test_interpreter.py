from __future__ import annotations

import sys
from pathlib import Path

import pytest

from setup import interpreter
from setup.problem import Problem

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any interpreter in the usual places of a person."""
    for name in ("CONDA_PREFIX", "PYTHON310", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_shim_without_a_version_behind_it_is_passed_over(bare: Path) -> None:
    program(bare / "bin" / "python7.1", "echo 'command not found' >&2; exit 127")
    behind = bare / ".pyenv" / "versions" / "7.1.4" / "bin" / "python7.1"
    program(behind, "echo 7.1 cpython")
    assert interpreter.find(("7.1",), "PYTHON310") == behind


def test_another_implementation_or_version_is_not_taken(bare: Path) -> None:
    program(bare / "bin" / "python7.1", "echo 7.1 pypy")
    program(bare / ".pyenv" / "versions" / "7.1.4" / "bin" / "python7.1", "echo 7.2 cpython")
    assert interpreter.find(("7.1",), "PYTHON310") is None


def test_versions_are_taken_in_the_order_of_preference(bare: Path) -> None:
    program(bare / "bin" / "python7.1", "echo 7.1 cpython")
    program(bare / "bin" / "python7.2", "echo 7.2 cpython")
    assert interpreter.find(("7.2", "7.1"), "PYTHON310") == bare / "bin" / "python7.2"


def test_a_chosen_interpreter_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON310", sys.executable)
    assert interpreter.find((HERE,), "PYTHON310") == Path(sys.executable)


@pytest.mark.parametrize("choice", ["/no/such/python", sys.executable])
def test_a_wrong_choice_is_named(monkeypatch: pytest.MonkeyPatch, choice: str) -> None:
    monkeypatch.setenv("PYTHON310", choice)
    with pytest.raises(Problem, match=f"PYTHON310={choice} is not a Python 3.10"):
        interpreter.find(("3.10",), "PYTHON310")
