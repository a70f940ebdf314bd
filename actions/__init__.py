"""Custom actions of the dialogue. They compute and change nothing: see `bot.messages.Effects`."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Action

from actions.affirm import Affirm
from actions.answer_faq import AnswerFaq
from actions.callback_form import CALLBACK_FORM
from actions.choose_entry import ChooseEntry
from actions.complaint_form import COMPLAINT_FORM
from actions.faq import FaqAnswerer
from actions.form_validation import FormValidation
from actions.handoff import Handoff
from actions.ticket_status import TicketStatus
from actions.unhelpful import Unhelpful


def build_actions(answerer: FaqAnswerer) -> Sequence[Action]:
    """Every action that domain.yml names, wired."""
    return [
        AnswerFaq(answerer),
        ChooseEntry(answerer),
        Handoff(),
        Affirm(),
        Unhelpful(answerer),
        TicketStatus(),
        FormValidation(CALLBACK_FORM, answerer),
        FormValidation(COMPLAINT_FORM, answerer),
    ]
