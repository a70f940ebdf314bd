"""What is wrong with FAQ content, all of it at once, each with its place."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import ConfigurationError

PROBLEMS_SHOWN = 20


class Problems:
    """Collects what is wrong, so that one run shows all of it."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    @property
    def lines(self) -> tuple[str, ...]:
        """Every problem, `place: text`, in the order in which it was found."""
        return tuple(self._lines)

    def add(self, place: str, text: str) -> None:
        """`place` names file, entry and field, or file, row and column."""
        self._lines.append(f"{place}: {text}")

    def check(self) -> None:
        """Raises ConfigurationError listing the problems."""
        if self._lines:
            more = len(self._lines) - PROBLEMS_SHOWN
            shown = self._lines[:PROBLEMS_SHOWN] + ([f"……另有 {more} 处"] if more > 0 else [])
            raise ConfigurationError("\n".join(shown))


@dataclass(frozen=True)
class Place:
    """Where an entry stands: `where` names the file and the entry in it."""

    where: str

    def field(self, name: str) -> str:
        """The place of a field such as `answer` or `links[2].url`."""
        return f"{self.where}: {name}"
