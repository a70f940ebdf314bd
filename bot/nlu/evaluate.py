"""`bot nlu evaluate`: intents, emotion, risk and the wish for a human on labelled lines."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.emotion import Emotion
from bot.errors import ConfigurationError
from bot.nlu.lines import LabelledLine
from bot.nlu.score import LabelScore, Score, score
from bot.nlu.train import RasaProject

LOG_LINES = 15


@dataclass(frozen=True)
class Parsed:
    """Rasa's reading of a line. `intent` (confidence 0..1) is what the rules see, `best` tops the ranking.

    `ranking` has the probabilities (0..1) of the best intents.
    """

    intent: str
    confidence: float
    best: str
    ranking: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class NluReport:
    """Scores of the columns that the file has."""

    intent: Score | None = None
    emotion: Score | None = None
    risk: Score | None = None
    human: Score | None = None

    def to_json(self) -> dict[str, Any]:
        """The documented JSON; shares rounded to four places."""
        columns = {"intent": self.intent, "emotion": self.emotion, "risk": self.risk}
        report = {name: score.to_json() for name, score in columns.items() if score}
        if self.human:
            wanted = self.human.labels.get("true", LabelScore(0, 0, 0)).to_json()
            report["human"] = {**wanted, "n": self.human.n}
        return report

    def scores(self) -> dict[str, Score]:
        """The scores that there are, by column."""
        columns = {
            "intent": self.intent,
            "emotion": self.emotion,
            "risk": self.risk,
            "human": self.human,
        }
        return {name: score for name, score in columns.items() if score}


def evaluate(
    lines: Sequence[LabelledLine],
    parse: Callable[[Sequence[str]], Sequence[Parsed]],
    detect: Callable[[str], Emotion],
    asks: Callable[[str, Parsed], bool],
) -> NluReport:
    """Score every column that the lines have.

    The intent is the best-ranked one: a line below its threshold asks the FAQ first and falls back
    on that same intent. `asks` tells whether a text as Rasa reads it is a wish for a human. Rasa is asked
    only if need be.
    """
    asked = [line for line in lines if line.intent is not None or line.human is not None]
    parsed = dict(zip(asked, parse([line.text for line in asked]), strict=True)) if asked else {}
    felt = {line: detect(line.text) for line in lines if line.emotion is not None or line.risk is not None}

    return NluReport(
        intent=score([(line.intent, parsed[line].best) for line in lines if line.intent is not None]),
        emotion=score([(line.emotion, felt[line].label) for line in lines if line.emotion is not None]),
        risk=score([(line.risk, felt[line].risk) for line in lines if line.risk is not None]),
        human=score(
            [
                (str(line.human).lower(), str(asks(line.text, parsed[line])).lower())
                for line in lines
                if line.human is not None
            ]
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
        intent["name"],
        float(intent["confidence"]),
        ranking[0]["name"] if ranking else intent["name"],
        {one["name"]: float(one["confidence"]) for one in ranking},
    )
