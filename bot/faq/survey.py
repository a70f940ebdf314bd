"""A release as it sees questions that were asked before: for grouping them, not for answering."""

from __future__ import annotations

import numpy as np

from bot.faq.classifier import centre
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder, Vectors
from bot.faq.gaps import Lookup
from bot.faq.normalize import normalize
from bot.faq.understanding import Understanding

# Enough to show how far apart different questions lie; more would only take longer.
BACKGROUND_ENTRIES = 500


class Space:
    """Vectors of questions, without what all questions of the shop have in common.

    `questions` are vectors of questions of all kinds, shape [n, d]; `background` are the same, centred.
    """

    def __init__(self, encoder: Encoder, questions: Vectors) -> None:
        self._encoder = encoder
        self._mean: Vectors = questions.mean(0, dtype=np.float32)
        self.background: Vectors = centre(questions, self._mean)

    def vector(self, text: str) -> Vectors:
        """The unit vector of a text as typed, shape [d]; 4 ms, nothing for a text that was just answered."""
        found: Vectors = centre(self._encoder.encode([normalize(text)]), self._mean)[0]
        return found


class ReleaseSurvey:
    """Looks questions up in one release; its own 标准问 are the background, 500 of them at most."""

    def __init__(self, understanding: Understanding, space: Space) -> None:
        self._understanding = understanding
        self._space = space

    @classmethod
    def of(cls, understanding: Understanding) -> ReleaseSurvey:
        """Encode the 标准问; 4 ms each."""
        responder = understanding.responder
        entries = responder.entries
        step = max(1, -(-len(entries) // BACKGROUND_ENTRIES))
        texts = [normalize(entry.question) for entry in entries[::step]]
        vectors = EncodedTexts.encode(responder.encoder, texts).final
        return cls(understanding, Space(responder.encoder, vectors))

    @property
    def release(self) -> str:
        """The release's name."""
        return self._understanding.responder.name

    @property
    def background(self) -> Vectors:
        """Vectors of the 标准问, shape [n, d]."""
        return self._space.background

    def look_up(self, text: str) -> Lookup:
        """What the release makes of a text as typed; 5 ms."""
        record = self._understanding.reply(text)[0].record
        return Lookup(record.entry, record.candidates, self._space.vector(text))
