"""Settings: environment variables with the prefix BOT_, each documented in docs/settings.md."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All settings of the service. Reading them touches no file and starts nothing.

    Raises pydantic's ValidationError naming the setting and the rule when a value is unusable.
    """

    model_config = SettingsConfigDict(env_prefix="BOT_", env_file=".env", extra="ignore")

    host: str = Field("127.0.0.1", description="address of the public listener")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(8000, description="port of the public listener")
    var: Path = Field(Path("var"), description="folder for the database, secrets and run-time files")
    models: Path = Field(
        Path("models"), description="folder for built artefacts: encoder, FAQ releases, Rasa models"
    )
    faq: Path = Field(Path("data/faq"), description="folder of the FAQ entries")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite file bot.db in BOT_VAR")
    secret: str = Field("", description="key that signs tokens; empty: made once and kept in BOT_VAR/secret")
    encoder: str = Field(
        "embedded", description="'embedded', or a sentence-transformers model name or folder"
    )
    wrong_answer_target: Annotated[float, Field(gt=0, lt=0.5)] = Field(
        0.02, description="accepted share of wrong answers among FAQ answers"
    )
    message_limit: Annotated[int, Field(ge=10, le=20000)] = Field(
        2000, description="characters a message may have"
    )
    message_rate: Annotated[float, Field(gt=0)] = Field(
        2.0,
        description="messages a second that one conversation may send on average; five times as many at once",
    )
    rasa_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        5005, description="loopback port of the Rasa process"
    )
    rasa_python: Path = Field(
        Path(".venv-rasa/bin/python"), description="interpreter of the Rasa environment"
    )
    rasa_timeout: Annotated[float, Field(gt=0, le=60)] = Field(
        8.0, description="seconds to wait for a Rasa turn"
    )
    misses_offer: Annotated[int, Field(ge=1)] = Field(
        2, description="misses in a row after which a human is offered"
    )
    misses_handoff: Annotated[int, Field(ge=1)] = Field(
        3, description="misses in a row after which a human takes over"
    )
    anger_handoff: Annotated[float, Field(ge=0, le=1)] = Field(
        0.8, description="intensity of anger that hands off"
    )
    hours: str = Field("09:00-21:00", description="business hours of the agents, every day")
    timezone: str = Field("Asia/Shanghai", description="time zone of the business hours")
    shop_name: str = Field("云杉商城", description="name shown to customers")
    shop_url: str = Field(
        "", description="address of the shop's systems (docs/shop-api.md); empty: the demo shop"
    )
    shop_token: str = Field("", description="bearer token that the bot shows to the shop's systems")
    shop_timeout: Annotated[float, Field(gt=0, le=30)] = Field(
        2.5, description="seconds to wait for the shop's systems; reads are tried twice"
    )
    identity_secret: str = Field(
        "",
        description="key of the host site's identity tokens, 32 characters or more; empty: none is accepted",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @cached_property
    def effective_database_url(self) -> str:
        """The URL in use, with the default filled in."""
        return self.database_url or f"sqlite:///{self.var / 'bot.db'}"
