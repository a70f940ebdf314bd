"""A release as it sees questions that were asked before: for grouping them, not for answering."""

from __future__ import annotations

import numpy as np

from bot.faq.classifier import centre
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder, Vectors
from bot.faq.gaps import Lookup
from bot.faq.normalize import normalize
from bot.faq.responder import Responder

# Enough to show how far apart different questions lie; more would only take longer.
BACKGROUND_ENTRIES = 500


class Space:
    """Vectors of questions, without what all questions of the shop have in common.

    `background` are the 标准问 of a release, evenly picked where there are more than 500, shape [n, d].
    """

    def __init__(self, encoder: Encoder, questions: Vectors) -> None:
        self._encoder = encoder
        self._mean: Vectors = questions.mean(0, dtype=np.float32)
        self.background = centre(questions, self._mean)

    @classmethod
    def of(cls, responder: Responder) -> Space:
        """Encode the 标准问; 4 ms each."""
        entries = responder.entries
        step = max(1, -(-len(entries) // BACKGROUND_ENTRIES))
        texts = [normalize(entry.question) for entry in entries[::step]]
        return cls(responder.encoder, EncodedTexts.encode(responder.encoder, texts).final)

    def vector(self, text: str) -> Vectors:
        """The unit vector of a text as typed, shape [d]; 4 ms, nothing for a text that was just answered."""
        found: Vectors = centre(self._encoder.encode([normalize(text)]), self._mean)[0]
        return found


def look_up(responder: Responder, space: Space, text: str) -> Lookup:
    """What the release makes of a text as typed; 5 ms."""
    record = responder.reply(text).record
    return Lookup(record.entry, record.candidates, space.vector(text))
