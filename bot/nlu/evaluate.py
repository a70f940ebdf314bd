"""`bot nlu evaluate`: intents, emotion, risk and the wish for a human on labelled lines."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.emotion import Emotion
from bot.errors import ConfigurationError
from bot.nlu.lines import LabelledLine
from bot.nlu.train import RasaProject

HUMAN_INTENT = "request_human"
LOG_LINES = 15


@dataclass(frozen=True)
class Parsed:
    """Rasa's reading of a line. `intent` (confidence 0..1) is what the rules see, `best` tops the ranking."""

    intent: str
    confidence: float
    best: str


@dataclass(frozen=True)
class LabelScore:
    """Shares (0..1); 0 where there is nothing to divide by. `n` counts the lines with this label."""

    n: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class Score:
    """One column of the file. `confusions` are (expected, predicted, how often), most frequent first."""

    n: int
    accuracy: float
    labels: Mapping[str, LabelScore]
    confusions: tuple[tuple[str, str, int], ...]

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the labels that occur in the file."""
        occurring = [score.f1 for score in self.labels.values() if score.n]
        return sum(occurring) / len(occurring) if occurring else 0.0


@dataclass(frozen=True)
class NluReport:
    """Scores of the columns that the file has."""

    intent: Score | None = None
    emotion: Score | None = None
    risk: Score | None = None
    human: Score | None = None

    def to_json(self) -> dict[str, Any]:
        """The documented JSON; shares rounded to four places."""
        report: dict[str, Any] = {}
        if self.intent:
            report["intent"] = {
                "n": self.intent.n,
                "accuracy": round(self.intent.accuracy, 4),
                "macro_f1": round(self.intent.macro_f1, 4),
            }
        for name, score in (("emotion", self.emotion), ("risk", self.risk)):
            if score:
                report[name] = {"n": score.n, "macro_f1": round(score.macro_f1, 4), "labels": _labels(score)}
        if self.human:
            wanted = self.human.labels.get("true", LabelScore(0, 0.0, 0.0))
            report["human"] = {
                "n": self.human.n,
                "recall": round(wanted.recall, 4),
                "precision": round(wanted.precision, 4),
            }
        return report


def _labels(score: Score) -> dict[str, dict[str, float]]:
    return {
        label: {"precision": round(one.precision, 4), "recall": round(one.recall, 4)}
        for label, one in score.labels.items()
    }


def score(pairs: Sequence[tuple[str, str]]) -> Score | None:
    """Score (expected, predicted) pairs; None when there are none."""
    if not pairs:
        return None
    expected, predicted = Counter(e for e, _ in pairs), Counter(p for _, p in pairs)
    right: Counter[str] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        if pair[0] == pair[1]:
            right[pair[0]] += 1
        else:
            wrong[pair] += 1
    labels = {
        label: LabelScore(
            expected[label],
            right[label] / predicted[label] if predicted[label] else 0.0,
            right[label] / expected[label] if expected[label] else 0.0,
        )
        for label in sorted(expected | predicted)
    }
    confusions = tuple((e, p, n) for (e, p), n in sorted(wrong.items(), key=lambda item: (-item[1], item[0])))
    return Score(len(pairs), right.total() / len(pairs), labels, confusions)


def evaluate(
    lines: Sequence[LabelledLine],
    parse: Callable[[Sequence[str]], Sequence[Parsed]],
    detect: Callable[[str], Emotion],
    wants_human: Callable[[str], bool],
    human_confidence: float,
) -> NluReport:
    """Score every column that the lines have.

    The intent is the best-ranked one: a line below its threshold asks the FAQ first and falls back
    on that same intent. A human is wanted where the phrase rules say so or Rasa's intent does with at
    least `human_confidence` (0..1), as in a turn of the service. Rasa is asked only if need be.
    """
    asked = [line for line in lines if line.intent is not None or line.human is not None]
    parsed = dict(zip(asked, parse([line.text for line in asked]), strict=True)) if asked else {}
    felt = {line: detect(line.text) for line in lines if line.emotion is not None or line.risk is not None}

    def human(line: LabelledLine) -> bool:
        found = parsed[line]
        return wants_human(line.text) or (
            found.intent == HUMAN_INTENT and found.confidence >= human_confidence
        )

    return NluReport(
        intent=score([(line.intent, parsed[line].best) for line in lines if line.intent is not None]),
        emotion=score([(line.emotion, felt[line].label) for line in lines if line.emotion is not None]),
        risk=score([(line.risk, felt[line].risk) for line in lines if line.risk is not None]),
        human=score(
            [(str(line.human).lower(), str(human(line)).lower()) for line in lines if line.human is not None]
        ),
    )


def parse_with_rasa(project: RasaProject, model: Path, texts: Sequence[str]) -> tuple[Parsed, ...]:
    """Parse all texts in one process of Rasa's environment that loads the model once.

    Raises ConfigurationError with the end of its output when it fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "texts.json", Path(folder) / "parsed.json"
        asked.write_text(json.dumps(list(texts), ensure_ascii=False), "utf-8")
        done = subprocess.run(
            [
                str(project.python.absolute()),
                "-m",
                "bot.nlu.parse",
                str(model.resolve()),
                str(asked),
                str(answered),
            ],
            cwd=project.root,
            env=project.environment(),
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0 or not answered.is_file():
            tail = "\n".join(done.stderr.splitlines()[-LOG_LINES:])
            raise ConfigurationError(f"parsing with {model.name} failed with code {done.returncode}:\n{tail}")
        return tuple(_parsed(one) for one in json.loads(answered.read_text("utf-8")))


def _parsed(value: Mapping[str, Any]) -> Parsed:
    intent, ranking = value["intent"], value["ranking"]
    return Parsed(
        intent["name"], float(intent["confidence"]), ranking[0]["name"] if ranking else intent["name"]
    )
