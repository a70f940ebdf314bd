"""What an action says: responses of the domain, or an FAQ answer, with buttons and effects."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rasa_sdk.executor import CollectingDispatcher

from actions.faq import EntryView, FaqResult
from bot.messages import Button, DecisionRecord, Effects

HUMAN_BUTTON = Button("转人工", "/request_human", "human")
CHOICES_SHOWN = 3
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")
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


def entry_button(title: str, entry: str, release: str = "") -> Button:
    """A button that shows an FAQ entry: as it is in `release`, or in the one that serves then."""
    choice = f"{entry}@{release}" if release else entry
    return Button(title, f"/choose_entry{json.dumps({'entry': choice}, ensure_ascii=False)}")


def read_choice(choice: str) -> tuple[str, str]:
    """Entry and release, which may be empty, of an `entry_button`; an entry's id holds no `@`."""
    entry, _, release = choice.partition("@")
    return entry, release


def candidate_buttons(record: DecisionRecord, without: str | None = None) -> tuple[Button, ...]:
    """Buttons for the best candidates, at most `CHOICES_SHOWN`, leaving out one entry.

    They lead to the entries of the release that offers them, whatever is published before the click.
    """
    shown = [candidate for candidate in record.candidates if candidate.entry != without][:CHOICES_SHOWN]
    return tuple(entry_button(candidate.question, candidate.entry, record.release) for candidate in shown)


def answer_speech(
    entry: EntryView, result: FaqResult, prefix: str = "", buttons: tuple[Button, ...] = ()
) -> Speech:
    """What the FAQ found: one answer, or those to several questions, numbered in their order."""
    if not result.also:
        return entry_speech(entry, result.record, prefix, buttons)
    entries = (entry, *result.also)
    told = {entry.id for entry in entries}
    follow_ups = {f.entry: f.title for entry in entries for f in entry.follow_ups if f.entry not in told}
    channels = {channel for entry in entries for channel in entry.channels}
    rich = (
        f"**{n}. {_markdown(found.question)}**\n\n{found.rich or _markdown(found.answer)}"
        for n, found in enumerate(entries, 1)
    )
    return Speech(
        text=prefix + _listed(entries),
        buttons=(*(entry_button(title, entry) for entry, title in follow_ups.items()), *buttons),
        effects=Effects(
            decision=result.record,
            links=tuple(dict.fromkeys(link for entry in entries for link in entry.links)),
            rich=_prefixed(prefix, "\n\n".join(rich)) if any(entry.rich for entry in entries) else "",
            channels={channel: prefix + _listed(entries, channel) for channel in sorted(channels)},
            images=tuple(dict.fromkeys(image for entry in entries for image in entry.images)),
        ),
    )


def entry_speech(
    entry: EntryView, record: DecisionRecord | None, prefix: str = "", buttons: tuple[Button, ...] = ()
) -> Speech:
    """The answer of an entry with its links, its follow-up buttons and the decision that led to it."""
    follow_ups = tuple(entry_button(f.title, f.entry) for f in entry.follow_ups)
    return Speech(
        text=prefix + entry.answer,
        buttons=follow_ups + buttons,
        effects=Effects(
            decision=record,
            links=entry.links,
            rich=_prefixed(prefix, entry.rich),
            channels={channel: prefix + text for channel, text in entry.channels.items()},
            images=entry.images,
        ),
    )


def _listed(entries: Sequence[EntryView], channel: str = "") -> str:
    """The answers one after the other, in the words of a channel where they have some."""
    return "\n\n".join(
        f"{n}. {found.question}\n{found.channels.get(channel, found.answer)}"
        for n, found in enumerate(entries, 1)
    )


def _prefixed(prefix: str, rich: str) -> str:
    """A paragraph of its own, so that a list that follows stays one."""
    return f"{_markdown(prefix)}\n\n{rich}" if prefix and rich else rich


def _markdown(plain: str) -> str:
    """Plain text in Markdown: what would be a mark is escaped."""
    return _MARKS.sub(r"\\\1", plain)
