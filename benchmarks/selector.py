"""Rasa's own way to answer FAQs: a ResponseSelector trained on the same entries, in Rasa's environment."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.rasa_command import OutOfTime, call
from bot.faq.entry import Entry

EPOCHS = 100
THRESHOLD = 0.3
# Two short trainings tell what an epoch takes.
PROBES = (1, 3)


@dataclass(frozen=True)
class Selected:
    """The ResponseSelector's choice for one question; `confidence` is 0..1."""

    entry: str
    confidence: float


@dataclass(frozen=True)
class SelectorRun:
    """`build_seconds` is the training alone, as a whole process; `processor_seconds` what it computed.

    `epochs` is how far it got.
    """

    build_seconds: float
    processor_seconds: float
    choices: tuple[Selected, ...]
    epochs: int


def children_seconds() -> float:
    """Processor time of all commands that were waited for."""
    times = os.times()
    return times.children_user + times.children_system


def pipeline(epochs: int) -> list[dict[str, object]]:
    """The pipeline that Rasa documents for FAQs, with its Chinese tokenizer."""
    return [
        {"name": "JiebaTokenizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "ResponseSelector", "epochs": epochs, "retrieval_intent": "faq", "random_seed": 1},
    ]


def write_project(entries: Sequence[Entry], folder: Path, epochs: int) -> None:
    """A Rasa project whose retrieval intent `faq` has one response key an entry."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
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
    config = {
        "recipe": "default.v1",
        "language": "zh",
        "assistant_id": "selector",
        "pipeline": pipeline(epochs),
    }
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
    """Train on the entries for `EPOCHS` epochs and ask every question.

    With a `limit` in seconds of processor time, for as many epochs as end within it. Raises Stopped when
    Rasa fails, OutOfTime when the limit allows no single epoch.
    """
    epochs = EPOCHS if limit is None else _affordable(entries, folder, rasa_python, limit)
    seconds, used = _train(entries, folder, rasa_python, epochs)
    (folder / "questions.json").write_text(json.dumps(list(questions), ensure_ascii=False), "utf-8")
    script = Path(__file__).with_name("selector_parse.py").resolve()
    call([str(rasa_python.absolute()), str(script), "models/selector.tar.gz"], folder)
    rows = json.loads((folder / "choices.json").read_text("utf-8"))
    choices = tuple(Selected(row["entry"], row["confidence"]) for row in rows)
    return SelectorRun(seconds, used, choices, epochs)


def _affordable(entries: Sequence[Entry], folder: Path, rasa_python: Path, limit: int) -> int:
    few, more = (_train(entries, folder, rasa_python, probe, limit)[1] for probe in PROBES)
    each = max((more - few) / (PROBES[1] - PROBES[0]), 1e-3)
    epochs = min(EPOCHS, PROBES[0] + int((limit - few) / each))
    if epochs < 1:
        raise OutOfTime(f"one epoch takes {few:.0f} s of the processor, the limit is {limit} s")
    return epochs


def _train(
    entries: Sequence[Entry], folder: Path, rasa_python: Path, epochs: int, limit: int | None = None
) -> tuple[float, float]:
    """Seconds by the clock and of the processor. Raises OutOfTime beyond `limit` of the latter."""
    write_project(entries, folder, epochs)
    started, used = time.perf_counter(), children_seconds()
    call(
        [str(rasa_python.absolute()), "-m", "rasa", "train", "nlu", "--nlu", "data", "--domain", "domain.yml",
         "--config", "config.yml", "--out", "models", "--fixed-model-name", "selector"],
        folder,
        limit,
    )  # fmt: skip
    return time.perf_counter() - started, children_seconds() - used
