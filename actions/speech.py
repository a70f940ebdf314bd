"""What an action says: responses of the domain, or an FAQ answer, with buttons and effects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rasa_sdk.executor import CollectingDispatcher

from actions.faq import EntryView
from bot.messages import Button, Candidate, DecisionRecord, Effects

HUMAN_BUTTON = Button("转人工", "/request_human", "human")
CHOICES_SHOWN = 3
NO_EFFECTS = Effects()


@dataclass(frozen=True)
class Speech:
    """One message. Either `text` or the name of a `response` of the domain, or neither: effects alone."""

    text: str | None = None
    response: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    effects: Effects = NO_EFFECTS

    def __post_init__(self) -> None:
        if self.text is not None and self.response is not None:
            raise ValueError(f"text {self.text!r} and response {self.response!r} exclude each other")

    def send(self, dispatcher: CollectingDispatcher) -> None:
        """Give it to Rasa."""
        dispatcher.utter_message(
            text=self.text,
            response=self.response,
            buttons=[{"title": b.title, "payload": b.payload, "kind": b.kind} for b in self.buttons],
            json_message=self.effects.to_custom(),
            **self.values,
        )


def entry_button(title: str, entry: str) -> Button:
    """A button that shows an FAQ entry."""
    return Button(title, f"/choose_entry{json.dumps({'entry': entry}, ensure_ascii=False)}")


def candidate_buttons(candidates: Sequence[Candidate], without: str | None = None) -> tuple[Button, ...]:
    """Buttons for the best candidates, at most `CHOICES_SHOWN`, leaving out one entry."""
    shown = [candidate for candidate in candidates if candidate.entry != without][:CHOICES_SHOWN]
    return tuple(entry_button(candidate.question, candidate.entry) for candidate in shown)


def entry_speech(
    entry: EntryView, record: DecisionRecord | None, prefix: str = "", buttons: tuple[Button, ...] = ()
) -> Speech:
    """The answer of an entry with its links, its follow-up buttons and the decision that led to it."""
    follow_ups = tuple(entry_button(f.title, f.entry) for f in entry.follow_ups)
    return Speech(
        text=prefix + entry.answer,
        buttons=follow_ups + buttons,
        effects=Effects(decision=record, links=entry.links),
    )
