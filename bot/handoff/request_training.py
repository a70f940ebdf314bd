"""Trains the request model from the NLU lines, unless one for the same lines and features is there."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.errors import ArtefactMismatch, ConfigurationError
from bot.handoff.policy import REQUEST_INTENT
from bot.handoff.request_model import FILE, RequestModel, inputs_digest


def read_training_lines(folder: Path) -> tuple[list[str], list[bool]]:
    """All lines of the NLU files in `folder`, and whether each asks for a human.

    Raises ConfigurationError when there are none or a file is not Rasa's NLU format.
    """
    texts, asks = list[str](), list[bool]()
    for path in sorted(folder.glob("*.yml")):
        try:
            for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
                if "intent" not in block:
                    continue
                lines = [line.removeprefix("- ").strip() for line in block["examples"].splitlines()]
                texts += lines
                asks += [block["intent"] == REQUEST_INTENT] * len(lines)
        except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
            raise ConfigurationError(f"{path} is not a file of NLU lines: {error}") from error
    if not texts:
        raise ConfigurationError(f"{folder} holds no NLU lines")
    return texts, asks


def train_request_model(lines: Path, models: Path) -> Path:
    """Train from the NLU lines in the folder `lines` and return the model's path; about 5 s.

    Raises ConfigurationError when the lines cannot be read or hold only one kind.
    """
    texts, asks = read_training_lines(lines)
    try:
        if RequestModel.load(models).digest == inputs_digest(texts, asks):
            return models / FILE
    except (ConfigurationError, ArtefactMismatch):
        pass
    try:
        fitted = RequestModel.fit(texts, asks)
    except ValueError as error:
        raise ConfigurationError(f"{lines}: {error}") from error
    models.mkdir(parents=True, exist_ok=True)
    fitted.save(models)
    return models / FILE
