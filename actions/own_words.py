"""What a customer tells in words of their own: asked for, or told in the message that opens the form."""

from __future__ import annotations

import re

from actions.form import Read
from actions.view import View

# So many characters beside the announcement tell something.
TELLING = 4


def read_words(view: View) -> str | None:
    """Anything that was written, once it was asked for."""
    words = view.turn.text.strip()
    return words if len(words) > 1 and not words.startswith("/") else None


def words_beside(announcement: re.Pattern[str]) -> Read:
    """Reads the opening message, when it says more than the announcement that something will be told."""

    def read(view: View) -> str | None:
        words = view.turn.text.strip()
        telling = len(announcement.sub("", words)) >= TELLING
        return words if telling and not words.startswith("/") else None

    return read
