"""What every command of `bot` shares: its settings and how it prints."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from bot.config import Settings
from bot.privacy import configure_logging

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def read_settings() -> Settings:
    """The settings, with the log set up by them. Raises pydantic's ValidationError."""
    settings = Settings()
    configure_logging(settings.log_level)
    return settings


def say(line: str) -> None:
    """One line on standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say_json(value: Any) -> None:
    """A value as readable JSON on standard output."""
    say(json.dumps(value, ensure_ascii=False, indent=2))
