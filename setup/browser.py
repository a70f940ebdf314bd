"""The browser and the Chinese font that the browser tests need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List, Mapping, Optional

from setup.problem import Problem
from setup.step import Command

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
_BY_HAND = (
    "the browser tests need {what}: install it (Debian, Ubuntu: sudo apt-get install {packages})"
    "{alternative}, then run it again."
)


def find(environ: Mapping[str, str]) -> Optional[Path]:
    """The Chromium that the tests will start; raises Problem when BOT_CHROMIUM names none."""
    chosen = environ.get("BOT_CHROMIUM")
    if chosen:
        found = shutil.which(chosen)
        if found is None:
            raise Problem(f"BOT_CHROMIUM={chosen} is not a program.")
        return Path(found)
    for name in _NAMES:
        on_path = shutil.which(name)
        if on_path:
            return Path(on_path)
    return _MAC if _MAC.exists() else None


def commands(environ: Mapping[str, str]) -> List[Command]:
    """What installs the missing parts; empty when nothing is missing, Problem when a person has to do it."""
    packages = [] if find(environ) else ["chromium"]
    if not _shows_chinese():
        packages.append("fonts-noto-cjk")
    if not packages:
        return []
    if not shutil.which("apt-get") or os.geteuid() != 0:
        what = " and ".join(
            {"chromium": "Chromium", "fonts-noto-cjk": "a Chinese font"}[name] for name in packages
        )
        alternative = ", or name a Chromium in BOT_CHROMIUM" if "chromium" in packages else ""
        raise Problem(_BY_HAND.format(what=what, packages=" ".join(packages), alternative=alternative))
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    return [
        Command(("apt-get", "update", "-q"), quiet),
        Command(
            ("apt-get", "install", "-y", "-q", "--no-install-recommends", "fontconfig", *packages), quiet
        ),
    ]


def _shows_chinese() -> bool:
    if sys.platform != "linux":
        return True
    try:
        answer = subprocess.run(
            ["fc-list", ":lang=zh"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(answer.stdout.strip())
