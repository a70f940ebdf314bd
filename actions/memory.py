"""What forms remember between turns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.form import FormState
from actions.turn import Turn

# All that a form knows lies in one slot, so that the domain need not name every field.
STATE = "form_state"
_ANOTHER = re.compile(
    r"^(?:不对|不是|错了|[说搞弄看]错|我(?:说|指|问)的是|是另|那么?|还有|再看)(?!.*(?:怎么|如何|能|可以|吗))"
    r"|[单个件]呢[?？]?$"
)


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
        state = FormState(
            held.get("values") or {},
            held.get("requested"),
            int(held.get("asked") or 0),
            int(held.get("between") or 0),
            bool(held.get("changing")),
        )
        return cls(
            held.get("form"),
            state,
            held.get("recent"),
            held.get("then"),
            held.get("over"),
            held.get("heard"),
        )

    def again(self, turn: Turn) -> str | None:
        """The form that is over since the message before, if this one names another order for it.

        不对，是昨天那单 and 那键盘那单呢 do; a message that names no order does not.
        """
        just_over = self.over is not None and turn.asked_before == self.heard
        names = any(turn.mention(kind) for kind in ("order_number", "product", "date"))
        another = turn.intent == "correct" or _ANOTHER.search(turn.text) is not None
        return self.over if just_over and names and another else None

    def event(self) -> dict[str, Any]:
        """Write the slot."""
        held = {
            "form": self.form,
            "values": dict(self.state.values),
            "requested": self.state.requested,
            "asked": self.state.asked,
            "between": self.state.between,
            "changing": self.state.changing,
            "recent": self.recent,
            "then": self.then,
            "over": self.over,
            "heard": self.heard,
        }
        event: dict[str, Any] = SlotSet(STATE, held)
        return event
