"""Vectors on their way from the channel, where the service handed them over, to the featurizer."""

from __future__ import annotations

import base64
import binascii
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np

from bot.faq.encoder import Vectors

# More turns than Rasa is given at a time.
KEPT = 64
_ENDIAN = "<f4"


class HandedVectors:
    """The service has encoded a message before Rasa sees it; encoding it again would take 4 ms of a turn.

    Channel and featurizer are both created by Rasa, so they meet in `HANDED`, the one of this process.
    """

    def __init__(self) -> None:
        self._by_text: OrderedDict[tuple[str, str], Vectors] = OrderedDict()

    def hand(self, text: str, value: Any) -> None:
        """Keep the vectors of `text` until they are taken.

        `value` is the `vectors` of docs/protocol.md; what does not look like it is left out, since the
        featurizer can do without.
        """
        try:
            fingerprint, rows = value["encoder"], _rows(value)
        except (KeyError, TypeError, ValueError, binascii.Error):
            return
        self._by_text[str(fingerprint), text] = rows
        while len(self._by_text) > KEPT:
            self._by_text.popitem(last=False)

    def take(self, text: str, fingerprint: str, dimension: int) -> Vectors | None:
        """The vectors of `text` by this encoder, float32 [layers, dimension], or None."""
        rows = self._by_text.pop((fingerprint, text), None)
        return rows if rows is not None and rows.shape[1] == dimension else None


def _rows(value: Mapping[str, Any]) -> Vectors:
    layers = [np.frombuffer(base64.b64decode(layer, validate=True), _ENDIAN) for layer in value["layers"]]
    return np.stack(layers).astype(np.float32)


HANDED = HandedVectors()
