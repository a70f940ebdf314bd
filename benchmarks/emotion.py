"""What judging a feeling costs on top of the encoder: `python -m benchmarks.emotion`.

Every development line is judged with its vectors at hand, as in a turn in which the FAQ has encoded the
message already. In the same run, turn and turn about: the lexicon alone, and scikit-learn's pipeline on the
same features (its own character n-grams, the same vectors and evidence, a linear support vector machine for
the label and one for the risk), fitted on a share of the same lines. The encoder's own time stands beside.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from bot.config import Settings
from bot.emotion import EmotionDetector
from bot.emotion.emotion import LABELS, RISKS
from bot.emotion.evidence import Evidence
from bot.emotion.features import evidence_row
from bot.emotion.fitting import INVERSE_PENALTY, Matrix
from bot.emotion.lexicon import Lexicon
from bot.emotion.model import EmotionModel, Example
from bot.emotion.training import LEXICON, TRAINING, read_examples
from bot.faq.encoder import load_encoder
from bot.faq.message_vectors import MessageVectors

DATA = Path("data/emotion")
LINES = Path("tests/emotion/development")
TARGET_MS = 2.0
ROUNDS = 5
# The peer's speed hangs on its vocabulary, not on what it has learnt: a third of the lines is enough.
EVERY = 3


@dataclass(frozen=True)
class KeptVectors:
    """Vectors that were computed before, as the encoder's cache has them in a turn."""

    fingerprint: str
    rows: dict[str, Matrix]

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Float32 [texts, d]; KeyError for a text that was not encoded."""
        return np.stack([self.rows[text] for text in texts])


def read_lines(folder: Path) -> list[Example]:
    """All labelled lines of a folder."""
    return [line for path in sorted(folder.glob("*.jsonl")) for line in read_examples(path)]


def peer(examples: Sequence[Example], vectors: KeptVectors, lexicon: Lexicon) -> Any:
    """Scikit-learn's pipeline, fitted: texts in, numbers of label and risk out."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multioutput import MultiOutputClassifier
    from sklearn.pipeline import FeatureUnion, make_pipeline
    from sklearn.preprocessing import FunctionTransformer
    from sklearn.svm import LinearSVC

    def dense(texts: Sequence[str]) -> Matrix:
        evidence = np.stack([evidence_row(Evidence(lexicon, text)) for text in texts])
        return np.hstack([vectors.encode(texts), evidence])

    runs = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    pipeline = make_pipeline(
        FeatureUnion([("runs", runs), ("dense", FunctionTransformer(dense))]),
        MultiOutputClassifier(LinearSVC(C=INVERSE_PENALTY, class_weight="balanced", tol=1e-2)),
    )
    wanted = [(LABELS.index(one.label), RISKS.index(one.risk)) for one in examples]
    return pipeline.fit([one.text for one in examples], np.array(wanted))


def milliseconds(judge: Callable[[str], object], text: str) -> tuple[float, float]:
    """How long one judgement takes, and how long it keeps a core busy."""
    started, busy = time.perf_counter(), time.thread_time()
    judge(text)
    return (time.perf_counter() - started) * 1000, (time.thread_time() - busy) * 1000


def main() -> None:
    """Print the table and say whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Settings().models)
    models: Path = parser.parse_args().models
    console = Console(width=120)
    texts = [line.text for line in read_lines(LINES)]
    taught = read_lines(DATA / TRAINING)[::EVERY]
    source = MessageVectors(load_encoder(models))
    encoding = [milliseconds(lambda text: source.encode([text]), text) for text in texts]
    everything = [*texts, *(one.text for one in taught)]
    kept = KeptVectors(source.fingerprint, dict(zip(everything, source.encode(everything), strict=True)))
    lexicon = Lexicon.load(DATA / LEXICON)
    pipeline = peer(taught, kept, lexicon)
    detector = EmotionDetector(lexicon, EmotionModel.load(models, source.fingerprint), kept)
    alone = EmotionDetector(lexicon)
    parties: dict[str, Callable[[str], object]] = {
        "detector": detector.detect,
        "lexicon alone": alone.detect,
        "scikit-learn's pipeline": lambda text: pipeline.predict([text]),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in parties}
    for _ in range(ROUNDS):
        for text in texts:
            for name, judge in parties.items():
                taken[name].append(milliseconds(judge, text))
    table = Table("", "n", title="one judgement, vectors at hand")
    for heading in ("p50 ms", "p99 ms", "core p50 ms", "core p99 ms"):
        table.add_column(heading)
    taken["the encoder, for comparison"] = encoding
    for name, values in taken.items():
        quantiles = np.quantile(values, [0.5, 0.99], axis=0).T.ravel()
        table.add_row(name, str(len(values)), *(f"{value:.2f}" for value in quantiles))
    console.print(table)
    # On a machine that does other work too, only the time of the core is the judgement's own.
    core = float(np.quantile([busy for _, busy in taken["detector"]], 0.99))
    verdict = "met" if core < TARGET_MS else "missed"
    console.print(
        f"target: p99 below {TARGET_MS:g} ms on top of the encoder: {verdict} ({core:.2f} ms of a core)"
    )


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
