"""One step of the set-up, and the stamp that says for which inputs it is done."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Mapping, Sequence, Tuple

_IGNORED = {"__pycache__", "node_modules", "dist"}


@dataclass(frozen=True)
class Command:
    """One program run of a step, below the checkout's folder `folder`."""

    words: Tuple[str, ...]
    environment: Mapping[str, str]
    folder: str = "."
    may_fail: bool = False


@dataclass(frozen=True)
class Step:
    """A piece of work that is done once for given inputs.

    `inputs` are files and folders, relative to the checkout, whose content decides whether the step
    is done; `settings` are environment variables that decide it too. `outputs` must exist for the
    step to count as done. `after` are the steps that must be done first; when one of them is also in
    `built_from` and is done anew, so is this one. `commands` is asked only when there is work to do.
    `stamp` is the file that is written last, `megabytes` the disk space that the work needs.
    """

    name: str
    title: str
    stamp: str
    commands: Callable[[], Sequence[Command]]
    inputs: Tuple[str, ...] = ()
    settings: Tuple[str, ...] = ()
    outputs: Tuple[str, ...] = ()
    after: Tuple[str, ...] = ()
    built_from: Tuple[str, ...] = ()
    megabytes: int = 0

    def fingerprint(self, root: Path, environ: Mapping[str, str], upstream: Sequence[str]) -> str:
        """SHA-256 over the inputs, the settings and the fingerprints of the steps it is built from."""
        digest = hashlib.sha256()
        for name in self.inputs:
            for path in _files(root / name):
                digest.update(f"{path.relative_to(root)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        for name in self.settings:
            digest.update(f"{name}={environ.get(name, '')}\0".encode())
        for part in upstream:
            digest.update(part.encode())
        return digest.hexdigest()

    def done(self, root: Path, fingerprint: str) -> bool:
        """Whether the stamp carries `fingerprint` and every output is still there."""
        stamp = root / self.stamp
        return (
            stamp.is_file()
            and stamp.read_text() == fingerprint
            and all((root / output).exists() for output in self.outputs)
        )

    def begin(self, root: Path) -> None:
        """Forget that the step was ever done, so that half a step is never taken for a whole one."""
        if (root / self.stamp).is_file():
            (root / self.stamp).unlink()

    def finish(self, root: Path, fingerprint: str) -> None:
        """Write the stamp, whole or not at all."""
        stamp = root / self.stamp
        stamp.parent.mkdir(parents=True, exist_ok=True)
        part = stamp.with_name(stamp.name + ".part")
        part.write_text(fingerprint)
        os.replace(str(part), str(stamp))


def fingerprints(steps: Sequence[Step], root: Path, environ: Mapping[str, str]) -> Dict[str, str]:
    """The fingerprint of each step; `steps` are listed so that a step comes after those it is built from."""
    known: Dict[str, str] = {}
    for step in steps:
        known[step.name] = step.fingerprint(root, environ, [known[name] for name in step.built_from])
    return known


def _files(path: Path) -> Sequence[Path]:
    if path.is_file():
        return [path]
    found = []
    for folder, folders, names in os.walk(str(path)):
        folders[:] = sorted(name for name in folders if name not in _IGNORED)
        found += [Path(folder, name) for name in sorted(names) if not name.endswith(".pyc")]
    return found
