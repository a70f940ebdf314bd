"""A click leads to the entry as it was when it was offered."""

from __future__ import annotations

import json

from actions.choose_entry import chosen_speech
from actions.faq import EntryView, FixedAnswerer
from actions.speech import candidate_buttons, entry_button, read_choice
from actions.turn import Mention, Turn
from bot.messages import Button, Candidate, DecisionRecord

OFFERED = DecisionRecord(
    "clarify", None, 0.5, 0.9, (Candidate("fee", "运费怎么算", 0.5, 1.0),), release="20261122-010654-a6968d79"
)


class TwoReleases(FixedAnswerer):
    """Answers from a newer release and remembers an earlier one."""

    def entry(self, entry_id: str, release: str = "") -> EntryView | None:
        if release == OFFERED.release and entry_id == "fee":
            return EntryView("fee", "运费怎么算", "满 99 元包邮。")
        return super().entry(entry_id)


NOW = TwoReleases([EntryView("fee", "运费怎么算", "满 59 元包邮。"), EntryView("new", "新问题", "新答复。")])


def click(button: Button) -> Turn:
    """The turn that Rasa makes of a button's command."""
    value = json.loads(button.payload.removeprefix("/choose_entry"))["entry"]
    return Turn(button.payload, "choose_entry", mentions=(Mention("entry", value),))


def test_a_choice_that_was_offered_before_a_publication_shows_what_was_offered() -> None:
    (button,) = candidate_buttons(OFFERED)
    speech = chosen_speech(click(button), NOW)
    assert speech.text == "满 99 元包邮。"
    assert speech.effects.decision is not None
    assert speech.effects.decision.release == OFFERED.release


def test_a_follow_up_shows_what_serves_now() -> None:
    speech = chosen_speech(click(entry_button("运费", "fee")), NOW)
    assert speech.text == "满 59 元包邮。"


def test_what_no_release_knows_is_gone() -> None:
    button = entry_button("旧问题", "old", OFFERED.release)
    assert chosen_speech(click(button), NOW).response == "utter_entry_gone"


def test_a_choice_is_read_as_it_was_written() -> None:
    assert read_choice("returns-how@20261122-010654-a6968d79") == ("returns-how", "20261122-010654-a6968d79")
    assert read_choice("returns-how") == ("returns-how", "")
    assert read_choice("") == ("", "")
