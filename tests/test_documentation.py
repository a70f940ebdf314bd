"""Undocumented means unfinished: settings, commands, error codes and links are compared with the code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from bot import cli, errors
from bot.config import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
SET_UP = ("PYTHON", "PYTHON310", "PYTHON311", "TORCH_INDEX", "BOT_CHROMIUM")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def table(page: str, heading: str) -> list[list[str]]:
    """The body rows of the first table below `heading`, cell by cell."""
    below = page.split(heading, 1)[1]
    lines = [line for line in re.split(r"\n#", below)[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_settings_equal_the_code() -> None:
    in_code = [
        [
            f"`BOT_{name.upper()}`",
            "*empty*" if field.default == "" else f"`{field.default}`",
            field.description,
        ]
        for name, field in Settings.model_fields.items()
    ]
    assert table(read("docs/settings.md"), "## Service") == in_code


def test_set_up_settings_are_read_somewhere() -> None:
    rows = table(read("docs/settings.md"), "## Set-up")
    assert sorted(row[0].strip("`") for row in rows) == sorted(SET_UP)
    code = read("Makefile") + "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "setup").glob("*.py")
    )
    assert all(re.search(rf"\b{name}\b", code) for name in SET_UP)


def test_error_codes_equal_the_code() -> None:
    def tree(error: type[errors.BotError]) -> Iterator[type[errors.BotError]]:
        yield error
        for child in error.__subclasses__():
            yield from tree(child)

    in_code = {error.code: (str(error.status), error.sentence) for error in tree(errors.BotError)}
    rows = table(read("docs/errors.md"), "# Errors")
    assert {row[0].strip("`"): (row[1], row[3]) for row in rows} == in_code
    assert all(row[2] for row in rows)


def commands() -> dict[str, TyperCommand]:
    """Every command of `bot` that does something, by its full name."""

    def walk(name: str, command: object) -> Iterator[tuple[str, TyperCommand]]:
        if isinstance(command, TyperGroup):
            for child in command.commands.values():
                yield from walk(f"{name} {child.name}", child)
        else:
            assert isinstance(command, TyperCommand)
            yield name, command

    return dict(walk("bot", typer.main.get_command(cli.app)))


def test_commands_equal_the_code() -> None:
    page = read("docs/commands.md")
    documented = re.findall(r"^### `(bot [a-z -]+?)(?: [A-Z\[].*)?`$", page, re.M)
    assert sorted(documented) == sorted(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_options_equal_the_code(name: str) -> None:
    page = read("docs/commands.md")
    match = re.search(rf"^### `{name}(?: [A-Z\[][^\n]*)?`$\n(.*?)(?=^##|\Z)", page, re.M | re.S)
    assert match, f"docs/commands.md has no section {name}"
    in_code = {
        option
        for parameter in commands()[name].params
        if isinstance(parameter, TyperOption)
        for option in [*parameter.opts, *parameter.secondary_opts]
    } - {"--help"}
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", match.group(0))) - {"--help"} == in_code


def test_make_targets_equal_the_makefile() -> None:
    match = re.search(r"^\.PHONY: (.*)$", read("Makefile"), re.M)
    assert match
    documented = [row[0].strip("`") for row in table(read("docs/commands.md"), "## make")]
    assert sorted(documented) == sorted(f"make {target}" for target in match.group(1).split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), f"{target} does not exist"
        if fragment and linked.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", linked.read_text(encoding="utf-8"), re.M)
            assert fragment in map(anchor, headings), f"{target} names no heading"


def test_both_readmes_tell_the_same() -> None:
    english, chinese = read("README.md"), read("README.zh-CN.md")
    assert re.findall(r"^(#+) ", english, re.M) == re.findall(r"^(#+) ", chinese, re.M)
    fences = r"^```.*?^```"
    blocks = [re.findall(fences, page, re.M | re.S) for page in (english, chinese)]
    uncommented = [[re.sub(r"\s+#.*$", "", block, flags=re.M) for block in page] for page in blocks]
    assert uncommented[0] == uncommented[1]
    assert re.findall(r"!\[[^\]]*\]\(([^)]+)\)", english) == re.findall(r"!\[[^\]]*\]\(([^)]+)\)", chinese)


def test_versions_agree() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    newest = re.search(r"^## \[?v?(\d+\.\d+\.\d+)", read("CHANGELOG.md"), re.M)
    assert newest
    assert newest.group(1) == project
