"""What forms remember between turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.form import FormState

# All that a form knows lies in one slot, so that the domain need not name every field.
STATE = "form_state"


@dataclass(frozen=True)
class Memory:
    """What the slot holds: the open form's state, and the order that was spoken of last.

    `then` is the further task (an intent) that the message which opened the form asked for, `over` the form
    that has come to its end, and `heard` the message with which it did.
    """

    form: str | None = None
    state: FormState = field(default_factory=FormState)
    recent: str | None = None
    then: str | None = None
    over: str | None = None
    heard: str | None = None

    @classmethod
    def of(cls, tracker: Tracker) -> Memory:
        """Read the slot."""
        held = tracker.get_slot(STATE) or {}
        state = FormState(held.get("values") or {}, held.get("requested"), int(held.get("asked") or 0))
        return cls(
            held.get("form"),
            state,
            held.get("recent"),
            held.get("then"),
            held.get("over"),
            held.get("heard"),
        )

    def event(self) -> dict[str, Any]:
        """Write the slot."""
        held = {
            "form": self.form,
            "values": dict(self.state.values),
            "requested": self.state.requested,
            "asked": self.state.asked,
            "recent": self.recent,
            "then": self.then,
            "over": self.over,
            "heard": self.heard,
        }
        event: dict[str, Any] = SlotSet(STATE, held)
        return event
