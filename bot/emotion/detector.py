"""From a message to one judgement: by the lexicon, and by the trained model where there is one."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.emotion.addresses import mask_addresses
from bot.emotion.emotion import Emotion, Label, Risk, intensity
from bot.emotion.evidence import Evidence
from bot.emotion.lexicon import Kind, Lexicon
from bot.emotion.matches import Match
from bot.emotion.model import EmotionModel, Judged, VectorSource
from bot.errors import ArtefactMismatch, ConfigurationError

logger = logging.getLogger(__name__)

# Whoever threatens or insults is angry, however coolly it is said.
THREATS: frozenset[Risk] = frozenset({"legal_threat", "media_exposure", "abuse"})
# From here on, a threat that is heard is more likely misheard.
SERENE = 0.7
# The least on data/emotion/tuning.jsonl that leaves 97 of 100 calm lines in peace: missed anger costs more.
ANGRY = 0.45


@dataclass(frozen=True)
class RiskThreshold:
    """The least probability, 0..1, of a risk that a phrase names and of one that none names."""

    named: float
    unnamed: float


# Near the best F2 in 5-fold cross-validation over the training lines, by blocks of 12 lines, a FAQ's
# questions among them: a risk that is missed costs more than one that an agent sees to be none. What is asked
# every day (a forgotten password, an appointment) holds no phrase of a risk: there the model needs more.
RISKY: Mapping[Risk, RiskThreshold] = {
    "self_harm": RiskThreshold(0.2, 0.25),
    "fraud": RiskThreshold(0.15, 0.25),
    "legal_threat": RiskThreshold(0.25, 0.3),
    "media_exposure": RiskThreshold(0.2, 0.25),
    "abuse": RiskThreshold(0.2, 0.3),
}

_CLAUSE = re.compile(r"[^,.!?;:~\n\r…、]+[!?~]*")
_HAN = re.compile("[\u3400-\u9fff]")
_LONGEST_CUE = 24


class EmotionDetector:
    """Judges messages; holds no state between calls and is safe to share.

    Without a model, or where the vectors fail, the lexicon judges alone.
    """

    def __init__(
        self, lexicon: Lexicon, model: EmotionModel | None = None, vectors: VectorSource | None = None
    ) -> None:
        if (model is None) != (vectors is None):
            raise ValueError("a model needs a source of vectors, and the other way round")
        self._lexicon = lexicon
        self._model = model
        self._vectors = vectors
        # One message at a time: the encoder uses one core however many there are.
        self._thinking = ThreadPoolExecutor(1, thread_name_prefix="emotion")

    @classmethod
    def load(
        cls, path: Path | str, models: Path | None = None, vectors: VectorSource | None = None
    ) -> EmotionDetector:
        """A detector with the table at `path` (the product's own is `data/emotion/lexicon.tsv`).

        With `vectors`, the model in the folder of built artefacts `models` joins in. One that is missing or
        does not fit leaves the lexicon alone, and a warning in the log. Raises LexiconError naming line and
        column of a bad row.
        """
        lexicon = Lexicon.load(Path(path))
        if vectors is None or models is None:
            return cls(lexicon)
        try:
            return cls(lexicon, EmotionModel.load(models, vectors.fingerprint), vectors)
        except (ConfigurationError, ArtefactMismatch) as error:
            logger.warning("feelings are judged by the lexicon alone: %s", error)
            return cls(lexicon)

    async def feel(self, text: str) -> Emotion:
        """As `detect`, with the encoder's work off the event loop."""
        if self._model is None:
            return self.detect(text)
        return await asyncio.get_running_loop().run_in_executor(self._thinking, self.detect, text)

    def detect(self, text: str) -> Emotion:
        """What the writer of `text` feels. Accepts any string; an empty one is calm, 0.

        `cues` are distinct and spelt as in `text`: the phrases of the lexicon, or the clause that tells most
        where the model alone decides. A denied phrase (我不生气) is no cue.
        """
        evidence = Evidence(self._lexicon, text)
        if evidence.wordless or not (evidence.matches or _HAN.search(text)):
            # The model has learnt from Chinese: it takes keys struck at random for an insult.
            return Emotion("calm", 0.0)
        judged = self._judged(text, evidence)
        risk = evidence.risk if judged is None else _risk(judged, evidence)
        if judged is None:
            label, felt = evidence.label, evidence.intensity
            if risk in THREATS and label != "angry":
                label, felt = "angry", intensity("angry", evidence.heat)
        else:
            label = _label(judged, risk)
            felt = intensity(label, _strength(label, judged, evidence))
        shown = [match for match in evidence.matches if _is_cue(match, label, risk)]
        # A flood of one insult is one cue: cues end up in tickets.
        cues = tuple(dict.fromkeys(evidence.form.original(match.start, match.end) for match in shown))
        if not cues and (label != "calm" or risk != "none"):
            cues = self._telling_clause(evidence, risk if risk != "none" else label)
        return Emotion(label, round(felt, 3), risk, cues)

    def _judged(self, text: str, evidence: Evidence) -> Judged | None:
        if self._model is None or self._vectors is None:
            return None
        try:
            return self._model.judge(evidence, self._vectors.encode([mask_addresses(text)])[0])
        except Exception:
            # A feeling is no reason to lose a turn.
            logger.exception("the emotion model failed, the lexicon judges alone")
            return None

    def _telling_clause(self, evidence: Evidence, name: Label | Risk) -> tuple[str, ...]:
        if self._model is None:
            return ()
        clauses = [found for found in _CLAUSE.finditer(evidence.text) if found[0].strip()]
        if not clauses:
            return ()
        model = self._model
        best = max(clauses, key=lambda clause: model.says(clause[0], evidence, name))
        start = best.start() + len(best[0]) - len(best[0].lstrip())
        end = min(best.start() + len(best[0].rstrip()), start + _LONGEST_CUE)
        return (evidence.form.original(start, end),)


def _label(judged: Judged, risk: Risk) -> Label:
    threatens = risk in THREATS and judged.labels["calm"] < SERENE
    if threatens or judged.labels["angry"] >= ANGRY:
        return "angry"
    return max(judged.labels, key=lambda label: judged.labels[label] if label != "angry" else 0.0)


def _risk(judged: Judged, evidence: Evidence) -> Risk:
    named = {match.phrase.risk for match in evidence.matches}
    likely = {
        risk: judged.risks[risk]
        for risk, least in RISKY.items()
        if judged.risks[risk] >= (least.named if risk in named else least.unnamed)
    }
    return max(likely, key=lambda risk: likely[risk]) if likely else "none"


def _strength(label: Label, judged: Judged, evidence: Evidence) -> float:
    """Mostly how sure the label is; strong words and loud typing raise it."""
    sure = judged.labels[label]
    if label == "calm":
        return 1.0 - sure
    strength = max(evidence.worry if label == "anxious" else evidence.heat, evidence.loudness)
    return 0.6 * sure + 0.4 * strength


_SHOWS: dict[Label, tuple[Kind, ...]] = {
    "calm": (),
    "anxious": ("anxious", "dissatisfied"),
    "dissatisfied": ("anxious", "dissatisfied", "angry", "praise"),
    "angry": ("anxious", "dissatisfied", "angry", "praise"),
}


def _is_cue(match: Match, label: Label, risk: Risk) -> bool:
    return match.phrase.risk == risk != "none" or match.phrase.kind in _SHOWS[label]
