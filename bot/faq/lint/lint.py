"""All checks of a set of entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.faq.encoder import Vectors
from bot.faq.entry import Entry
from bot.faq.lint.entry_checks import check_entry
from bot.faq.lint.finding import SEVERITIES, Finding
from bot.faq.lint.policy import LintPolicy
from bot.faq.lint.question_checks import QuestionLines, check_near, check_same
from bot.faq.lint.wording import field_word, named


def lint_entries(
    entries: Sequence[Entry], policy: LintPolicy, vectors: Vectors | None = None
) -> tuple[Finding, ...]:
    """Every finding, the worst first, then in the order of the entries.

    `vectors` are those of `QuestionLines.of(entries).texts`, shape [lines, dimension], of length 1; without
    them questions are compared word for word only. About 10 ms for the shop's 218 entries without, 2 s with.
    """
    by_id = {entry.id: entry for entry in entries}
    lines = QuestionLines.of(entries)
    findings = [finding for entry in entries for finding in check_entry(entry, by_id, policy)]
    findings += check_same(entries, lines)
    if vectors is not None:
        findings += check_near(entries, lines, vectors, policy)
    rows = {entry.id: row for row, entry in enumerate(entries)}
    return tuple(
        sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), rows.get(f.entry, -1), f.code, f.field))
    )


def findings_about(entry: Entry, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What concerns an entry, told from its side: findings of other entries name and lead to these."""
    return tuple(
        found if found.entry == entry.id else _turned(found, entry)
        for found in findings
        if entry.id in (found.entry, *found.others)
    )


def _turned(found: Finding, entry: Entry) -> Finding:
    place = f"条目 {found.entry} 的{field_word(found.field)}"
    message, mend = (text.replace(named(entry), "本条目") for text in (found.message, found.mend))
    others = (found.entry, *(other for other in found.others if other != entry.id))
    return replace(
        found,
        topic=entry.topic,
        entry=entry.id,
        field="",
        message=f"{place}：{message}",
        mend=mend,
        others=others,
        fixable=False,
    )


def added_errors(
    entries: Sequence[Entry], before: Sequence[Entry], policy: LintPolicy
) -> tuple[Finding, ...]:
    """The errors of `entries` that `before` does not have in the same words; all of them if it is empty.

    Both are measured alike, by the lint and the policy of today, so that what changes is the entries alone.
    """
    known = {_identity(found) for found in _errors(before, policy)}
    return tuple(found for found in _errors(entries, policy) if _identity(found) not in known)


def _errors(entries: Sequence[Entry], policy: LintPolicy) -> Iterator[Finding]:
    # No error needs the vectors.
    return (found for found in lint_entries(entries, policy) if found.severity == "error")


def _identity(found: Finding) -> tuple[str, str, str]:
    # The number of a line changes when one is added above it.
    return found.code, found.entry, found.message
