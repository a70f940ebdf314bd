"""Stock Rasa's own model of the product's domain: the pipeline of `rasa init` with the Chinese tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from benchmarks.rasa_command import call

# Rasa's default is 100. A turn takes as long with any number, and these know the benchmark's phrases.
EPOCHS = 5
PIPELINE: list[dict[str, Any]] = [
    {"name": "JiebaTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": EPOCHS, "random_seed": 1, "constrain_similarities": True},
    {"name": "EntitySynonymMapper"},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]


def train_stock_model(root: Path, folder: Path, rasa_python: Path) -> Path:
    """Train on the product's lines, rules and policies; the model's file. Raises Stopped."""
    config = yaml.safe_load((root / "config.yml").read_text("utf-8"))
    path = folder / "stock.yml"
    path.write_text(yaml.safe_dump({**config, "pipeline": PIPELINE}, allow_unicode=True), "utf-8")
    call(
        [
            *(str(rasa_python.absolute()), "-m", "rasa", "train", "--config", str(path)),
            *("--domain", "domain.yml", "--data", "data/nlu", "data/rules"),
            *("--out", str(folder), "--fixed-model-name", "stock"),
        ],
        root,
    )
    return folder / "stock.tar.gz"
