"""Which classifier tells the intents apart best on the same rows: `python -m benchmarks.classifiers`.

The product's networks, logistic regression, a linear support vector machine and Rasa's DIET get the same
dense and sparse features. Measured on the even development set after training on all lines, and by
cross-validation over the training lines, blocks of neighbours kept together. Shares have 95 % intervals.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.intent_lines import Lines, Reader, folds
from benchmarks.rasa_command import call
from bot.config import Settings
from bot.faq.encoder import load_encoder
from bot.intervals import wilson
from bot.nlu.intent_features import FeatureWeights, IntentFeatures
from bot.nlu.intent_model import IntentModel
from bot.nlu.intent_network import NetworkSettings
from bot.nlu.score import Score, score

EPOCHS = 30
# Planes gain by grams that only one line has, networks do not.
PLANES = FeatureWeights(vectors=0.8, characters=1.0, words=0.8, least=1)


@dataclass(frozen=True)
class Run:
    """One classifier on one split; `milliseconds` a message include the sparse features, not the encoder."""

    pairs: tuple[tuple[str, str], ...]
    seconds: float
    milliseconds: float


Classifier = Callable[[Lines, Lines], Run]


def networks(train: Lines, test: Lines) -> Run:
    """What the product serves."""
    started = time.perf_counter()
    model = IntentModel.fit(train.sentences, train.intents, FeatureWeights(), NetworkSettings())
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    best = [model.rank([sentence])[0][0].intent for sentence in test.sentences]
    return _run(test, best, seconds, started)


def logistic_regression(train: Lines, test: Lines) -> Run:
    """Multinomial; rows about as long as 1 need a weak penalty."""
    from sklearn.linear_model import LogisticRegression

    return _planes(train, test, LogisticRegression(C=30.0, max_iter=200, class_weight="balanced"))


def support_vectors(train: Lines, test: Lines) -> Run:
    """One plane an intent; what the product served before."""
    from sklearn.svm import LinearSVC

    return _planes(train, test, LinearSVC(C=2.0, class_weight="balanced", random_state=0, tol=1e-3))


def _planes(train: Lines, test: Lines, machine: Any) -> Run:
    from scipy.sparse import csr_matrix, hstack

    started = time.perf_counter()
    features = IntentFeatures.fit(train.sentences, PLANES)
    rows = features.rows(train.sentences)
    machine.fit(hstack([csr_matrix(rows.dense), rows.sparse]).tocsr(), train.intents)
    seconds = time.perf_counter() - started
    weights, names = np.ascontiguousarray(machine.coef_.T, np.float32), machine.classes_
    started = time.perf_counter()
    best = []
    for sentence in test.sentences:
        dense, columns, values = features.row(sentence)
        scores = dense @ weights[: len(dense)] + values @ weights[len(dense) + columns]
        best.append(str(names[np.argmax(scores + machine.intercept_)]))
    return _run(test, best, seconds, started)


def diet(python: Path, epochs: int) -> Classifier:
    """Rasa's DIET in Rasa's environment, on the product's rows."""

    def classify(train: Lines, test: Lines) -> Run:
        features = IntentFeatures.fit(train.sentences, FeatureWeights())
        parts = {"train": features.rows(train.sentences), "test": features.rows(test.sentences)}
        arrays: dict[str, Any] = {"columns": features.columns, "intents": np.array(train.intents)}
        for name, rows in parts.items():
            arrays |= {
                f"{name}_dense": rows.dense,
                f"{name}_values": rows.sparse.data,
                f"{name}_columns": rows.sparse.indices,
                f"{name}_ends": rows.sparse.indptr,
            }
        with tempfile.TemporaryDirectory(prefix="diet-") as folder:
            np.savez(Path(folder) / "rows.npz", **arrays)
            script = Path(__file__).with_name("diet_process.py").resolve()
            call([str(python.absolute()), str(script), folder, str(epochs)], Path(folder))
            answer = json.loads((Path(folder) / "predictions.json").read_text("utf-8"))
        pairs = tuple(zip(test.intents, answer["best"], strict=True))
        return Run(pairs, answer["seconds"], answer["milliseconds"])

    return classify


def _run(test: Lines, best: Sequence[str], seconds: float, started: float) -> Run:
    milliseconds = (time.perf_counter() - started) / len(best) * 1000
    return Run(tuple(zip(test.intents, best, strict=True)), seconds, milliseconds)


def cells(found: Score) -> list[str]:
    """Accuracy and macro-F1 with their intervals."""
    shares = (
        (found.accuracy, wilson(found.accuracy, found.n)),
        (found.macro_f1, found.macro_f1_interval),
    )
    return [f"{share:.3f} ({low:.3f}-{high:.3f})" for share, (low, high) in shares]


def main() -> None:
    """Measure the classifiers that were asked for."""
    settings = Settings()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=3, help="0 leaves the cross-validation out")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="DIET's rounds over the lines")
    parties: dict[str, Classifier] = {
        "networks": networks,
        "svm": support_vectors,
        "logistic": logistic_regression,
        "diet": diet(settings.rasa_python, parser.parse_known_args()[0].epochs),
    }
    parser.add_argument("--only", choices=sorted(parties), nargs="+", default=list(parties))
    asked = parser.parse_args()
    reader = Reader(load_encoder(settings.models))
    lines, development = reader.training(), reader.development()
    table = Table(
        *("classifier", "development accuracy", "macro-F1", "cross-validation accuracy", "macro-F1"),
        *("training s", "ms a message"),
        title=f"{len(lines.intents)} training lines, {len(development.intents)} development lines",
    )
    console = Console(width=170)
    for name in asked.only:
        run = parties[name](lines, development)
        found = score(run.pairs)
        crossed = score(
            [
                pair
                for train, test in folds(lines, asked.folds)
                for pair in parties[name](lines.part(train), lines.part(test)).pairs
            ]
        )
        shown = [*(cells(found) if found else []), *(cells(crossed) if crossed else ["–", "–"])]
        table.add_row(name, *shown, f"{run.seconds:.0f}", f"{run.milliseconds:.2f}")
        console.print(f"{name}: {shown}")
    console.print(table)


if __name__ == "__main__":
    main()
