"""At every step of every form: a human, a question of the FAQ, and the end are one message away.

The steps are those of the written conversations that go through the forms.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from actions import FORMS
from tests.conversations.dialogue_file import NO_FORM, DialogueScript, read_dialogues
from tests.conversations.utterances import FREIGHT, FREIGHT_ANSWER, HUMAN
from tests.stack.customer import Customer
from tests.stack.dialogue_player import DialoguePlayer, open_form, transcript
from tests.stack.records import assert_promises, handoffs

FOLDER = Path(__file__).resolve().parents[1] / "conversations" / "dialogues"
SCRIPTS = [script for path in sorted(FOLDER.glob("*.yml")) for script in read_dialogues(path)]


def steps_inside() -> list[tuple[DialogueScript, int, str]]:
    """Conversation, number of steps and the form that is open after them: each opening words once."""
    found: dict[tuple[str | None, ...], tuple[DialogueScript, int, str]] = {}
    for script in SCRIPTS:
        for number, step in enumerate(script.steps, 1):
            told = tuple(one.says or one.clicks for one in script.steps[:number])
            if step.form not in (None, NO_FORM) and len(told) <= 3:
                found.setdefault((script.visitor, *told), (script, number, str(step.form)))
    return list(found.values())


STEPS = steps_inside()


def test_every_form_is_among_the_steps() -> None:
    assert {form for _, _, form in STEPS} == {form.name for form in FORMS}


def goes_there(player: DialoguePlayer, script: DialogueScript, number: int) -> Customer:
    customer = player.arrive(script.visitor)
    player.take(customer, script.steps[:number], script.name)
    return customer


@pytest.mark.parametrize(
    ("script", "number", "form"), STEPS, ids=[f"{s.name}-{n}-{form}" for s, n, form in STEPS]
)
def test_a_human_a_question_and_the_end_are_one_message_away(
    player: DialoguePlayer, script: DialogueScript, number: int, form: str
) -> None:
    words = HUMAN[(len(script.name) + number) % len(HUMAN)]
    with closing(goes_there(player, script, number)) as customer:
        customer.say(words)
        assert handoffs(player.stack, customer) == ["requested"], transcript(customer)
        assert_promises(player.stack, [customer])
    with closing(goes_there(player, script, number)) as customer:
        told = customer.say(FREIGHT)
        assert FREIGHT_ANSWER in told[0]["text"], transcript(customer)
        assert len(told) == 2, transcript(customer)
        assert open_form(player.stack, customer) == form, transcript(customer)
        customer.say("算了，不办了")
        assert open_form(player.stack, customer) is None, transcript(customer)
        assert not handoffs(player.stack, customer), transcript(customer)
