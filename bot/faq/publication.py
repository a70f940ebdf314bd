"""Which release serves: one pointer that moves in one step, and the history of its moves.

The pointer file holds the newest move, `history.jsonl` all of them. The pointer moves first and the move
is added to the history afterwards, so whoever is killed in between leaves a history that lacks the
pointer's own move: readers put it in its place, and the next to publish writes it down.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from bot.errors import ConfigurationError, PublishedMeanwhile
from bot.faq.file_lock import locked
from bot.faq.release import NAME, Manifest, find_release, write_whole

Action = Literal["publish", "rollback"]
NOTHING = "no FAQ release is published in {}: run `bot faq build` and `bot faq publish`"


@dataclass(frozen=True)
class Publication:
    """One move of the pointer from the release `before` (None: there was none) to `release`.

    `at` is ISO 8601 in UTC. `override` is the reason for publishing although the gate found something,
    `findings` what it found.
    """

    serial: int
    action: Action
    release: str
    before: str | None
    by: str
    at: str
    note: str = ""
    override: str = ""
    findings: tuple[str, ...] = ()

    def line(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"

    @classmethod
    def parse(cls, text: str) -> Publication:
        """The inverse of `line`. Raises ValueError."""
        try:
            value = json.loads(text)
            return cls(**{**value, "findings": tuple(value["findings"])})
        except (KeyError, TypeError) as error:
            raise ValueError(f"no publication: {error}") from error


def pointer(models: Path) -> Path:
    """The file that changes when another release is to serve."""
    return models / "faq" / "current"


def serving(models: Path) -> Publication | None:
    """The newest move, None when nothing was published. Raises ConfigurationError for a damaged pointer."""
    try:
        text = pointer(models).read_text("utf-8")
    except FileNotFoundError:
        return None
    try:
        # Before there was a history the pointer held a name alone.
        if NAME.fullmatch(text.strip()):
            return Publication(0, "publish", text.strip(), None, "", "")
        return Publication.parse(text)
    except ValueError as error:
        raise ConfigurationError(
            f"{pointer(models)} is damaged: remove it and run `bot faq publish`"
        ) from error


def serving_folder(models: Path) -> Path:
    """The folder of the release that serves. Raises ConfigurationError when there is none."""
    current = serving(models)
    if current is None:
        raise ConfigurationError(NOTHING.format(models))
    return find_release(models, current.release)


def history(models: Path) -> list[Publication]:
    """All moves, oldest first."""
    newest = serving(models)
    found = [move for move in _written(models) if newest is None or move.serial < newest.serial]
    return [*found, newest] if newest is not None else found


def taken_from(models: Path, name: str, base: str | None, seen: str | None, *, forced: bool) -> str | None:
    """The release that must still serve when `name` is published; `seen` served when that was decided.

    What was never published was made for `base`, the release that served then; forcing it decides anew.
    """
    published = any(move.release == name for move in history(models))
    return seen if forced or published else base


def before_serving(models: Path) -> str:
    """The release that a rollback leads to: every publication goes one up, every rollback one down.

    Raises ConfigurationError when there is none.
    """
    stack: list[str] = []
    for move in history(models):
        if move.action == "publish":
            stack.append(move.release)
        elif stack:
            stack.pop()
    if len(stack) < 2:
        raise ConfigurationError("there is no earlier FAQ release to go back to")
    return stack[-2]


def publish(
    models: Path,
    name: str,
    *,
    seen: str | None,
    by: str,
    note: str = "",
    override: str = "",
    findings: Sequence[str] = (),
    action: Action = "publish",
) -> Publication:
    """Make a release the one that serves, in one step that a reader sees wholly or not at all.

    `seen` is the release that served when the publisher decided, None for none. Raises
    PublishedMeanwhile when another one serves by now, ConfigurationError when the release is not whole.
    """
    folder = find_release(models, name)
    with locked(models / "faq" / "publish.lock"):
        current = serving(models)
        if (current.release if current else None) != seen:
            raise PublishedMeanwhile(_told(current))
        Manifest.read(folder).check(folder)
        moves = history(models)
        move = Publication(
            serial=moves[-1].serial + 1 if moves else 1,
            action=action,
            release=name,
            before=seen,
            by=by,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            note=note,
            override=override,
            findings=tuple(findings),
        )
        _write(models, moves)
        write_whole(pointer(models), move.line())
        _append(models, move)
    return move


def _told(current: Publication | None) -> str:
    if current is None:
        return "no FAQ release serves any more: look again, then publish"
    return (
        f"{current.by or 'somebody'} published {current.release} meanwhile ({current.at}): "
        "build again, or name what you want to publish"
    )


def publisher() -> str:
    """The name of the person at this terminal, for the history."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _file(models: Path) -> Path:
    return models / "faq" / "history.jsonl"


def _written(models: Path) -> list[Publication]:
    """What the file holds; a last line that was being written when its writer died does not count."""
    try:
        lines = _file(models).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(Publication.parse(line))
        except ValueError as error:
            if number < len(lines):
                raise ConfigurationError(f"{_file(models)}:{number} is damaged: {error}") from error
    return found


def _write(models: Path, moves: Sequence[Publication]) -> None:
    """Complete the file after a publisher that was killed."""
    text = "".join(move.line() for move in moves)
    file = _file(models)
    if moves and (not file.exists() or file.read_text("utf-8") != text):
        write_whole(file, text)


def _append(models: Path, move: Publication) -> None:
    with _file(models).open("a", encoding="utf-8") as stream:
        stream.write(move.line())
        stream.flush()
        os.fsync(stream.fileno())
