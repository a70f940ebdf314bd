"""The values that travel between channel, router, actions and Rasa.

Standard library only, Python 3.10+: the Rasa process imports this file too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

Sender = Literal["customer", "bot", "agent", "system"]
Owner = Literal["bot", "queue", "human"]
DecisionKind = Literal["answer", "clarify", "no_answer"]
ButtonKind = Literal["choice", "human"]


@dataclass(frozen=True)
class Link:
    """A titled link; `url` is a path of the host site or an http, https, mailto or tel address."""

    title: str
    url: str


@dataclass(frozen=True)
class Button:
    """One quick reply. `payload` (a Rasa command such as `/choose_entry{...}`) never leaves the server."""

    title: str
    payload: str
    kind: ButtonKind = "choice"


@dataclass(frozen=True)
class Candidate:
    """One FAQ entry that the retriever considered.

    `probability` is the calibrated probability (0..1) that this entry is the right one, `score` the
    fused retrieval score, comparable within one release only.
    """

    entry: str
    question: str
    probability: float
    score: float


@dataclass(frozen=True)
class DecisionRecord:
    """What the FAQ decision was and why; `probability` belongs to the top candidate.

    `understood` says in words what was searched instead of what was typed, `also` are the entries that
    answer further questions of the same message.
    """

    decision: DecisionKind
    entry: str | None
    probability: float
    in_scope: float
    candidates: tuple[Candidate, ...] = ()
    retrieve_ms: float = 0.0
    release: str = ""
    understood: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class HandoffRequest:
    """An action asks for a human; `reason` is one of `bot.handoff.policy.Reason`."""

    reason: str
    note: str = ""


@dataclass(frozen=True)
class TicketRequest:
    """An action asks for a ticket without a change of owner (call back, complaint in writing)."""

    category: str
    summary: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TicketNote:
    """An action adds the customer's words to an open ticket of the conversation."""

    ticket: str
    text: str


@dataclass(frozen=True)
class Effects:
    """What an action decided. It travels through Rasa as `custom` and takes effect in the turn's commit.

    `rich`, `channels` and `images` belong to the text of the message, see `Reply`. `rating` is the customer's
    satisfaction from 1 (bad) to 5 (good).
    """

    decision: DecisionRecord | None = None
    handoff: HandoffRequest | None = None
    ticket: TicketRequest | None = None
    links: tuple[Link, ...] = ()
    note: TicketNote | None = None
    rating: int | None = None
    rich: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)
    images: tuple[Link, ...] = ()

    def to_custom(self) -> dict[str, Any]:
        """The JSON for Rasa's `custom` field; empty parts are left out."""
        parts = {
            "decision": asdict(self.decision) if self.decision else None,
            "handoff": asdict(self.handoff) if self.handoff else None,
            "ticket": {**asdict(self.ticket), "fields": dict(self.ticket.fields)} if self.ticket else None,
            "links": [asdict(link) for link in self.links] or None,
            "note": asdict(self.note) if self.note else None,
            "rating": self.rating,
            "rich": self.rich or None,
            "channels": dict(self.channels) or None,
            "images": [asdict(image) for image in self.images] or None,
        }
        return {name: value for name, value in parts.items() if value is not None}

    @classmethod
    def from_custom(cls, custom: Mapping[str, Any]) -> Effects:
        """Read `custom` back. Unknown keys are ignored; raises KeyError or TypeError on a broken part."""
        decision = custom.get("decision")
        handoff = custom.get("handoff")
        ticket = custom.get("ticket")
        note = custom.get("note")
        return cls(
            decision=DecisionRecord(
                **{
                    **decision,
                    "candidates": tuple(Candidate(**c) for c in decision.get("candidates", ())),
                    "understood": tuple(decision.get("understood", ())),
                    "also": tuple(decision.get("also", ())),
                }
            )
            if decision
            else None,
            handoff=HandoffRequest(**handoff) if handoff else None,
            ticket=TicketRequest(**ticket) if ticket else None,
            links=tuple(Link(**link) for link in custom.get("links", ())),
            note=TicketNote(**note) if note else None,
            rating=custom.get("rating"),
            rich=custom.get("rich", ""),
            channels=dict(custom.get("channels", {})),
            images=tuple(Link(**image) for image in custom.get("images", ())),
        )


@dataclass(frozen=True)
class Reply:
    """One message to the customer; `entry` is the FAQ entry whose answer it gives.

    `text` is plain, `rich` the same in Markdown for channels that can show it, empty if there is none.
    `channels` has other words by a channel's name. `images` are titled pictures below the text.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    links: tuple[Link, ...] = ()
    entry: str | None = None
    rich: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)
    images: tuple[Link, ...] = ()

    def on(self, channel: str) -> Reply:
        """What is said on one channel: its own words, which are plain, where it has some."""
        own = self.channels.get(channel)
        return replace(self, text=own or self.text, rich="" if own else self.rich, channels={})

    def followed_by(self, line: str) -> Reply:
        """The same with one more line, however it is worded."""
        return replace(
            self,
            text=f"{self.text}\n{line}",
            rich=f"{self.rich}\n\n{line}" if self.rich else "",
            channels={channel: f"{text}\n{line}" for channel, text in self.channels.items()},
        )
