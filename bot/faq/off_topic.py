"""The off-topic bank: what customers type that the FAQ does not answer."""

from __future__ import annotations

from pathlib import Path

from bot.errors import ConfigurationError
from bot.faq.normalize import normalize

MIN_LINES = 20


def load_off_topic(path: Path) -> list[str]:
    """The normalised, distinct lines of the bank: one a line, `#` starts a comment line.

    Raises ConfigurationError when the file cannot be read or holds fewer than 20 lines: the
    probabilities are counted from these.
    """
    try:
        content = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the off-topic bank {path} cannot be read: {error}") from error
    lines = [line.strip() for line in content.splitlines()]
    found = list(dict.fromkeys(normalize(line) for line in lines if line and not line.startswith("#")))
    if len(found) < MIN_LINES:
        raise ConfigurationError(f"the off-topic bank {path} holds {len(found)} lines, needs {MIN_LINES}")
    return found
