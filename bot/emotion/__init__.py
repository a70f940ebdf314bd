"""What the customer feels, how strongly, and the words that show it."""

from __future__ import annotations

from bot.emotion.detector import EmotionDetector
from bot.emotion.emotion import LABELS, RISKS, Emotion, Label, Risk
from bot.emotion.lexicon import Lexicon, LexiconError
from bot.emotion.model import VectorSource
from bot.emotion.normal_form import normalize

__all__ = [
    "LABELS",
    "RISKS",
    "Emotion",
    "EmotionDetector",
    "Label",
    "Lexicon",
    "LexiconError",
    "Risk",
    "VectorSource",
    "normalize",
]
