"""What is said when the shop's rules forbid something; where a person may still do it, one is offered."""

from __future__ import annotations

from actions.speech import Speech
from bot.errors import NotAllowed
from bot.messages import Button

# A yes after this response hands over with the reason `beyond_authority`.
AGENT_MAY = "utter_agent_may"
_YES = Button("请人工帮我看看", "/affirm")


def refusal_speech(refusal: NotAllowed, *more: Button) -> Speech:
    """The shop's sentence with the buttons for what is possible instead."""
    if refusal.agent_may:
        return Speech(response=AGENT_MAY, values={"sentence": refusal.sentence}, buttons=(*more, _YES))
    return Speech(text=refusal.sentence, buttons=more)
