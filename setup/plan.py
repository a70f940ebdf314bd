"""The steps of the set-up, in one visible list."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Dict, List, Mapping, Sequence

from setup import browser
from setup.installer import Installer
from setup.problem import Problem
from setup.runner import STATE
from setup.step import Command, Step

SERVICE, RASA, WEB_PACKAGES, WEB = "service", "rasa", "web-packages", "web"
ENCODER, FAQ, NLU, BROWSER = "encoder", "faq", "nlu", "browser"

_OLDEST_NODE = (20, 19)
_NO_NODE = (
    "the web pages are built with Node.js 20.19 or newer, and {found}: install it (your system's "
    "package nodejs with npm, or nvm install 22), then run it again."
)


def steps(environ: Mapping[str, str], installer: Installer) -> List[Step]:
    """All steps, each after those that it needs; the heavy ones first so that they overlap the rest."""
    models = environ.get("BOT_MODELS") or "models"
    bot = ".venv/bin/bot"
    return [
        Step(
            SERVICE,
            "service environment (.venv)",
            stamp=".venv/complete",
            commands=installer.service_commands,
            inputs=("requirements/service.lock", "pyproject.toml"),
            outputs=(".venv/bin/python", bot),
            megabytes=2200,
        ),
        Step(
            RASA,
            "Rasa environment (.venv-rasa)",
            stamp=".venv-rasa/complete",
            commands=installer.rasa_commands,
            inputs=("requirements/rasa.lock",),
            outputs=(".venv-rasa/bin/python",),
            megabytes=2100,
        ),
        Step(
            WEB_PACKAGES,
            "packages of the web pages",
            stamp=f"{STATE}/done/{WEB_PACKAGES}",
            commands=lambda: [Command(("npm", "ci", "--no-audit", "--no-fund"), {}, "web")],
            inputs=("web/package.json", "web/package-lock.json"),
            outputs=("web/node_modules/.package-lock.json",),
            megabytes=200,
        ),
        Step(
            ENCODER,
            "encoder",
            stamp=f"{STATE}/done/{ENCODER}",
            commands=lambda: [Command((bot, "encoder", "build"), {})],
            inputs=("bot/faq/embedded_model.py", "bot/faq/encoder.py", "bot/faq/export.py"),
            settings=("BOT_MODELS", "BOT_ENCODER"),
            outputs=(f"{models}/encoder/current",),
            after=(SERVICE,),
            megabytes=700,
        ),
        Step(
            NLU,
            "Rasa model",
            stamp=f"{STATE}/done/{NLU}",
            commands=lambda: [Command((bot, "nlu", "train"), {})],
            inputs=(
                "config.yml",
                "domain.yml",
                "data/nlu",
                "data/rules",
                "data/stories",
                "bot/nlu",
                "bot/emotion",
                "data/emotion",
                "bot/handoff/request_features.py",
                "bot/handoff/request_model.py",
                "bot/handoff/request_phrases.py",
                "bot/handoff/request_training.py",
                "requirements/rasa.lock",
            ),
            settings=("BOT_MODELS", "BOT_ENCODER"),
            outputs=(f"{models}/rasa/current", f"{models}/human.json", f"{models}/emotion.json"),
            after=(SERVICE, RASA, ENCODER),
            built_from=(ENCODER,),
            megabytes=50,
        ),
        Step(
            FAQ,
            "FAQ release",
            stamp=f"{STATE}/done/{FAQ}",
            commands=lambda: [Command((bot, "faq", "build", "--publish"), {})],
            inputs=("data/faq", "data/off_topic.txt", "data/nlu/shop_words.txt", "bot/faq"),
            settings=("BOT_MODELS", "BOT_ENCODER", "BOT_FAQ", "BOT_WRONG_ANSWER_TARGET"),
            outputs=(f"{models}/faq/current",),
            after=(SERVICE, ENCODER),
            built_from=(ENCODER,),
            megabytes=50,
        ),
        Step(
            WEB,
            "web pages",
            stamp=f"{STATE}/done/{WEB}",
            commands=lambda: [Command(("npm", "run", "build"), {}, "web")],
            inputs=("web",),
            outputs=("web/dist",),
            after=(WEB_PACKAGES,),
            built_from=(WEB_PACKAGES,),
            megabytes=20,
        ),
    ]  # fmt: skip


def chosen(all_steps: Sequence[Step], names: Sequence[str]) -> List[Step]:
    """The steps called `names` with everything that they come after, in the order of the plan."""
    by_name = {step.name: step for step in all_steps}
    wanted: Dict[str, None] = {}

    def add(name: str) -> None:
        for earlier in by_name[name].after:
            add(earlier)
        wanted[name] = None

    for name in names:
        add(name)
    return [step for step in all_steps if step.name in wanted]


def browser_step(environ: Mapping[str, str]) -> Step:
    """Installs what the browser tests need, where a program may do that."""
    return Step(
        BROWSER,
        "browser for the tests",
        stamp=f"{STATE}/done/{BROWSER}",
        commands=lambda: browser.commands(environ),
        settings=("BOT_CHROMIUM",),
        megabytes=500,
    )


def check_node() -> None:
    """Raises Problem when there is no Node.js that builds the web pages."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise Problem(_NO_NODE.format(found="there is none" if not node else "its npm is missing"))
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=False)
    match = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    if not match or (int(match.group(1)), int(match.group(2))) < _OLDEST_NODE:
        raise Problem(_NO_NODE.format(found=f"this is {answer.stdout.strip() or 'one that does not run'}"))
