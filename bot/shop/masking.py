"""Personal data of structured records, cut down to what a person recognises as their own."""

from __future__ import annotations

import re

_MASKED = re.compile(r"[0-9]{0,3}\*{4}[0-9]{0,4}")


def mask_name(name: str) -> str:
    """王小明 → 王*. The length of the name is not shown; masking twice changes nothing."""
    return f"{name.strip()[:1].removesuffix('*')}*"


def mask_phone(phone: str) -> str:
    """13812341234 → 138****1234; a number of fewer than 11 digits keeps its last two only."""
    if _MASKED.fullmatch(phone):
        return phone
    digits = "".join(character for character in phone if character.isdecimal())
    return f"{digits[-11:-8]}****{digits[-4:]}" if len(digits) >= 11 else f"****{digits[-2:]}"


def mask_email(address: str) -> str:
    """wang@mail.example → w***@***."""
    return f"{address[:1]}***@***"
