"""Training: skipped when nothing changed, honest when it fails."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.nlu.evaluate import parse_with_rasa
from bot.nlu.train import RasaProject, current_model, inputs_digest, train_model


def test_the_same_inputs_train_once(project: RasaProject, model: Path) -> None:
    before = model.stat()
    assert train_model(project) == model
    assert model.stat().st_mtime_ns == before.st_mtime_ns
    assert current_model(project) == model
    assert model.name == f"{inputs_digest(project)}.tar.gz"


def test_any_input_changes_the_digest(project: RasaProject, model: Path) -> None:
    before = inputs_digest(project)
    path = project.root / "domain.yml"
    original = path.read_text("utf-8")
    try:
        path.write_text(original + "\n# changed\n", "utf-8")
        assert inputs_digest(project) != before
    finally:
        path.write_text(original, "utf-8")
    assert inputs_digest(project) == before


def test_failed_training_keeps_the_current_model(project: RasaProject, model: Path) -> None:
    path = project.root / "domain.yml"
    original = path.read_text("utf-8")
    try:
        path.write_text("version: '3.1'\nintents: 7\n", "utf-8")
        with pytest.raises(ConfigurationError, match="training failed"):
            train_model(project)
    finally:
        path.write_text(original, "utf-8")
    assert current_model(project) == model


def test_without_a_model_it_says_what_to_do(project: RasaProject, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="bot nlu train"):
        current_model(dataclasses.replace(project, models=tmp_path))


def test_a_missing_interpreter_is_named(project: RasaProject, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / "encoder").symlink_to(project.models / "encoder")
    elsewhere = dataclasses.replace(project, python=tmp_path / "python", models=models)
    with pytest.raises(ConfigurationError, match="cannot be run"):
        train_model(elsewhere)


def test_bulk_parsing_reads_every_text(project: RasaProject, model: Path) -> None:
    parsed = parse_with_rasa(project, model, ["你好", "/restart", "转人工"])
    assert [one.best for one in parsed][::2] == ["greet", "request_human"]
    assert all(0 <= one.confidence <= 1 for one in parsed)
