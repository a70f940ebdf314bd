from __future__ import annotations

from typing import Any

import numpy as np

from bot.faq.encoder import Encoder, OnnxEncoder
from bot.faq.message_vectors import MessageVectors
from bot.faq.normalize import normalize


class CountingSession:
    """Runs the model and counts how often."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.runs = 0

    def run(self, *arguments: Any) -> Any:
        self.runs += 1
        return self.session.run(*arguments)


def test_both_layers_of_the_spelling_that_the_faq_searches_with(encoder: Encoder) -> None:
    found = MessageVectors(encoder).encode(["退款多久到賬？？？😭", "退款多久到账?"])
    assert found.shape == (2, encoder.dimension + encoder.encode_middle(["一"]).shape[1])
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0, : encoder.dimension], encoder.encode([normalize("退款多久到账?")])[0])


def test_a_message_is_encoded_once_for_feelings_and_search(encoder: OnnxEncoder) -> None:
    session = CountingSession(encoder._session)
    counted = OnnxEncoder(session, encoder._tokenizer, encoder.card)
    vectors = MessageVectors(counted)
    assert vectors.fingerprint == encoder.fingerprint
    vectors.encode(["我的快递到哪了！"])
    counted.encode([normalize("我的快递到哪了！")])
    counted.encode_middle([normalize("我的快递到哪了！")])
    assert session.runs == 1
