"""Builds a release out of the sources: a candidate, which serves only once it is published."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.faq.adapter import Adapter
from bot.faq.classifier import EntryClassifier
from bot.faq.cross_validation import Corpus
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry
from bot.faq.file_lock import locked
from bot.faq.fit import Fitted, FittedBefore, Progress, fit_responder, index_anew, make_corpus, question_lines
from bot.faq.known_vectors import KnownVectors
from bot.faq.lint import Finding, LintPolicy, QuestionLines, lint_entries
from bot.faq.lint.released import joined_findings, read_findings, write_findings
from bot.faq.off_topic import load_off_topic
from bot.faq.prior import PRIOR_FILES
from bot.faq.publication import history, serving
from bot.faq.release import (
    CalibrationOrigin,
    Manifest,
    Sources,
    list_releases,
    read_calibration,
    read_entries,
    read_report,
    releases_folder,
    sha256,
    to_disk,
    write_whole,
)
from bot.faq.responder import today_in
from bot.faq.retriever import Fusion
from bot.faq.topic_file import load_entries

RECIPE = 10  # raise it when this package would build something else from the same files
# As long as no more of the lines have changed since, the figures of a calibration are those of nearly
# the same index; fitting it anew takes eight times as long as the rest of the build.
KEPT_CHANGED_SHARE = 0.02
KEPT_RELEASES = 20
KEPT_PUBLICATIONS = 5
WORK = ".building-"
GARBAGE = ".removed-"
LINE_WORDS = "line_words.json"


@dataclass(frozen=True)
class Inputs:
    """All that a release depends on. `key` is the hash of it, `basis` that of all but entries and target."""

    entries: tuple[Entry, ...]
    off_topic: list[str]
    dictionary: str
    target: float
    basis: str
    key: str

    @classmethod
    def read(cls, sources: Sources, encoder: Encoder, target: float) -> Inputs:
        """Raises ConfigurationError when a source is unusable."""
        entries = load_entries(sources.entries)
        off_topic = load_off_topic(sources.off_topic)
        dictionary = sources.dictionary()
        priors = [sha256(file) for file in PRIOR_FILES.values()]
        basis = _hash([RECIPE, off_topic, dictionary, encoder.fingerprint, priors])
        key = _hash([basis, [entry.to_json() for entry in entries], target])
        return cls(entries, off_topic, dictionary, target, basis, key)


def build_release(
    sources: Sources,
    models: Path,
    encoder: Encoder,
    target: float,
    progress: Progress = print,
    *,
    recalibrate: bool = False,
    train: bool = False,
) -> Path:
    """Build a release, or find the one that was built from the same sources: the candidate, from then on.

    Only texts that the newest release does not hold are encoded, and its calibration is kept while at
    most 2 % of its lines have changed, unless `recalibrate`. `train` tries an adapter, and so does every
    new calibration after a release that has one. `target` is the accepted share of wrong answers. Raises
    ConfigurationError when a source is unusable. What an interrupted build left behind goes with the next
    one.
    """
    started = time.perf_counter()
    root = releases_folder(models)
    root.mkdir(parents=True, exist_ok=True)
    with locked(models / "faq" / "build.lock", lambda: progress("waiting for another build to end")):
        _sweep(root)
        inputs = Inputs.read(sources, encoder, target)
        policy = LintPolicy.read(sources.lint_policy, today_in()())
        current = serving(models)
        base = current.release if current else None
        built = [manifest for manifest in list_releases(models) if manifest.encoder == encoder.fingerprint]
        for manifest in built:
            fresh = manifest.name == base or manifest.base == base
            wanted = not train and not (recalibrate and manifest.calibration.changed_lines)
            if manifest.key == inputs.key and fresh and wanted and manifest.is_whole(root / manifest.name):
                progress(f"FAQ release {manifest.name} is up to date")
                return _proposed(models, root / manifest.name)
        previous = next((m for m in built if m.is_whole(root / m.name)), None)
        created = datetime.now(UTC)
        name = _fresh_name(root, f"{created:%Y%m%d-%H%M%S}-{inputs.key[:8]}")
        known = KnownVectors.of(root / previous.name if previous else None, encoder, progress)
        corpus = make_corpus(inputs.entries, inputs.off_topic, inputs.dictionary, known.encode)
        if previous is not None:
            corpus.words.learn(_split_before(previous, root / previous.name, inputs.dictionary))
        kept = None
        if previous is not None and not (recalibrate or train):
            kept = _keep_calibration(inputs, corpus, encoder, previous, root / previous.name, name)
        if kept is not None:
            fitted, origin = kept
            progress(
                f"calibration: kept from {origin.fitted_in}, "
                f"{origin.changed_lines} of {len(corpus.lines)} lines have changed since"
            )
        else:
            adapt = train or (previous is not None and previous.adapter)
            fitted = fit_responder(inputs.entries, corpus, encoder, target, progress, name, adapt=adapt)
            origin = CalibrationOrigin(name, 0, inputs.basis)
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=root))
        _write(work, fitted, known)
        write_findings(
            work, _lint(inputs.entries, policy, known, root / previous.name if previous and kept else None)
        )
        _dump(work / LINE_WORDS, {text: corpus.words(text) for text in corpus.lines.texts})
        thresholds = fitted.responder.thresholds
        manifest = Manifest(
            name=name,
            created=created.isoformat(timespec="microseconds"),
            key=inputs.key,
            base=base,
            encoder=encoder.fingerprint,
            entries=len(inputs.entries),
            lines=len(corpus.lines),
            wrong_answer_target=target,
            answer_threshold=thresholds.answer,
            scope_threshold=thresholds.scope,
            calibration=origin,
            search=fitted.responder.retriever.index.method,
            seconds=round(time.perf_counter() - started, 2),
            files={path.name: sha256(path) for path in sorted(work.iterdir())},
            adapter=fitted.responder.retriever.adapter is not None,
        )
        manifest.write(work)
        _seal(work, root / name)
        _proposed(models, root / name)
        _prune(models, root)
    progress(f"FAQ release {name}: {manifest.entries} entries, {manifest.lines} questions")
    progress(f"search: {manifest.search}")
    for line in fitted.report.summary():
        progress(line)
    return root / name


def _lint(
    entries: Sequence[Entry], policy: LintPolicy, known: KnownVectors, before: Path | None
) -> tuple[Finding, ...]:
    """What the lint says of a release; what follows `before` keeps what comparing by meaning found there.

    That takes as long as the rest of a build in which few lines have changed, and like the rest of the
    report it is made anew with the calibration.
    """
    if before is None:
        lines = QuestionLines.of(entries)
        return lint_entries(entries, policy, known.encode(lines.texts).final)
    unchanged = {entry.id for entry in set(read_entries(before)) & set(entries)}
    return joined_findings(lint_entries(entries, policy), read_findings(before) or (), unchanged)


def _proposed(models: Path, folder: Path) -> Path:
    """Make a release the candidate."""
    write_whole(models / "faq" / "candidate", folder.name + "\n")
    return folder


def _keep_calibration(
    inputs: Inputs, corpus: Corpus, encoder: Encoder, previous: Manifest, folder: Path, name: str
) -> tuple[Fitted, CalibrationOrigin] | None:
    """The release under the calibration of the previous one, or None when too much has changed."""
    if previous.calibration.basis != inputs.basis:
        return None
    entries = read_entries(folder)
    changed = previous.calibration.changed_lines + _changed_lines(entries, inputs.entries)
    if changed > KEPT_CHANGED_SHARE * len(corpus.lines):
        return None
    classifier = EntryClassifier.load(folder)
    row = {entry.id: number for number, entry in enumerate(entries)}
    before = FittedBefore(
        Fusion(**json.loads((folder / "fusion.json").read_text("utf-8"))),
        read_calibration(folder),
        read_report(folder),
        classifier.arranged([row.get(entry.id) for entry in inputs.entries]) if classifier else None,
        Adapter.load(folder),
    )
    fitted = index_anew(inputs.entries, corpus, encoder, inputs.target, before, name)
    if (fitted.responder.retriever.entry_classifier is None) != (classifier is None):
        return None  # the calibration knows of a score that is not there, or the other way round
    return fitted, CalibrationOrigin(previous.calibration.fitted_in, changed, inputs.basis)


def _split_before(release: Manifest, folder: Path, dictionary: str) -> dict[str, list[str]]:
    """The words of the lines of a release, if they were split by this dictionary."""
    if LINE_WORDS not in release.files or (folder / "dictionary.txt").read_text("utf-8") != dictionary:
        return {}
    split: dict[str, list[str]] = json.loads((folder / LINE_WORDS).read_text("utf-8"))
    return split


def _changed_lines(before: Sequence[Entry], after: Sequence[Entry]) -> int:
    """How many questions and answers stand in one of them alone."""

    def texts(entries: Sequence[Entry]) -> set[tuple[str, str, str]]:
        lines = {(entries[row].id, "question", text) for text, row in question_lines(entries)}
        return lines | {(entry.id, "answer", entry.answer) for entry in entries}

    return len(texts(before) ^ texts(after))


def _write(folder: Path, fitted: Fitted, known: KnownVectors) -> None:
    known.save(folder)
    _dump(folder / "entries.json", [entry.to_json() for entry in fitted.responder.entries])
    fitted.responder.retriever.save(folder)
    fitted.responder.calibration.save(folder / "calibration.json")
    _dump(folder / "report.json", fitted.report.to_json())


def _dump(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def _seal(work: Path, folder: Path) -> None:
    """Give a finished folder its name, once every byte of it is on the disk."""
    work.chmod(0o755)
    for path in (*work.iterdir(), work):
        to_disk(path)
    work.rename(folder)
    to_disk(folder.parent)


def _sweep(root: Path) -> None:
    """Remove what killed builds left; the build lock says that none is running."""
    for prefix in (WORK, GARBAGE):
        for folder in root.glob(f"{prefix}*"):
            shutil.rmtree(folder)


def _prune(models: Path, root: Path) -> None:
    """Remove old releases but those that serve or served lately."""
    kept = {manifest.name for manifest in list_releases(models)[:KEPT_RELEASES]}
    kept |= {move.release for move in history(models)[-KEPT_PUBLICATIONS:]}
    kept |= {move.before for move in history(models)[-KEPT_PUBLICATIONS:] if move.before}
    for folder in root.iterdir():
        if folder.name not in kept and folder.is_dir() and not folder.name.startswith("."):
            garbage = root / (GARBAGE + folder.name)
            folder.rename(garbage)
            shutil.rmtree(garbage)


def _fresh_name(root: Path, name: str) -> str:
    """A damaged release may be rebuilt within its second: the folder of its name is never written to."""
    number, fresh = 1, name
    while (root / fresh).exists():
        number, fresh = number + 1, f"{name}-{number + 1}"
    return fresh


def _hash(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
