"""From the phrases of a message to one judgement."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from bot.emotion.context import degree, is_negated
from bot.emotion.emotion import RISKS, Emotion, Label, Risk
from bot.emotion.emphasis import emphasis
from bot.emotion.lexicon import Kind, Lexicon
from bot.emotion.matches import Match, find_matches
from bot.emotion.normal_form import normal_form

# From this much evidence on a label is given.
_ANGRY = 0.45
_DISSATISFIED = 0.35
_ANXIOUS = 0.35
_INSULT = 0.65

# Praise before one of these is meant; praise beside a grievance without them is sarcasm.
_CONTRAST = re.compile("但|不过|[,. ]就是|可惜|只是|除了|美中不足")
_SARCASM_NEEDS = 0.2


class EmotionDetector:
    """Judges messages by a lexicon; holds no state between calls and is safe to share."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    @classmethod
    def load(cls, path: Path | str) -> EmotionDetector:
        """A detector with the table at `path` (the product's own is `data/emotion/lexicon.tsv`).

        Raises LexiconError naming line and column of a bad row.
        """
        return cls(Lexicon.load(Path(path)))

    def detect(self, text: str) -> Emotion:
        """What the writer of `text` feels. Accepts any string; an empty one is calm, 0.

        `cues` are distinct and spelt as in `text`. A denied phrase (我不生气) is no cue.
        """
        form = normal_form(text)
        matches = [
            match
            for match in find_matches(self._lexicon, form.text)
            if match.phrase.kind != "harmless" and not is_negated(form.text, match.start, match.end)
        ]
        if not matches:
            return Emotion("calm", 0.0)
        loudness = emphasis(text, form.text)
        if any(count > 1 for count in Counter(match.phrase.text for match in matches).values()):
            loudness = min(0.4, loudness + 0.08)
        evidence = _Evidence(form.text, matches)
        label, intensity = evidence.judge(loudness)
        risk = _most_pressing(matches)
        shown = [match for match in matches if _is_cue(match, label)]
        # A flood of one insult is one cue: cues end up in tickets.
        cues = tuple(dict.fromkeys(form.original(match.start, match.end) for match in shown))
        return Emotion(label, round(intensity, 3), risk, cues)


class _Evidence:
    """Evidence of one message by kind, each 0..1."""

    def __init__(self, text: str, matches: list[Match]) -> None:
        doubt = dict.fromkeys(("calm", "anxious", "dissatisfied", "angry", "praise"), 1.0)
        for match in matches:
            weight = match.phrase.weight
            if match.phrase.kind != "calm":
                weight = min(0.98, weight * degree(text, match.start))
            doubt[match.phrase.kind] *= 1.0 - weight
        self.calm = 1.0 - doubt["calm"]
        self.anxious = 1.0 - doubt["anxious"]
        self.angry = 1.0 - doubt["angry"]
        self.praise = 1.0 - doubt["praise"]
        self.dissatisfied = 1.0 - doubt["dissatisfied"]
        if self.praise and self.dissatisfied >= _SARCASM_NEEDS and _CONTRAST.search(text) is None:
            self.dissatisfied = 1.0 - (1.0 - self.dissatisfied) * (1.0 - self.praise)
        elif self.praise:
            self.calm = 1.0 - (1.0 - self.calm) * (1.0 - self.praise)
        if self.angry < _INSULT:
            # A courteous wording takes the edge off blame and off a threat, never off an insult.
            self.angry *= 1.0 - 0.3 * self.calm
            self.dissatisfied *= 1.0 - 0.5 * self.calm
            self.anxious *= 1.0 - 0.3 * self.calm

    def judge(self, loudness: float) -> tuple[Label, float]:
        """Label and intensity at a loudness of 0..0.4."""
        blame = 1.0 - (1.0 - self.angry) * (1.0 - self.dissatisfied)
        heat = 1.0 - (1.0 - blame) * (1.0 - loudness) if blame else 0.0
        worry = 1.0 - (1.0 - self.anxious) * (1.0 - loudness) if self.anxious else 0.0
        is_angry = (
            self.angry >= _ANGRY
            or (self.angry >= 0.2 and heat >= 0.65)
            or (loudness >= 0.1 and blame >= 0.5 and heat >= 0.6)
        )
        if is_angry:
            return "angry", min(1.0, 0.6 + 0.4 * heat)
        if blame >= 0.2 and heat >= _DISSATISFIED and (blame >= _DISSATISFIED or blame >= self.anxious):
            return "dissatisfied", 0.3 + 0.5 * heat
        if self.anxious >= 0.2 and worry >= _ANXIOUS:
            return "anxious", 0.3 + 0.5 * worry
        return "calm", min(0.25, 0.5 * max(heat, worry))


def _most_pressing(matches: list[Match]) -> Risk:
    found = {match.phrase.risk for match in matches}
    return next(risk for risk in RISKS if risk in found or risk == "none")


_SHOWS: dict[Label, tuple[Kind, ...]] = {
    "calm": (),
    "anxious": ("anxious", "dissatisfied"),
    "dissatisfied": ("anxious", "dissatisfied", "angry", "praise"),
    "angry": ("anxious", "dissatisfied", "angry", "praise"),
}


def _is_cue(match: Match, label: Label) -> bool:
    return match.phrase.risk != "none" or match.phrase.kind in _SHOWS[label]
