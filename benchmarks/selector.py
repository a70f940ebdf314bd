"""Rasa's own way to answer FAQs: a ResponseSelector trained on the same entries, in Rasa's environment."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.rasa_command import call
from bot.faq.entry import Entry

# The pipeline that Rasa documents for FAQs, with its Chinese tokenizer and its default threshold.
EPOCHS = 100
THRESHOLD = 0.3
PIPELINE = [
    {"name": "JiebaTokenizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "ResponseSelector", "epochs": EPOCHS, "retrieval_intent": "faq", "random_seed": 1},
]


@dataclass(frozen=True)
class Selected:
    """The ResponseSelector's choice for one question; `confidence` is 0..1."""

    entry: str
    confidence: float


@dataclass(frozen=True)
class SelectorRun:
    """`build_seconds` is the training alone, as a whole process; `processor_seconds` what it computed."""

    build_seconds: float
    processor_seconds: float
    choices: tuple[Selected, ...]


def children_seconds() -> float:
    """Processor time of all commands that were waited for."""
    times = os.times()
    return times.children_user + times.children_system


def write_project(entries: Sequence[Entry], folder: Path) -> None:
    """A Rasa project whose retrieval intent `faq` has one response key an entry."""
    (folder / "data").mkdir(parents=True)
    nlu = [
        {
            "intent": f"faq/{entry.id}",
            "examples": "".join(f"- {line.strip()}\n" for line in (entry.question, *entry.similar)),
        }
        for entry in entries
    ]
    domain = {
        "version": "3.1",
        "intents": ["faq"],
        "responses": {f"utter_faq/{entry.id}": [{"text": entry.answer}] for entry in entries},
    }
    config = {"recipe": "default.v1", "language": "zh", "assistant_id": "selector", "pipeline": PIPELINE}
    for name, content in (
        ("data/nlu.yml", {"version": "3.1", "nlu": nlu}),
        ("domain.yml", domain),
        ("config.yml", config),
    ):
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def run_selector(
    entries: Sequence[Entry],
    questions: Sequence[str],
    folder: Path,
    rasa_python: Path,
    limit: int | None = None,
) -> SelectorRun:
    """Train on the entries and ask every question.

    Raises Stopped when Rasa fails, OutOfTime when the training takes more than
    `limit` seconds of processor time.
    """
    write_project(entries, folder)
    started, used = time.perf_counter(), children_seconds()
    call(
        [str(rasa_python.absolute()), "-m", "rasa", "train", "nlu", "--nlu", "data", "--domain", "domain.yml",
         "--config", "config.yml", "--out", "models", "--fixed-model-name", "selector"],
        folder,
        limit,
    )  # fmt: skip
    seconds, used = time.perf_counter() - started, children_seconds() - used
    (folder / "questions.json").write_text(json.dumps(list(questions), ensure_ascii=False), "utf-8")
    script = Path(__file__).with_name("selector_parse.py").resolve()
    call([str(rasa_python.absolute()), str(script), "models/selector.tar.gz"], folder)
    rows = json.loads((folder / "choices.json").read_text("utf-8"))
    return SelectorRun(seconds, used, tuple(Selected(row["entry"], row["confidence"]) for row in rows))
