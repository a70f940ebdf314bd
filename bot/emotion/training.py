"""Trains the emotion model from labelled lines, unless one from the very same inputs is there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np

from bot.emotion.addresses import mask_addresses
from bot.emotion.emotion import Label, Risk
from bot.emotion.evidence import Evidence
from bot.emotion.lexicon import Lexicon
from bot.emotion.model import FILE, EmotionModel, Example, VectorSource, model_digest
from bot.errors import ArtefactMismatch, ConfigurationError

TRAINING = "training"
LEXICON = "lexicon.tsv"
DEVELOPMENT = "development.jsonl"
_ABOUT_A_RISK = 0.1


def read_examples(path: Path) -> list[Example]:
    """The labelled lines of a JSONL file with `text`, `emotion` and `risk`; the file's name is the batch.

    Raises ConfigurationError naming file and line of a bad row.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    return [_example(path, number, line) for number, line in enumerate(lines, start=1)]


def _example(path: Path, number: int, line: str) -> Example:
    try:
        row = json.loads(line)
        text, label, risk = row["text"], row["emotion"], row["risk"]
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"{path}, line {number}: no text, emotion and risk ({error})") from error
    if label not in get_args(Label) or risk not in get_args(Risk):
        raise ConfigurationError(f"{path}, line {number}: unknown emotion {label!r} or risk {risk!r}")
    return Example(text, label, risk, path.stem)


def calm_questions(questions: Sequence[Sequence[str]], lexicon: Lexicon) -> list[Example]:
    """Every second question of a FAQ as a calm line without risk; `questions` holds those of each entry.

    What is asked every day must not be taken for despair or fraud. An entry that is about a risk, since a
    phrase names one in more than a tenth of its questions, is left out whole, and so are questions in which
    a phrase shows a feeling or a risk.
    """
    examples = []
    for entry in questions:
        found = [(text, Evidence(lexicon, text)) for text in entry]
        if sum(evidence.risk != "none" for _, evidence in found) > _ABOUT_A_RISK * len(found):
            continue
        examples += [
            Example(text, "calm", "none", "questions")
            for text, evidence in found[::2]
            if (evidence.label, evidence.risk) == ("calm", "none")
        ]
    return examples


def train_emotion_model(
    folder: Path, vectors: VectorSource, models: Path, questions: Sequence[Sequence[str]] = ()
) -> Path:
    """Train from `lexicon.tsv`, `development.jsonl` and `training/*.jsonl` in `folder`; about a minute.

    `questions` are those of each entry of the FAQ. Raises ConfigurationError when the lines or the lexicon
    cannot be used.
    """
    files = [folder / LEXICON, folder / DEVELOPMENT, *sorted((folder / TRAINING).glob("*.jsonl"))]
    asked = [text for entry in questions for text in entry]
    digest = model_digest([vectors.fingerprint, *_contents(files), *asked])
    try:
        if EmotionModel.load(models, vectors.fingerprint).digest == digest:
            return models / FILE
    except (ConfigurationError, ArtefactMismatch):
        pass
    examples = [example for path in files[1:] for example in read_examples(path)]
    if not examples:
        raise ConfigurationError(f"{folder / TRAINING} holds no labelled lines")
    lexicon = Lexicon.load(files[0])
    calm = calm_questions(questions, lexicon)
    # The questions last: a release that is built meanwhile has encoded them by then.
    encoded = np.concatenate(
        [vectors.encode([mask_addresses(one.text) for one in part]) for part in (examples, calm) if part]
    )
    examples += calm
    evidence = [Evidence(lexicon, example.text) for example in examples]
    try:
        model = EmotionModel.fit(examples, evidence, encoded, digest, vectors.fingerprint)
    except ValueError as error:
        raise ConfigurationError(f"{folder / TRAINING}: {error}") from error
    models.mkdir(parents=True, exist_ok=True)
    model.save(models)
    return models / FILE


def _contents(files: Sequence[Path]) -> list[str]:
    try:
        return [path.read_text("utf-8") for path in files]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"training lines cannot be read: {error}") from error
