"""What the lexicon and the typing of one message say, before anything is decided."""

from __future__ import annotations

import re
from collections import Counter

from bot.emotion.addresses import mask_addresses
from bot.emotion.context import degree, is_negated
from bot.emotion.emotion import RISKS, Label, Risk, intensity
from bot.emotion.emphasis import emphasis
from bot.emotion.lexicon import Lexicon
from bot.emotion.matches import find_matches
from bot.emotion.normal_form import normal_form

# From this much evidence on a label is given.
_ANGRY = 0.45
_DISSATISFIED = 0.35
_ANXIOUS = 0.35
_INSULT = 0.65

# Praise before one of these is meant; praise beside a grievance without them is sarcasm.
_CONTRAST = re.compile("但|不过|[,. ]就是|可惜|只是|除了|美中不足")
_SARCASM_NEEDS = 0.2
# One or two characters that fill so many places are a held key, not a cry (快快快快快).
_DRONE = 20


class Evidence:
    """Evidence of one message by kind, each 0..1, and what follows from it alone.

    `text` is the normal form with its addresses masked, `matches` are the phrases that count, `loudness` is
    0..0.4, `label`, `intensity` and `risk` are the judgement of the lexicon without the model.
    """

    def __init__(self, lexicon: Lexicon, message: str) -> None:
        self.form = normal_form(message)
        self.text = mask_addresses(self.form.text)
        self.matches = [
            match
            for match in find_matches(lexicon, self.text)
            if match.phrase.kind != "harmless" and not is_negated(self.text, match.start, match.end)
        ]
        doubt = dict.fromkeys(("calm", "anxious", "dissatisfied", "angry", "praise"), 1.0)
        for match in self.matches:
            weight = match.phrase.weight
            if match.phrase.kind != "calm":
                weight = min(0.98, weight * degree(self.text, match.start))
            doubt[match.phrase.kind] *= 1.0 - weight
        self.calm = 1.0 - doubt["calm"]
        self.anxious = 1.0 - doubt["anxious"]
        self.angry = 1.0 - doubt["angry"]
        self.praise = 1.0 - doubt["praise"]
        self.dissatisfied = 1.0 - doubt["dissatisfied"]
        if self.praise and self.dissatisfied >= _SARCASM_NEEDS and _CONTRAST.search(self.text) is None:
            self.dissatisfied = 1.0 - (1.0 - self.dissatisfied) * (1.0 - self.praise)
        elif self.praise:
            self.calm = 1.0 - (1.0 - self.calm) * (1.0 - self.praise)
        if self.angry < _INSULT:
            # A courteous wording takes the edge off blame and off a threat, never off an insult.
            self.angry *= 1.0 - 0.3 * self.calm
            self.dissatisfied *= 1.0 - 0.5 * self.calm
            self.anxious *= 1.0 - 0.3 * self.calm
        self.loudness = emphasis(message, self.text)
        if any(count > 1 for count in Counter(match.phrase.text for match in self.matches).values()):
            self.loudness = min(0.4, self.loudness + 0.08)
        blame = 1.0 - (1.0 - self.angry) * (1.0 - self.dissatisfied)
        self.heat = 1.0 - (1.0 - blame) * (1.0 - self.loudness) if blame else 0.0
        self.worry = 1.0 - (1.0 - self.anxious) * (1.0 - self.loudness) if self.anxious else 0.0
        self.label, self.intensity = self._judge(blame)

    @property
    def risk(self) -> Risk:
        """The most pressing risk that a phrase names."""
        found = {match.phrase.risk for match in self.matches}
        return next(risk for risk in RISKS if risk in found or risk == "none")

    @property
    def wordless(self) -> bool:
        """Whether there is nothing to judge: no phrase, and no letter or the same one or two all along."""
        letters = [character for character in self.text if character.isalnum()]
        drone = len(letters) >= _DRONE and len(set(letters)) <= 2
        return not self.matches and (not letters or drone)

    def _judge(self, blame: float) -> tuple[Label, float]:
        is_angry = (
            self.angry >= _ANGRY
            or (self.angry >= 0.2 and self.heat >= 0.65)
            or (self.loudness >= 0.1 and blame >= 0.5 and self.heat >= 0.6)
        )
        if is_angry:
            return "angry", intensity("angry", self.heat)
        if blame >= 0.2 and self.heat >= _DISSATISFIED and (blame >= _DISSATISFIED or blame >= self.anxious):
            return "dissatisfied", intensity("dissatisfied", self.heat)
        if self.anxious >= 0.2 and self.worry >= _ANXIOUS:
            return "anxious", intensity("anxious", self.worry)
        return "calm", intensity("calm", min(1.0, 2 * max(self.heat, self.worry)))
