"""What differs between two releases, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from bot.faq.entry import Entry

QUESTIONS = ("question", "similar")


@dataclass(frozen=True)
class EntryChange:
    """One entry before and after; `fields` names what changed beside the questions."""

    entry: str
    fields: tuple[str, ...]
    questions_added: tuple[str, ...]
    questions_removed: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """Ids of the entries that only one side has, and the changed ones.

    Questions that only changed their order do not count.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[EntryChange, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain lists and mappings."""
        return asdict(self)


def compare(before: Sequence[Entry], after: Sequence[Entry]) -> Difference:
    """The difference between two releases' entries."""
    old, new = ({entry.id: entry for entry in entries} for entries in (before, after))
    both = [(old[name], new[name]) for name in new if name in old]
    changes = [_change(first, second) for first, second in both if first != second]
    return Difference(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple(c for c in changes if c.fields or c.questions_added or c.questions_removed),
    )


def _change(before: Entry, after: Entry) -> EntryChange:
    names = [field.name for field in fields(Entry) if field.name not in QUESTIONS]
    changed = [name for name in names if getattr(before, name) != getattr(after, name)]
    if before.question != after.question:
        changed.insert(0, "question")
    return EntryChange(
        after.id,
        tuple(changed),
        tuple(text for text in after.questions if text not in before.questions),
        tuple(text for text in before.questions if text not in after.questions),
    )
