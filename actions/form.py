"""A form as a pure function: what is known, what the customer says, what happens next."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made_of
from typing import Literal

from actions.speech import Speech
from actions.tasks import changes_something
from actions.turn import Turn
from actions.view import View
from bot.errors import NotAllowed
from bot.handoff.policy import REQUEST_CONFIDENCE, REQUEST_INTENT
from bot.messages import Button
from bot.shop.known_customer import KnownCustomer

# `prove`: order number and digits are there, the shop has to say whose they are.
Ending = Literal["done", "stopped", "requested", "form_failed", "refused", "prove"]
SKIPPED = "无"
IDENTITY = ("identity_order", "identity_digits")

# A value is asked for twice, then explained with an example, then a human takes over: sooner where the policy
# allows fewer attempts, and then the last one explains.
ASKS = 2
# Who asks on and on is not reminded of the form after every answer.
REMINDERS = 2
SURE = 0.5
# In a free-text field a longer message is the value, whatever intent it looks like.
SHORT = 12
# There, a value alone may sound like a correction to the classifier; one says so.
_CORRECTION = re.compile("不对|不是|错|改|换|更正|应该|重新|[等慢]一?[等下]|刚才|前面")
# A yes to a summary, and no value of anything.
_ENOUGH = re.compile("(?:那|先|好吧|算了)*就(?:先)?这样(?:吧|了|算了)?")
CHANGE = "change:"

Read = Callable[[View], str | None]
Finish = Callable[[View, KnownCustomer | None], Awaitable[tuple[Speech, ...]]]


def nothing(_view: View) -> None:
    """No value."""


@dataclass(frozen=True)
class Field:
    """One value of a form.

    `read` finds it in an answer, `read_first` in any other message, `default` in what is known already. Once
    the form is open, `anew` is tried before `read_first`: it reads a value that corrects the one held.
    `adds` reads at the confirmation what the customer has to add to the value.
    Responses of the domain: `utter_ask_<prompts>`, `utter_ask_<prompts>_again` and `utter_explain_<prompts>`
    (with an example), filled with `facts` and followed by `buttons`; `trouble` names another one that says
    why an answer cannot be taken, `aside` one for an answer that tells why there is none (the number is
    forgotten): that is no failed attempt. An `optional` value that is not given is skipped; in a `free_text`
    field almost anything is the value. `title` is the word for customers who want to change it, `resets` are
    the fields whose values hang on this one, `confirms` marks the yes at the end. `words` says a value that
    is not kept as people write it.
    """

    slot: str
    prompts: str
    read: Read
    read_first: Read = nothing
    default: Read = nothing
    anew: Read = nothing
    adds: Read = nothing
    trouble: Read = nothing
    aside: Read = nothing
    needed: Callable[[View], bool] = lambda _view: True
    facts: Callable[[View], Mapping[str, str]] = lambda _view: {}
    buttons: Callable[[View], tuple[Button, ...]] = lambda _view: ()
    title: str = ""
    words: Read = nothing
    resets: tuple[str, ...] = ()
    optional: bool = False
    free_text: bool = False
    confirms: bool = False

    def prompt(self, view: View, times: int = 1) -> Speech:
        """What is said when the value is asked for the first, second or third time."""
        names = (
            f"utter_ask_{self.prompts}",
            f"utter_ask_{self.prompts}_again",
            f"utter_explain_{self.prompts}",
        )
        last = 1 < times >= view.turn.form_attempts
        return self.say(names[-1] if last else names[min(times, ASKS + 1) - 1], view)

    def say(self, response: str, view: View) -> Speech:
        """A response with the field's facts and buttons."""
        return Speech(response=response, values=self.facts(view), buttons=self.buttons(view))


@dataclass(frozen=True)
class Form:
    """A named row of fields.

    `finish` does what the form is for and says what came of it; `check` raises NotAllowed as soon as the
    values show that it cannot be done, and `instead` names the task that helps then, by the refusal's reason.
    `entries` are FAQ entries that the form makes superfluous; `aside` names the one that answers a message
    which only looks as if it wanted the form.
    """

    name: str
    fields: tuple[Field, ...]
    stopped: str
    finish: Finish
    check: Callable[[View], None] = lambda _view: None
    entries: tuple[str, ...] = ()
    instead: Mapping[str, str] = made_of(default_factory=dict)
    aside: Callable[[Turn], str | None] = lambda _turn: None

    @property
    def identifies(self) -> bool:
        """Whether the customer must be known."""
        return any(field.slot in IDENTITY for field in self.fields)

    def field(self, slot: str) -> Field:
        """Raises KeyError for a slot that is not in the form."""
        for field in self.fields:
            if field.slot == slot:
                return field
        raise KeyError(slot)

    def told(self, view: View) -> str:
        """The values so far, in words, for an agent who goes on with it; proofs of identity are left out."""
        known = (
            (field.title, field.words(view) or view.values[field.slot])
            for field in self.fields
            if field.title and field.slot != IDENTITY[-1] and view.values.get(field.slot, SKIPPED) != SKIPPED
        )
        return "，".join(f"{title}：{words}" for title, words in known)

    def first_open(self, view: View) -> Field | None:
        """The first field that needs a value."""
        return next((f for f in self.fields if f.needed(view) and f.slot not in view.values), None)

    def before(self, slot: str, view: View) -> Field | None:
        """The nearest field before this one that has a value."""
        place = [field.slot for field in self.fields].index(slot)
        filled = [
            f
            for f in self.fields[:place]
            if f.needed(view) and f.slot in view.values and f.default(view) != SKIPPED
        ]
        return filled[-1] if filled else None

    def put(self, values: Mapping[str, str], slot: str, value: str | None) -> dict[str, str]:
        """The values with this one set, or taken out, and those dropped that hang on it."""
        if value is not None and values.get(slot) == value:
            return dict(values)
        dropped = {slot, *self.field(slot).resets} | {f.slot for f in self.fields if f.confirms}
        kept = {name: held for name, held in values.items() if name not in dropped}
        return kept if value is None else {**kept, slot: value}


