"""Golden lines: what a model must understand before it serves anybody."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import ConfigurationError
from bot.nlu.evaluate import Parsed
from bot.nlu.lines import LabelledLine

HISTORY = "history.jsonl"
SHOWN = 20


@dataclass(frozen=True)
class Broken:
    """A golden line and what the model makes of it."""

    text: str
    expected: str
    found: str

    def __str__(self) -> str:
        """One line for the terminal."""
        return f"{self.text}: {self.expected} expected, {self.found} found"


def broken_lines(
    lines: Sequence[LabelledLine],
    parse: Callable[[Sequence[str]], Sequence[Parsed]],
    asks: Callable[[str, Parsed], bool],
) -> tuple[Broken, ...]:
    """The lines that are not understood: the best intent, or the wish for a human, is another one."""
    broken = []
    for line, parsed in zip(lines, parse([line.text for line in lines]), strict=True):
        if line.intent is not None and parsed.best != line.intent:
            broken.append(Broken(line.text, line.intent, parsed.best))
        if line.human is not None and asks(line.text, parsed) != line.human:
            wish = ("no wish for a human", "a wish for a human")
            broken.append(Broken(line.text, wish[line.human], wish[not line.human]))
    return tuple(broken)


def check_golden(broken: Sequence[Broken], model: Path, override: str = "") -> None:
    """Raises ConfigurationError naming the broken lines, unless `override` gives a reason to take the model.

    Either way a line in `history.jsonl` beside the model keeps what happened.
    """
    if not broken:
        return
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": model.name,
        "broken": [str(line) for line in broken],
        "override": override,
    }
    with (model.parent / HISTORY).open("a", encoding="utf-8") as history:
        history.write(json.dumps(record, ensure_ascii=False) + "\n")
    if not override:
        listed = "\n".join(f"  {line}" for line in broken[:SHOWN])
        raise ConfigurationError(
            f"the new model breaks {len(broken)} golden lines and does not serve:\n{listed}\n"
            "Correct the training lines or the golden lines, or give a reason with --accept."
        )
