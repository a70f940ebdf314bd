"""Releases: immutable folders that hold all that the bot answers from, and a pointer to the current one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import ArtefactMismatch, ConfigurationError
from bot.faq.calibrate import Calibration
from bot.faq.decision import Thresholds
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry
from bot.faq.off_topic import load_off_topic
from bot.faq.prior import PRIOR_FILES
from bot.faq.responder import Fitted, Progress, Responder, Today, fit_responder, make_corpus
from bot.faq.retriever import Retriever
from bot.faq.topic_file import load_entries

RECIPE = 6  # raise it when this package would build something else from the same files
REBUILD = "run `bot faq build`"
MANIFEST = "release.json"


@dataclass(frozen=True)
class Sources:
    """The files that a release is built from; the shop's words may be missing."""

    entries: Path
    off_topic: Path
    words: Path

    @classmethod
    def beside(cls, entries: Path) -> Sources:
        """The sources in the layout of `data/`: off-topic bank and dictionary beside the FAQ's folder."""
        return cls(entries, entries.parent / "off_topic.txt", entries.parent / "nlu" / "shop_words.txt")

    def dictionary(self) -> str:
        """The shop's words, or nothing."""
        return self.words.read_text("utf-8") if self.words.exists() else ""


@dataclass(frozen=True)
class Manifest:
    """What `release.json` says.

    `key` is the hash of everything that went in, `files` maps each file of the release to its sha256.
    """

    name: str
    created: str
    key: str
    encoder: str
    wrong_answer_target: float
    answer_threshold: float
    scope_threshold: float
    files: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises ConfigurationError when the folder is no release."""
        try:
            return cls(**json.loads((folder / MANIFEST).read_text("utf-8")))
        except (OSError, TypeError, ValueError) as error:
            raise ConfigurationError(f"{folder} is not an FAQ release ({error}): {REBUILD}") from error

    def check(self, folder: Path) -> None:
        """Raises ConfigurationError naming the first file that is not as it was built."""
        for name, digest in self.files.items():
            path = folder / name
            if not path.is_file() or _sha256(path) != digest:
                raise ConfigurationError(f"{path} is missing or damaged: {REBUILD}")


def build_release(
    sources: Sources, models: Path, encoder: Encoder, target: float, progress: Progress = print
) -> Path:
    """Build a release and make it the current one, or keep the current one when nothing changed.

    Only texts that the current release does not hold are encoded. Raises ConfigurationError when a
    source is unusable; then the current release stays.
    """
    entries = load_entries(sources.entries)
    off_topic = load_off_topic(sources.off_topic)
    dictionary = sources.dictionary()
    key = _key(entries, off_topic, dictionary, encoder.fingerprint, target)
    root = models / "faq" / "releases"
    previous = current_release(models)
    if previous is not None and _is_whole(previous, key):
        progress(f"FAQ release {previous.name} is up to date")
        return previous
    known = _KnownVectors.of(previous, encoder, progress)
    corpus = make_corpus(entries, off_topic, dictionary, known.encode)
    created = datetime.now(UTC)
    name = _fresh_name(root, f"{created:%Y%m%d-%H%M%S}-{key[:8]}")
    fitted = fit_responder(entries, corpus, encoder, target, progress, name)
    root.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".building-", dir=root))
    try:
        _write(work, fitted, known)
        thresholds = fitted.responder.thresholds
        files = {path.name: _sha256(path) for path in sorted(work.iterdir())}
        manifest = Manifest(
            name,
            created.isoformat(timespec="seconds"),
            key,
            encoder.fingerprint,
            target,
            thresholds.answer,
            thresholds.scope,
            files,
        )
        (work / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n", "utf-8")
        work.chmod(0o755)
        work.rename(root / name)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    publish(models, name)
    progress(f"FAQ release {name}: {len(entries)} entries, {len(corpus.lines)} questions")
    for line in describe(fitted):
        progress(line)
    return root / name


def publish(models: Path, name: str) -> None:
    """Make a release the current one, in one step that a reader sees wholly or not at all.

    Raises ConfigurationError when there is no such release.
    """
    Manifest.read(models / "faq" / "releases" / name)
    fresh = models / "faq" / f".current-{os.getpid()}"
    fresh.write_text(name + "\n", "utf-8")
    fresh.replace(models / "faq" / "current")


def current_release(models: Path) -> Path | None:
    """The folder that the pointer names, or None when nothing was published."""
    try:
        name = (models / "faq" / "current").read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    return models / "faq" / "releases" / name


def load_release(models: Path, encoder: Encoder, today: Today | None = None) -> Responder:
    """Load the current release, about 1 s, most of it jieba's dictionary.

    `today` is the shop's clock, by default that of Asia/Shanghai.

    Raises ConfigurationError when none was built or a file is damaged, ArtefactMismatch when it was
    built with another encoder.
    """
    folder = current_release(models)
    if folder is None:
        raise ConfigurationError(f"no FAQ release was built in {models}: {REBUILD}")
    manifest = Manifest.read(folder)
    if manifest.encoder != encoder.fingerprint:
        raise ArtefactMismatch(
            f"FAQ release {manifest.name} was built with another encoder than the one in use: {REBUILD}"
        )
    manifest.check(folder)
    entries = [Entry.from_json(value) for value in json.loads((folder / "entries.json").read_text("utf-8"))]
    try:
        calibration = Calibration.from_json(json.loads((folder / "calibration.json").read_text("utf-8")))
    except (KeyError, ValueError) as error:
        raise ConfigurationError(f"FAQ release {manifest.name} is of another version: {REBUILD}") from error
    thresholds = Thresholds(manifest.answer_threshold, manifest.scope_threshold)
    return Responder(entries, Retriever.load(folder), calibration, thresholds, encoder, manifest.name, today)


def describe(fitted: Fitted) -> list[str]:
    """The risk of a release in plain words, one line each."""
    e = fitted.estimate
    held_out = (
        f"{e.in_scope_questions} held-out questions: {e.answered:.0%} answered, {e.clarified:.0%} clarified, "
        f"{e.given_up:.0%} given up; {e.answered_right:.1%} of the answers are right"
    )
    lines = [
        held_out,
        f"{e.off_topic_questions} off-topic questions: {e.off_topic_answered:.1%} answered",
        f"wrong answers: {e.wrong:.1%} of all answers, at most {e.wrong_bound:.1%} with 90 % confidence",
    ]
    if not fitted.own_calibration:
        lines.append(
            "too few similar questions to calibrate on: these figures are the shop FAQ's, not this FAQ's"
        )
    return lines


class _KnownVectors:
    """Encodes texts, taking those that the previous release holds from there."""

    def __init__(self, encoder: Encoder, known: EncodedTexts | None, progress: Progress) -> None:
        self._encoder = encoder
        self._progress = progress
        self._parts = [known] if known is not None else []
        self._rows: dict[str, tuple[int, int]] = {}
        if known is not None:
            self._rows = {text: (0, row) for row, text in enumerate(known.texts)}
        self._used: dict[str, None] = {}

    @classmethod
    def of(cls, release: Path | None, encoder: Encoder, progress: Progress) -> _KnownVectors:
        known = None
        if release is not None:
            try:
                manifest = Manifest.read(release)
                if manifest.encoder == encoder.fingerprint:
                    manifest.check(release)
                    texts = tuple(json.loads((release / "texts.json").read_text("utf-8")))
                    with np.load(release / "vectors.npz") as arrays:
                        known = EncodedTexts(texts, arrays["final"], arrays["middle"])
            except ConfigurationError as error:
                progress(f"the previous release cannot be used: {error}")
        return cls(encoder, known, progress)

    def encode(self, texts: Sequence[str]) -> EncodedTexts:
        fresh = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if fresh:
            self._progress(f"encoding {len(fresh)} new texts of {len(texts)}")
            part = EncodedTexts.encode(self._encoder, fresh)
            self._rows.update((text, (len(self._parts), row)) for row, text in enumerate(fresh))
            self._parts.append(part)
        self._used.update(dict.fromkeys(texts))
        return self._gather(texts)

    def used(self) -> EncodedTexts:
        """Every text that was asked for, once."""
        return self._gather(list(self._used))

    def _gather(self, texts: Sequence[str]) -> EncodedTexts:
        places = [self._rows[text] for text in texts]
        final = [self._parts[part].final[row] for part, row in places]
        middle = [self._parts[part].middle[row] for part, row in places]
        return EncodedTexts(tuple(texts), np.stack(final), np.stack(middle))


def _write(folder: Path, fitted: Fitted, known: _KnownVectors) -> None:
    used = known.used()
    np.savez(folder / "vectors.npz", final=used.final, middle=used.middle)
    _dump(folder / "texts.json", used.texts)
    _dump(folder / "entries.json", [entry.to_json() for entry in fitted.responder.entries])
    fitted.responder.retriever.save(folder)
    fitted.responder.calibration.save(folder / "calibration.json")
    report = {
        "estimate": asdict(fitted.estimate),
        "own_calibration": fitted.own_calibration,
        "summary": describe(fitted),
        "predictions": [
            [round(p.right, 4), round(p.scope, 4), int(p.is_right), int(p.off_topic)]
            for p in fitted.predictions
        ],
    }
    _dump(folder / "report.json", report)


def _dump(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def _key(
    entries: Sequence[Entry], off_topic: Sequence[str], dictionary: str, fingerprint: str, target: float
) -> str:
    content = [RECIPE, [e.to_json() for e in entries], list(off_topic), dictionary, fingerprint, target]
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode())
    for file in PRIOR_FILES.values():
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _fresh_name(root: Path, name: str) -> str:
    """A damaged release may be rebuilt within its second: the folder of its name is never written to."""
    number, fresh = 1, name
    while (root / fresh).exists():
        number, fresh = number + 1, f"{name}-{number + 1}"
    return fresh


def _is_whole(folder: Path, key: str) -> bool:
    try:
        manifest = Manifest.read(folder)
        manifest.check(folder)
    except ConfigurationError:
        return False
    return manifest.key == key


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
