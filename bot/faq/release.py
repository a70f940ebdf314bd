"""Releases: immutable folders that hold all that the bot answers from.

`build.py` makes them, `publication.py` says which of them serves.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.errors import ArtefactMismatch, ConfigurationError
from bot.faq.calibrate import Calibration
from bot.faq.decision import Thresholds
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry
from bot.faq.index import SearchMethod
from bot.faq.lexical import Words
from bot.faq.report import Report
from bot.faq.responder import Responder, Today
from bot.faq.retriever import Retriever

REBUILD = "run `bot faq build`"
MANIFEST = "release.json"
NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}(-[0-9]+)?")


@dataclass(frozen=True)
class Sources:
    """The files that a release is built from and tried with; the shop's words may be missing.

    `golden` are the maintainer's golden questions (`golden.py`); they never go into a release.
    """

    entries: Path
    off_topic: Path
    words: Path
    golden: Path

    @classmethod
    def beside(cls, entries: Path) -> Sources:
        """The sources in the layout of `data/`: everything else beside the FAQ's folder."""
        data = entries.parent
        return cls(entries, data / "off_topic.txt", data / "nlu" / "shop_words.txt", data / "faq_golden.yml")

    @property
    def lint_policy(self) -> Path:
        """The shop's own limits for the lint, if there are any."""
        return self.entries.parent / "faq_lint.yml"

    def dictionary(self) -> str:
        """The shop's words, or nothing."""
        return self.words.read_text("utf-8") if self.words.exists() else ""


@dataclass(frozen=True)
class CalibrationOrigin:
    """Which held-out questions the calibration of a release was fitted on.

    `fitted_in` is the release that was built then, `changed_lines` how many questions and answers have
    changed from there to this release, `basis` the hash of everything else that a calibration rests on.
    """

    fitted_in: str
    changed_lines: int
    basis: str


@dataclass(frozen=True)
class Manifest:
    """What `release.json` says.

    `key` is the hash of everything that went in, `base` the release that served when this one was built,
    `entries` and `lines` are numbers of entries and questions, `seconds` is how long the build took,
    `files` maps each file of the release to its sha256, `adapter` tells whether vectors are compared
    through `adapter.npz`.
    """

    name: str
    created: str
    key: str
    base: str | None
    encoder: str
    entries: int
    lines: int
    wrong_answer_target: float
    answer_threshold: float
    scope_threshold: float
    calibration: CalibrationOrigin
    search: SearchMethod
    seconds: float
    files: dict[str, str]
    adapter: bool = False  # releases of before adapters serve on

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises ConfigurationError when the folder is no release of this version."""
        try:
            value = json.loads((folder / MANIFEST).read_text("utf-8"))
            origin = CalibrationOrigin(**value["calibration"])
            # Releases were searched exactly before there was a choice.
            method = SearchMethod(**value.get("search", {}))
            return cls(**{**value, "calibration": origin, "search": method})
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise ConfigurationError(f"{folder} is not an FAQ release ({error}): {REBUILD}") from error

    def write(self, folder: Path) -> None:
        """Write `release.json`."""
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")

    def check(self, folder: Path, *names: str) -> None:
        """Check these files of the release, or all. Raises ConfigurationError naming a damaged one."""
        for name in names or self.files:
            path = folder / name
            if not path.is_file() or sha256(path) != self.files.get(name):
                raise ConfigurationError(f"{path} is missing or damaged: {REBUILD}")

    def is_whole(self, folder: Path) -> bool:
        """Whether every file is as it was built."""
        try:
            self.check(folder)
        except ConfigurationError:
            return False
        return True


def releases_folder(models: Path) -> Path:
    """Where the releases are."""
    return models / "faq" / "releases"


def find_release(models: Path, name: str) -> Path:
    """The folder of a release. Raises ConfigurationError when there is none of that name."""
    folder = releases_folder(models) / name
    if not NAME.fullmatch(name) or not folder.is_dir():
        raise ConfigurationError(f"there is no FAQ release {name!r}: `bot faq releases` lists them")
    return folder


def candidate(models: Path) -> Path:
    """The folder that the newest build returned. Raises ConfigurationError when there is none."""
    try:
        return find_release(models, (models / "faq" / "candidate").read_text("utf-8").strip())
    except FileNotFoundError as error:
        raise ConfigurationError(f"no FAQ release was built in {models}: {REBUILD}") from error


def list_releases(models: Path) -> list[Manifest]:
    """The releases of this version, newest first; folders of other versions are passed over."""
    root = releases_folder(models)
    found = []
    for folder in root.iterdir() if root.is_dir() else ():
        if NAME.fullmatch(folder.name):
            with contextlib.suppress(ConfigurationError):
                found.append(Manifest.read(folder))
    return sorted(found, key=lambda manifest: manifest.created, reverse=True)


def load_release(
    folder: Path, encoder: Encoder, today: Today | None = None, words: Words | None = None
) -> Responder:
    """Load a release, about 1 s, most of it jieba's dictionary; `words` saves that if they are the same.

    `today` is the shop's clock, by default that of Asia/Shanghai. Raises ConfigurationError when a file
    is damaged, ArtefactMismatch when the release was built with another encoder.
    """
    manifest = Manifest.read(folder)
    if manifest.encoder != encoder.fingerprint:
        raise ArtefactMismatch(
            f"FAQ release {manifest.name} was built with another encoder than the one in use: {REBUILD}"
        )
    manifest.check(folder)
    thresholds = Thresholds(manifest.answer_threshold, manifest.scope_threshold)
    return Responder(
        _read_entries(folder),
        Retriever.load(folder, manifest.search, words),
        read_calibration(folder),
        thresholds,
        encoder,
        manifest.name,
        today,
    )


def read_entries(folder: Path) -> list[Entry]:
    """The entries of a release alone. Raises ConfigurationError when they are missing or damaged."""
    Manifest.read(folder).check(folder, "entries.json")
    return _read_entries(folder)


def read_calibration(folder: Path) -> Calibration:
    """The calibration of a release. Raises ConfigurationError when it is of another version."""
    try:
        return Calibration.from_json(json.loads((folder / "calibration.json").read_text("utf-8")))
    except (KeyError, ValueError) as error:
        raise ConfigurationError(f"FAQ release {folder.name} is of another version: {REBUILD}") from error


def read_report(folder: Path) -> Report:
    """What is known about the risk of a release. Raises ConfigurationError when it is of another version."""
    Manifest.read(folder).check(folder, "report.json")
    try:
        return Report.from_json(json.loads((folder / "report.json").read_text("utf-8")))
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"FAQ release {folder.name} is of another version: {REBUILD}") from error


def sha256(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step that a reader sees wholly or not at all, and that outlives a power cut."""
    fresh = path.with_name(f".{path.name}-fresh")
    fresh.write_text(text, "utf-8")
    to_disk(fresh)
    fresh.replace(path)
    to_disk(path.parent)


def to_disk(path: Path) -> None:
    """Wait until a file or a folder's list of names is on the disk, not only in the system's memory."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_entries(folder: Path) -> list[Entry]:
    return [Entry.from_json(value) for value in json.loads((folder / "entries.json").read_text("utf-8"))]
