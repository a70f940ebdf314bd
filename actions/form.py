"""A form as a pure function: what is known, what the customer says, what happens next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from actions.speech import Speech
from actions.turn import Turn

Ending = Literal["done", "stopped", "requested", "form_failed"]
SKIPPED = "无"

# A value is asked for twice, then explained with an example, then a human takes over.
ASKS = 2
REQUEST_SURE = 0.6
STOP_SURE = 0.5
QUESTION_SURE = 0.5
# In a free-text field a longer message is the value, whatever intent it looks like.
SHORT = 12


@dataclass(frozen=True)
class Field:
    """One value of a form.

    `read` finds it in an answer, `read_first` in the message that opens the form. Responses of the
    domain: `ask`, `ask_again`, `explain` (with an example). An `optional` value that is not given is
    skipped; in a `free_text` field almost anything is the value.
    """

    slot: str
    ask: str
    ask_again: str
    explain: str
    read: Callable[[Turn], str | None]
    read_first: Callable[[Turn], str | None]
    optional: bool = False
    free_text: bool = False


@dataclass(frozen=True)
class Form:
    """A named row of fields. `finish` says what to tell the customer and which effects follow."""

    name: str
    fields: tuple[Field, ...]
    stopped: str
    finish: Callable[[Mapping[str, str]], Speech]

    def field(self, slot: str) -> Field:
        """Raises KeyError for a slot that is not in the form."""
        for field in self.fields:
            if field.slot == slot:
                return field
        raise KeyError(slot)

    def first_open(self, values: Mapping[str, str]) -> Field | None:
        """The first field without a value."""
        return next((field for field in self.fields if field.slot not in values), None)

    def before(self, slot: str) -> Field:
        """The field before this one. Raises ValueError for the first."""
        place = [field.slot for field in self.fields].index(slot)
        if place == 0:
            raise ValueError(f"{slot} is the first field of {self.name}")
        return self.fields[place - 1]


@dataclass(frozen=True)
class FormState:
    """`requested` is the slot that was asked for, `asked` times; None when the form has just been opened."""

    values: Mapping[str, str]
    requested: str | None = None
    asked: int = 0


@dataclass(frozen=True)
class FormStep:
    """The state after a turn, what to say, and how the form ended, if it did."""

    state: FormState
    say: tuple[Speech, ...] = ()
    ending: Ending | None = None


def is_question(form: Form, state: FormState, turn: Turn) -> bool:
    """Whether the FAQ should be asked before the message is taken as an answer that was not understood."""
    if state.requested is None or turn.intent == "choose_entry":
        return False
    field = form.field(state.requested)
    if field.free_text:
        return turn.intent == "faq" and turn.confidence >= QUESTION_SURE
    return field.read(turn) is None and _control(field, turn) is None


def step(form: Form, state: FormState, turn: Turn, answered: Speech | None = None) -> FormStep:
    """One turn. `answered` is the FAQ's answer to a question in between: it is said, and the form goes on."""
    if state.requested is None:
        return _open(form, state, turn)
    if answered is not None:
        return FormStep(state, (answered, Speech(response=form.field(state.requested).ask)))
    field = form.field(state.requested)
    control = _control(field, turn)
    if control == "requested":
        return FormStep(state, ending="requested")
    known = _mentioned(form, state, turn)
    value = None if field.free_text and control else field.read(turn)
    if value is None and control == "stopped":
        return FormStep(state, (Speech(response=form.stopped),), "stopped")
    if value is None and control == "back" and known.values == state.values and field is not form.fields[0]:
        return _back(form, state)
    if value is None and field.optional and known.values == state.values:
        value = SKIPPED
    if value is None and known.values == state.values:
        return _not_understood(field, state)
    values = {**known.values} if value is None else {**known.values, field.slot: value}
    return _go_on(form, values)


def _control(field: Field, turn: Turn) -> Literal["requested", "stopped", "back"] | None:
    if turn.intent == "request_human" and turn.confidence >= REQUEST_SURE:
        return "requested"
    if field.free_text and len(turn.text) > SHORT:
        return None
    if turn.intent in ("stop", "goodbye") and turn.confidence >= STOP_SURE:
        return "stopped"
    if turn.intent in ("go_back", "correct") and turn.confidence >= STOP_SURE:
        return "back"
    return None


def _open(form: Form, state: FormState, turn: Turn) -> FormStep:
    values = dict(state.values)
    for field in form.fields:
        found = field.read_first(turn)
        if found is not None:
            values[field.slot] = found
    return _go_on(form, values)


def _go_on(form: Form, values: Mapping[str, str]) -> FormStep:
    field = form.first_open(values)
    if field is None:
        return FormStep(FormState(values), (form.finish(values),), "done")
    return FormStep(FormState(values, field.slot, 1), (Speech(response=field.ask),))


def _mentioned(form: Form, state: FormState, turn: Turn) -> FormState:
    """Values for other fields than the one asked for: given early, or given anew (不对，电话是 139…)."""
    values = dict(state.values)
    for field in form.fields:
        if field.slot != state.requested and not field.free_text:
            found = field.read_first(turn)
            if found is not None:
                values[field.slot] = found
    return replace(state, values=values)


def _back(form: Form, state: FormState) -> FormStep:
    assert state.requested is not None
    field = form.before(state.requested)
    values = {slot: value for slot, value in state.values.items() if slot != field.slot}
    return FormStep(FormState(values, field.slot, 1), (Speech(response=field.ask_again),))


def _not_understood(field: Field, state: FormState) -> FormStep:
    if state.asked > ASKS:
        return FormStep(state, ending="form_failed")
    response = field.ask_again if state.asked < ASKS else field.explain
    return FormStep(replace(state, asked=state.asked + 1), (Speech(response=response),))
