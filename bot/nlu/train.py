"""Trains the Rasa model in Rasa's own environment, unless one for the very same inputs is there already."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ArtefactMismatch, ConfigurationError
from bot.faq.encoder import EncoderCard, encoder_folder

POINTER = "current"
LOG_LINES = 15
# What decides the model: configuration, training data, and the components themselves.
FILES = ("config.yml", "domain.yml")
FOLDERS = ("data/nlu", "data/rules", "data/stories")
COMPONENTS = (
    "bot/nlu/tokenizer.py",
    "bot/nlu/featurizer.py",
    "bot/nlu/grams.py",
    "bot/nlu/intent_features.py",
    "bot/nlu/intent_network.py",
    "bot/nlu/intent_model.py",
    "bot/nlu/latin_words.py",
    "bot/nlu/intent_classifier.py",
    "bot/nlu/threshold.py",
    "bot/nlu/entities.py",
    "bot/nlu/entity_extractor.py",
    "bot/faq/normalize.py",
)
DATA_SUFFIXES = {".yml", ".txt"}
# By default glibc gives the networks' arrays back to the system at every step and fetches them anew, page by
# page: a fifth of their training. Other C libraries do not know these.
MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}


@dataclass(frozen=True)
class RasaProject:
    """Where Rasa finds its things: the project's root, its interpreter, and the folder of built artefacts."""

    root: Path
    python: Path
    models: Path

    @property
    def folder(self) -> Path:
        """Where the models lie."""
        return self.models / "rasa"

    def inputs(self) -> Iterator[Path]:
        """Every file that decides the model, in a fixed order."""
        yield from (self.root / name for name in FILES)
        for folder in FOLDERS:
            yield from sorted(p for p in (self.root / folder).rglob("*") if p.suffix in DATA_SUFFIXES)
        yield from self.components()

    def components(self) -> Iterator[Path]:
        """The code of the components, in a fixed order."""
        return (self.root / name for name in COMPONENTS)

    def environment(self) -> dict[str, str]:
        """Environment for a program of the Rasa interpreter."""
        return {
            **os.environ,
            "BOT_MODELS": str(self.models.resolve()),
            "OMP_NUM_THREADS": "1",
            "PYTHONWARNINGS": "ignore",
        }


def inputs_digest(project: RasaProject) -> str:
    """16 hex digits over all inputs and the encoder.

    Raises ConfigurationError when there is no encoder or an input cannot be read.
    """
    digest = hashlib.sha256(EncoderCard.read(encoder_folder(project.models)).fingerprint.encode())
    try:
        for path in project.inputs():
            content = path.read_bytes()
            digest.update(f"\0{path.relative_to(project.root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    except OSError as error:
        raise ConfigurationError(f"{error.filename} cannot be read: {error.strerror}") from error
    return digest.hexdigest()[:16]


def components_digest(project: RasaProject) -> str:
    """16 hex digits over the code of the components, which a model cannot be loaded without."""
    digest = hashlib.sha256()
    for path in project.components():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def current_model(project: RasaProject) -> Path:
    """The model to serve.

    Raises ConfigurationError when none was trained, or ArtefactMismatch when it was trained by other
    component code: every turn would fail.
    """
    try:
        name, _, components = (project.folder / POINTER).read_text("utf-8").strip().partition(" ")
    except FileNotFoundError:
        raise ConfigurationError(f"no Rasa model in {project.folder}: run `bot nlu train`") from None
    path = project.folder / name
    if not path.is_file():
        raise ConfigurationError(f"{path} is missing: run `bot nlu train`")
    if components != components_digest(project):
        raise ArtefactMismatch(f"{path} was trained by other code of bot/nlu: run `bot nlu train`")
    return path


def train_model(project: RasaProject, accept: Callable[[Path], None] = lambda _model: None) -> Path:
    """Train, or reuse the model of the same inputs, make it the current one and return its path.

    Two minutes. Raises ConfigurationError with the end of Rasa's output when training fails, and what
    `accept` raises, which is asked before a new model becomes current; the current model then stays.
    """
    name = f"{inputs_digest(project)}.tar.gz"
    target = project.folder / name
    if not target.is_file():
        project.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=project.folder, prefix="training-") as folder:
            _run_training(project, Path(folder), name.removesuffix(".tar.gz"))
            (Path(folder) / name).replace(target)
    line = f"{name} {components_digest(project)}\n"
    current = project.folder / POINTER
    if current.is_file() and current.read_text("utf-8") == line:
        return target
    accept(target)
    pointer = project.folder / f"{POINTER}.new"
    pointer.write_text(line, "utf-8")
    pointer.replace(current)
    return target


def _run_training(project: RasaProject, out: Path, name: str) -> None:
    command = [
        str(project.python.absolute()),
        "-m",
        "bot.nlu.launcher",
        "train",
        "--out",
        str(out.resolve()),
        "--name",
        name,
    ]
    try:
        done = subprocess.run(
            command,
            cwd=project.root,
            env={**project.environment(), **MEMORY},
            text=True,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise ConfigurationError(
            f"{project.python} cannot be run ({error.strerror}): run `make run` first"
        ) from error
    if done.returncode != 0 or not (out / f"{name}.tar.gz").is_file():
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-LOG_LINES:])
        raise ConfigurationError(f"Rasa's training failed with code {done.returncode}:\n{tail}")
