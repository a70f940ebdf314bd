"""An FAQ entry: one answer, its variants, and the questions that it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, get_args

from bot.messages import Link

Channel = Literal["web", "wechat", "wecom", "webhook", "email"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
Audience = Literal["everyone", "agents"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)


@dataclass(frozen=True)
class EntryButton:
    """A follow-up under an answer: its title and the id of the entry that it leads to."""

    title: str
    entry: str


@dataclass(frozen=True)
class Image:
    """A picture under an answer: what it shows, in words, and its path or http(s) address."""

    title: str
    url: str


@dataclass(frozen=True)
class ChannelAnswer:
    """The wording of an answer on one channel."""

    channel: Channel
    text: str

    def __post_init__(self) -> None:
        if self.channel not in CHANNELS:
            raise ValueError(f"channel must be one of {', '.join(CHANNELS)}, got {self.channel!r}")


@dataclass(frozen=True)
class Entry:
    """One answer and the questions that it answers: the 标准问 and its 相似问.

    `topic` is the topic's title, a word for people. `answer` is plain text for every channel, `rich` the
    same in Markdown, `channels` overrides both where a channel needs other words. `valid_from` and
    `valid_until` are the first and last day on which it may be answered; `reviewed` is the day on which
    `owner` last found it right. An entry for `agents` is never shown to customers.
    """

    id: str
    question: str
    answer: str
    similar: tuple[str, ...] = ()
    topic: str = ""
    links: tuple[Link, ...] = ()
    buttons: tuple[EntryButton, ...] = ()
    tags: tuple[str, ...] = ()
    rich: str = ""
    channels: tuple[ChannelAnswer, ...] = ()
    images: tuple[Image, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    audience: Audience = "everyone"
    owner: str = ""
    reviewed: date | None = None

    def __post_init__(self) -> None:
        if self.audience not in AUDIENCES:
            raise ValueError(f"audience must be one of {', '.join(AUDIENCES)}, got {self.audience!r}")
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise ValueError(f"valid_from {self.valid_from} lies after valid_until {self.valid_until}")

    @property
    def questions(self) -> tuple[str, ...]:
        """The 标准问 first, then every 相似问."""
        return (self.question, *self.similar)

    @property
    def always_shown(self) -> bool:
        """Whether customers may read it on every day."""
        return self.audience == "everyone" and self.valid_from is None and self.valid_until is None

    def shown_on(self, day: date) -> bool:
        """Whether customers may read it on this day of the shop's calendar."""
        begun = self.valid_from is None or self.valid_from <= day
        over = self.valid_until is not None and self.valid_until < day
        return self.audience == "everyone" and begun and not over

    def to_json(self) -> dict[str, Any]:
        """Plain lists, mappings and texts, for a release; fields that came later only where they are set."""
        value = asdict(self)
        for name in ("valid_from", "valid_until", "reviewed"):
            value[name] = value[name].isoformat() if value[name] else None
        later = ("rich", "channels", "images", "valid_from", "valid_until", "owner", "reviewed")
        unset = {name for name in later if not value[name]}
        unset |= {"audience"} if self.audience == "everyone" else set()
        return {name: part for name, part in value.items() if name not in unset}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Entry:
        """The inverse of `to_json`."""
        days = {name: value.get(name) for name in ("valid_from", "valid_until", "reviewed")}
        return cls(
            **{
                **value,
                "similar": tuple(value["similar"]),
                "links": tuple(Link(**link) for link in value["links"]),
                "buttons": tuple(EntryButton(**button) for button in value["buttons"]),
                "tags": tuple(value["tags"]),
                "channels": tuple(ChannelAnswer(**answer) for answer in value.get("channels", ())),
                "images": tuple(Image(**image) for image in value.get("images", ())),
                **{name: date.fromisoformat(day) if day else None for name, day in days.items()},
            }
        )