@dataclass(frozen=True)
class FormState:
    """`requested` is the slot that was asked for, `asked` times; None when the form has just been opened.

    `between` counts the questions that were answered since then. While `changing`, the customer was asked at
    the confirmation what is to be changed, and has not said it yet.
    """

    values: Mapping[str, str] = made_of(default_factory=dict)
    requested: str | None = None
    asked: int = 0
    between: int = 0
    changing: bool = False


@dataclass(frozen=True)
class FormStep:
    """The state after a turn, what to say, and how the form ended, if it did."""

    state: FormState
    say: tuple[Speech, ...] = ()
    ending: Ending | None = None
    refusal: NotAllowed | None = None


def choice_button(title: str, value: str) -> Button:
    """A button that gives a value to the open form."""
    return Button(title, f"/inform{json.dumps({'value': value}, ensure_ascii=False)}")


def is_question(form: Form, state: FormState, view: View) -> bool:
    """Whether the FAQ should be asked before the message is taken as an answer that was not understood."""
    turn = view.turn
    if state.requested is None or turn.intent in ("choose_entry", "inform"):
        return False
    asked = form.field(state.requested)
    if asked.free_text:
        return turn.sure("faq") and asked.trouble(view) is None
    if any(read(view) is not None for read in (asked.read, asked.trouble, asked.aside)) or _control(
        asked, turn
    ):
        return False
    if asked.confirms and (turn.intent in ("affirm", "deny") or _added(form, view) is not None):
        return False
    return _mentioned(form, asked, view) == view.values


def as_clicked(form: Form, state: FormState, view: View) -> View:
    """The title of a button that is on offer, when it was typed, is a click on it."""
    if state.requested is None:
        return view
    asked = form.field(state.requested)
    offered = _change_buttons(form, view) if state.changing else asked.buttons(view)
    typed = view.turn.text.strip(" ，。！!,.")
    button = next((button for button in offered if button.title == typed), None)
    return view if button is None else replace(view, turn=view.turn.clicked(button.payload))


def step(form: Form, state: FormState, view: View, answered: Speech | None = None) -> FormStep:
    """One turn. `answered` is the FAQ's answer to a question in between: it is said, and the form goes on."""
    if state.requested is None:
        return _open(form, view)
    asked, turn = form.field(state.requested), view.turn
    if answered is not None:
        between = replace(state, between=state.between + 1, changing=False)
        return FormStep(between, (answered, *_reminder(asked, state, view)))
    control = _control(asked, turn)
    if control == "requested":
        return FormStep(state, ending="requested")
    change = (turn.choice or "").removeprefix(CHANGE)
    if (turn.choice or "").startswith(CHANGE) and change in view.values:
        return _ask_anew(form, change, view)
    value = None if (asked.free_text and control) or state.changing else asked.read(view)
    values = view.values if value is None else form.put(view.values, asked.slot, value)
    # What is said besides a yes takes the yes back: it was to something else.
    values = _mentioned(form, asked, replace(view, values=values))
    aside = asked.aside(view) if value is None and control is None else None
    if aside is not None and not turn.responded(aside):
        return FormStep(replace(state, values=values), (asked.say(aside, view),))
    if value is None and values == view.values:
        return _without_value(form, state, view, control)
    return go_on(form, replace(view, values=values))


def _reminder(asked: Field, state: FormState, view: View) -> tuple[Speech, ...]:
    """What brings the customer back to the form after a question in between."""
    if state.between < REMINDERS:
        return (asked.prompt(view),)
    return (Speech(response="utter_form_waits"),) if state.between == REMINDERS else ()


def _without_value(form: Form, state: FormState, view: View, control: str | None) -> FormStep:
    asked = form.field(str(state.requested))
    if control == "stopped":
        return FormStep(state, (Speech(response=form.stopped),), "stopped")
    if state.changing and asked.read(view) is not None:
        return go_on(form, view)
    if asked.confirms and (added := _added(form, view)) is not None:
        return go_on(form, replace(view, values=added))
    corrects = view.turn.intent in ("deny", "correct") or changes_something(view.turn)
    if asked.confirms and corrects:
        return _what_to_change(form, state, view)
    trouble = asked.trouble(view)
    if control == "back" and not trouble:
        return _back(form, state, view)
    if asked.optional and not trouble:
        return go_on(form, replace(view, values=form.put(view.values, asked.slot, SKIPPED)))
    return _not_understood(asked, state, view)


