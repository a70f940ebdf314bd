"""Reads what Rasa is trained from once.

Rasa's own importers merge the lines into themselves ten times on the way to a model, and each time copy and
hash all of them, for retrieval intents and end-to-end stories, which this product does not have: 6 % of a
training.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from rasa.shared.importers.importer import E2EImporter, ResponsesSyncImporter, TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData


class _Files(RasaFileImporter):
    @cached_property
    def _lines(self) -> TrainingData:
        return super().get_nlu_data()

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        return self._lines


class ProjectImporter(E2EImporter):
    """Domain, rules and configuration as Rasa reads them; the NLU lines alone, the same object every time."""

    def __init__(self, config: str, domain: str, data: Sequence[str]) -> None:
        self._files = _Files(config, domain, list(data))
        super().__init__(ResponsesSyncImporter(self._files))

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        """All lines; the language makes no difference to Rasa's YAML reader."""
        return self._files.get_nlu_data()


def install() -> None:
    """Have Rasa read projects with this importer, for this process."""

    def load(
        config_path: str, domain_path: str, training_data_paths: Sequence[str], *_: Any
    ) -> ProjectImporter:
        return ProjectImporter(config_path, domain_path, training_data_paths)

    TrainingDataImporter.load_from_config = staticmethod(load)
