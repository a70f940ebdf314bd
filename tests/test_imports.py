"""The layers of docs/architecture.md: imports point one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

BASE = {"bot", "bot.messages", "bot.errors", "bot.config", "bot.privacy", "bot.intervals"}
STORAGE = {"bot.database", "bot.tables", "bot.events"}
# What each part of the product may import from the rest of it; a part may always import itself.
ALLOWED = {
    "bot.messages": {"bot"},
    "bot.errors": {"bot"},
    "bot.config": {"bot", "bot.errors"},
    "bot.privacy": {"bot", "bot.errors"},
    "bot.database": BASE | STORAGE,
    "bot.tables": BASE,
    "bot.events": BASE | STORAGE,
    "bot.emotion": BASE,
    "bot.faq": BASE,
    "bot.handoff": BASE | STORAGE | {"bot.emotion", "bot.faq"},
    "bot.maintenance": BASE | STORAGE | {"bot.faq"},
    "bot.learning": BASE | STORAGE | {"bot.faq", "bot.handoff"},
    "bot.studio": BASE | STORAGE | {"bot.faq", "bot.maintenance"},
    "bot.shop": BASE | {"bot.database", "bot.tables"},
    "actions": BASE | {"bot.emotion", "bot.faq", "bot.handoff", "bot.shop"},
    "bot.nlu": {
        "bot",
        "bot.messages",
        "bot.errors",
        "bot.intervals",
        "bot.emotion",
        "bot.faq.encoder",
        "bot.faq.normalize",
    },
}
# Packages that exist in one of the two environments only.
ONLY_IN_NLU = {"rasa", "sanic", "tensorflow"}
ONLY_WIRING = {
    "bot.app",
    "bot.cli",
    "bot.faq_commands",
    "bot.faq_files_commands",
    "bot.faq_gaps_commands",
    "bot.faq_release_commands",
    "bot.faq_train_commands",
    "bot.serving",
}


def modules() -> list[tuple[str, Path]]:
    found = []
    for package in ("bot", "actions"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


def imports(name: str, path: Path) -> Iterator[str]:
    """Every module that the file names, also inside functions; `from a import b` gives `a` and `a.b`."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                child = f"{module}.{alias.name}"
                yield child if is_module(child) else module


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def part_of(name: str) -> str | None:
    return next((part for part in ALLOWED if name == part or name.startswith(part + ".")), None)


def covers(allowed: str, name: str) -> bool:
    return name == allowed or (allowed != "bot" and name.startswith(allowed + "."))


@pytest.mark.parametrize(
    ("name", "path"), modules(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_layers(name: str, path: Path) -> None:
    part = part_of(name)
    for imported in imports(name, path):
        top = imported.split(".")[0]
        if part != "bot.nlu":
            assert top not in ONLY_IN_NLU, f"{name} imports {imported}: only bot/nlu runs inside Rasa"
        if top not in {"bot", "actions"}:
            continue
        assert imported not in ONLY_WIRING or name in ONLY_WIRING, (
            f"{name} imports {imported}: only the wiring may"
        )
        if part is not None and not covers(part, imported):
            assert any(covers(allowed, imported) for allowed in ALLOWED[part]), (
                f"{name} may not import {imported}"
            )
        if name.startswith("bot.conversations"):
            assert not imported.startswith(("bot.channels", "bot.console")), (
                f"{name} may not import {imported}"
            )
        if name.startswith("bot.channels"):
            assert not imported.startswith("bot.console"), f"{name} may not import {imported}"
        if name.startswith("bot.console"):
            assert not imported.startswith("bot.channels"), f"{name} may not import {imported}"
