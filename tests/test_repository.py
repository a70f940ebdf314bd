"""What must hold for every file that is kept in the repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
# Where packages come from is the business of the machine, not of the repository.
PACKAGE_SOURCE = re.compile(
    r"(index-url|find-links|registry|trusted-host)[\s=:\"']+(https?|file)://(?!\S*\.example\b)", re.I
)
HOME = re.compile(r"(?<![\w./-])/(home|Users)/\w+/")


def kept() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_package_source_or_a_machine() -> None:
    here = (f"{ROOT}/", f"{Path.home()}/")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in kept()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if PACKAGE_SOURCE.search(line) or HOME.search(line) or any(place in line for place in here)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["service", "rasa", "setup"])
def test_locks_hold_names_and_versions_only(name: str) -> None:
    lines = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8").splitlines()
    assert lines == sorted(lines, key=lambda line: line.split("==")[0])
    for line in lines:
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]*==[0-9][0-9a-z.]*", line), line


@pytest.mark.parametrize("name", ["service", "rasa"])
def test_every_wanted_package_is_locked(name: str) -> None:
    folder = ROOT / "requirements"
    locked = {line.split("==")[0] for line in (folder / f"{name}.lock").read_text(encoding="utf-8").split()}
    wanted = [
        re.split(r"[\[=<>~! ;]", line)[0].lower().replace("_", "-")
        for line in (folder / f"{name}.in").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert wanted
    assert not set(wanted) - locked


def test_web_lock_names_no_address() -> None:
    assert '"resolved"' not in (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")


def test_files_stay_readable() -> None:
    code = [path for path in kept() if path.suffix in {".py", ".ts", ".vue"}]
    long = {str(path.relative_to(ROOT)): len(text_of(path).splitlines()) for path in code}
    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}
