"""`python3 -m setup GOAL`: what the Makefile calls. It needs no package and any Python from 3.8 on."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Sequence, Set

from setup import browser, plan
from setup.installer import Installer
from setup.problem import Problem
from setup.runner import STATE, Runner, stop_on_termination

ROOT = Path(__file__).resolve().parent.parent
SERVING = (plan.ENCODER, plan.FAQ, plan.NLU, plan.WEB)
# What would make Python and its children behave differently from one machine to the next.
_UNWANTED = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX")
_BUILT = (
    ".venv", ".venv-rasa", STATE, "models", "web/dist", "web/node_modules", "test-results", "build",
    ".rasa", ".mypy_cache", ".ruff_cache", ".pytest_cache",
)  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` ask; returns the exit status, 1 after a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python3 -m setup", description=__doc__)
    parser.add_argument("goal", choices=sorted(_GOALS))
    goal = parser.parse_args(arguments).goal
    os.chdir(str(ROOT))
    stop_on_termination()
    for name in _UNWANTED:
        os.environ.pop(name, None)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    try:
        _GOALS[goal]()
    except Problem as problem:
        print(f"make {goal}: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nmake {goal}: interrupted; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


def run() -> None:
    """Set up what is missing, then become the service."""
    environ = _environ()
    _check_port(environ.get("BOT_HOST", "127.0.0.1"), environ.get("BOT_PORT", "8000"))
    setup()
    bot = ROOT / ".venv" / "bin" / "bot"
    os.execv(str(bot), [str(bot), "serve"])


def setup() -> None:
    """Set up everything that serving needs."""
    _set_up(SERVING)


def test() -> None:
    """The tests of the web pages, then those of everything else with a browser."""
    _set_up(SERVING, with_browser=True)
    found = browser.find(_environ())
    os.environ["BOT_CHROMIUM"] = str(found)
    _all_pass([(["npm", "test"], "web"), ([".venv/bin/python", "-m", "pytest"], ".")])


def check() -> None:
    """Formatter, linter, strict types, the same for the web pages, and the docs against the code."""
    _set_up((plan.SERVICE, plan.WEB_PACKAGES))
    python = [".venv/bin/python", "-m"]
    consistency = ["tests/test_imports.py", "tests/test_documentation.py", "tests/test_repository.py"]
    _all_pass(
        [
            ([*python, "ruff", "format", "--check", "."], "."),
            ([*python, "ruff", "check", "."], "."),
            ([*python, "mypy"], "."),
            (["npm", "run", "check"], "web"),
            ([*python, "pytest", "-q", *consistency], "."),
        ]
    )


def bench() -> None:
    """The benchmark against stock Rasa, on one table."""
    _set_up(SERVING)
    _all_pass([([".venv/bin/python", "-m", "benchmarks"], ".")])


def lock() -> None:
    """Resolve the versions anew; the locks name packages and versions, never where they came from."""
    installer = Installer(ROOT, print)
    (ROOT / STATE).mkdir(exist_ok=True)
    installer.prepare(service=True, rasa=True)
    for command in installer.lock_commands():
        if subprocess.run(command.words, env={**os.environ, **command.environment}, check=False).returncode:
            raise Problem("the versions could not be resolved; uv says why above.")
    for name in ("service.lock", "rasa.lock"):
        lines = (ROOT / STATE / name).read_text().splitlines()
        # The CPU and the CUDA build of torch share a version; what only the CUDA build asks for stays out.
        pins = [
            re.sub(r"\+cpu$", "", line) for line in lines if not re.match(r"(nvidia-|cuda-|triton==)", line)
        ]
        (ROOT / "requirements" / name).write_text("\n".join(pins) + "\n")
        print(f"requirements/{name}: {len(pins)} packages")


def clean() -> None:
    """Remove everything that was built; the data in var/ stays."""
    for name in _BUILT:
        path = ROOT / name
        if path.is_dir():
            shutil.rmtree(str(path))


def _set_up(names: Sequence[str], with_browser: bool = False) -> None:
    environ = _environ()
    runner = Runner(ROOT, environ)
    installer = Installer(ROOT, runner.say)
    steps = plan.chosen(plan.steps(environ, installer), names)
    if with_browser and browser.commands(environ):
        step = plan.browser_step(environ)
        step.begin(ROOT)
        steps.insert(0, step)

    def prepare(waiting: Set[str]) -> None:
        if waiting & {plan.WEB_PACKAGES, plan.WEB}:
            plan.check_node()
        if waiting & {plan.SERVICE, plan.RASA}:
            installer.prepare(service=plan.SERVICE in waiting, rasa=plan.RASA in waiting)

    runner.run(steps, prepare)


def _environ() -> Dict[str, str]:
    """The environment with the BOT_ settings of .env, which the service reads by itself, filled in."""
    settings: Dict[str, str] = {}
    dotenv = ROOT / ".env"
    if dotenv.is_file():
        for line in dotenv.read_text(encoding="utf-8").splitlines():
            match = re.match(r"\s*(?:export\s+)?(BOT_\w+)\s*=\s*(.*?)\s*$", line)
            if match:
                settings[match.group(1)] = match.group(2).strip("'\"")
    return {**settings, **os.environ}


def _check_port(host: str, port: str) -> None:
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        raise Problem(f"BOT_PORT={port} is not a port from 1 to 65535.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError:
            raise Problem(
                f"port {port} of {host} is taken by another program, or may not be used: "
                "end that program, or choose another port (BOT_PORT=8001 make run)."
            ) from None


def _all_pass(runs: "List[tuple[List[str], str]]") -> None:
    """Run every command, also after one has failed; raises Problem naming those that failed."""
    failed = []
    for words, folder in runs:
        print(f"$ {' '.join(words)}", flush=True)
        if subprocess.run(words, cwd=str(ROOT / folder), check=False).returncode:
            failed.append(" ".join(words))
    if failed:
        raise Problem("failed: " + "; ".join(failed))


_GOALS = {
    "run": run,
    "setup": setup,
    "test": test,
    "check": check,
    "bench": bench,
    "lock": lock,
    "clean": clean,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
