"""What the service hands to Rasa is what Rasa's featurizer would have made of the message itself."""

from __future__ import annotations

import numpy as np

from bot.faq.encoder import Encoder, HashEncoder
from bot.faq.message_vectors import MessageVectors
from bot.nlu.handed_vectors import HandedVectors


def test_handed_vectors_are_those_of_the_spelling_that_is_searched(encoder: Encoder) -> None:
    vectors = MessageVectors(encoder)
    assert vectors.handed("這個退貨要多久？？？") is None
    vectors.encode(["這個退貨要多久？？？"])
    handed = HandedVectors()
    handed.hand("这个退货要多久?", vectors.handed("這個退貨要多久？？？"))
    rows = handed.take("这个退货要多久?", encoder.fingerprint, encoder.dimension)
    assert rows is not None
    np.testing.assert_array_equal(rows[0], encoder.encode(["这个退货要多久?"])[0])
    np.testing.assert_array_equal(rows[1], encoder.encode_middle(["这个退货要多久?"])[0])


def test_an_encoder_that_keeps_nothing_hands_nothing() -> None:
    vectors = MessageVectors(HashEncoder())
    vectors.encode(["你好"])
    assert vectors.handed("你好") is None
