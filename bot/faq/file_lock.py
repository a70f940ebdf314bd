"""One process at a time, also when one is killed: the system lets go of a dead process's lock."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path


@contextlib.contextmanager
def locked(path: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock of the file inside the block; `waiting` is called when another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def writing_entries(folder: Path) -> contextlib.AbstractContextManager[None]:
    """The lock of an FAQ's files, for whoever reads them in order to write them."""
    return locked(entries_lock(folder))


def entries_lock(folder: Path) -> Path:
    """The file whose lock guards the FAQ in `folder`, and what belongs to it."""
    return folder / ".lock"