def go_on(form: Form, view: View, without: str | None = None) -> FormStep:
    """Ask for the next value, or end. What is known already is filled in, except the field `without`."""
    while True:
        missing = form.first_open(view)
        default = missing.default(view) if missing and missing.slot != without else None
        if missing is None or default is None:
            break
        view = replace(view, values={**view.values, missing.slot: default})
    if form.identifies and not view.known and all(slot in view.values for slot in IDENTITY):
        return FormStep(FormState(view.values), ending="prove")
    if missing is None:
        return FormStep(FormState(view.values), ending="done")
    try:
        form.check(view)
    except NotAllowed as refusal:
        return FormStep(FormState(view.values), ending="refused", refusal=refusal)
    trouble = missing.trouble(view)
    ask = missing.say(trouble, view) if trouble else missing.prompt(view)
    return FormStep(FormState(view.values, missing.slot, 1), (ask,))


def _control(asked: Field, turn: Turn) -> Literal["requested", "stopped", "back"] | None:
    if turn.sure(REQUEST_INTENT, confidence=REQUEST_CONFIDENCE):
        return "requested"
    if asked.free_text and len(turn.text) > SHORT:
        return None
    enough = not asked.confirms and _ENOUGH.fullmatch(turn.text.strip(" ，。！!,.~"))
    if turn.sure("stop", "goodbye", confidence=SURE) or enough:
        return "stopped"
    corrects = turn.sure("correct", confidence=SURE) and (
        not asked.free_text or _CORRECTION.search(turn.text) is not None
    )
    if corrects or turn.sure("go_back", confidence=SURE) or changes_something(turn):
        return "back"
    return None


def _open(form: Form, view: View) -> FormStep:
    for field in form.fields:
        if not field.needed(view):
            continue
        found = field.read_first(view)
        if found is None and form.first_open(view) is field:
            found = field.default(view)
        if found is not None:
            view = replace(view, values=form.put(view.values, field.slot, found))
    return go_on(form, view)


def _mentioned(form: Form, asked: Field, view: View) -> dict[str, str]:
    """Values for other fields than the one asked for: given early, or given anew (不对，是昨天那单)."""
    values = dict(view.values)
    for field in form.fields:
        now = replace(view, values=values)
        if field is asked or not field.needed(now):
            continue
        found = field.anew(now)
        if found is None and not field.free_text:
            found = field.read_first(now)
        if found is not None:
            values = form.put(values, field.slot, found)
    return values


def _added(form: Form, view: View) -> dict[str, str] | None:
    """The values with what is said beyond yes and no added to the one that it belongs to."""
    for field in form.fields:
        found = field.adds(view) if field.needed(view) else None
        if found is not None:
            return form.put(view.values, field.slot, found)
    return None


def _ask_anew(form: Form, slot: str, view: View) -> FormStep:
    return go_on(form, replace(view, values=form.put(view.values, slot, None)), without=slot)


def _back(form: Form, state: FormState, view: View) -> FormStep:
    assert state.requested is not None
    before = form.before(state.requested, view)
    if before is not None:
        return _ask_anew(form, before.slot, view)
    asked = form.field(state.requested)
    if state.asked >= view.turn.form_attempts:
        return FormStep(state, ending="form_failed")
    first = replace(state, asked=state.asked + 1)
    return FormStep(first, (Speech(response="utter_first_step"), asked.prompt(view)))


def _what_to_change(form: Form, state: FormState, view: View) -> FormStep:
    if state.asked >= view.turn.form_attempts:
        return FormStep(state, ending="form_failed")
    speech = Speech(response="utter_change_what", buttons=_change_buttons(form, view))
    return FormStep(replace(state, asked=state.asked + 1, changing=True), (speech,))


def _change_buttons(form: Form, view: View) -> tuple[Button, ...]:
    changeable = [f for f in form.fields if f.title and f.needed(view) and f.slot in view.values]
    buttons = tuple(choice_button(f"改{f.title}", CHANGE + f.slot) for f in changeable)
    return (*buttons, Button("不办了", "/stop"))


def _not_understood(asked: Field, state: FormState, view: View) -> FormStep:
    if state.asked >= view.turn.form_attempts:
        return FormStep(state, ending="form_failed")
    trouble, times = asked.trouble(view), state.asked + 1
    again = replace(state, asked=times, changing=False)
    if trouble is None:
        return FormStep(again, (asked.prompt(view, 1 if state.changing else times),))
    if times <= ASKS:
        return FormStep(again, (asked.say(trouble, view),))
    why = Speech(response=trouble, values=asked.facts(view))
    return FormStep(again, (why, asked.prompt(view, times)))
