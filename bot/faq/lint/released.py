"""What the lint found in the entries of a release, kept in its folder."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path

from bot.errors import ConfigurationError
from bot.faq.lint import finding as rules
from bot.faq.lint.finding import SEVERITIES, Finding
from bot.faq.release import REBUILD, Manifest

FILE = "lint.json"
COMPARED = {
    rule.code
    for rule in (rules.NEAR_QUESTION, rules.POSSIBLE_CONFLICT, rules.MISPLACED_QUESTION, rules.NOT_COMPARED)
}


def write_findings(folder: Path, findings: Sequence[Finding]) -> None:
    """Write `lint.json`."""
    content = json.dumps([finding.to_json() for finding in findings], ensure_ascii=False)
    (folder / FILE).write_text(content, "utf-8")


def read_findings(folder: Path) -> tuple[Finding, ...] | None:
    """The findings of when the release was built, None for releases of before they were kept.

    Raises ConfigurationError when the file is damaged.
    """
    manifest = Manifest.read(folder)
    if FILE not in manifest.files:
        return None
    manifest.check(folder, FILE)
    try:
        values = json.loads((folder / FILE).read_text("utf-8"))
        return tuple(Finding(**{**value, "others": tuple(value["others"])}) for value in values)
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"FAQ release {folder.name} is of another version: {REBUILD}") from error


def joined_findings(
    fresh: Sequence[Finding], before: Sequence[Finding], unchanged: Collection[str]
) -> tuple[Finding, ...]:
    """Fresh findings, and those from before that compared entries which are `unchanged`; the worst first."""
    kept = [
        found
        for found in before
        if found.code in COMPARED and {found.entry, *found.others} - {""} <= set(unchanged)
    ]
    return tuple(sorted([*fresh, *kept], key=lambda found: SEVERITIES.index(found.severity)))
