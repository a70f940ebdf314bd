"""Order numbers as people type them."""

from __future__ import annotations

import re
import unicodedata

from bot.errors import InvalidInput

_ORDER = re.compile(r"YS[0-9]{10}")


def order_number(text: str) -> str:
    """The number in its normal form, YS and ten digits. Raises InvalidInput when the text is none."""
    number = re.sub(r"[\s\-_.]", "", unicodedata.normalize("NFKC", text[:100])).upper()
    if not _ORDER.fullmatch(number):
        raise InvalidInput("an order number is YS and ten digits")
    return number
