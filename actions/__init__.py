"""Custom actions of the dialogue: see `bot.messages.Effects`.

They change nothing of the service itself. What a customer wants changed in the shop goes through
`bot.shop.access.OrderAccess` with the message's id as key, so that a turn that is handled again has no second
effect.
"""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Action

from actions.address_form import ADDRESS_FORM
from actions.affirm import Affirm
from actions.after_sales_form import EXCHANGE_FORM, REPAIR_FORM, RETURN_FORM
from actions.answer_faq import AnswerFaq
from actions.callback_form import CALLBACK_FORM
from actions.cancel_form import CANCEL_FORM
from actions.choose_entry import ChooseEntry
from actions.complaint_form import COMPLAINT_FORM
from actions.faq import FaqAnswerer
from actions.form_validation import FormValidation
from actions.forms_access import FormsAccess
from actions.handoff import Handoff
from actions.invoice_form import INVOICE_FORM
from actions.order_status_form import ORDER_STATUS_FORM
from actions.rate import Rate
from actions.refund_form import REFUND_FORM
from actions.suggestion_form import SUGGESTION_FORM
from actions.ticket_note_form import TICKET_NOTE_FORM
from actions.ticket_status import TicketStatus
from actions.unhelpful import Unhelpful
from actions.urge_form import URGE_FORM

FORMS = (
    ORDER_STATUS_FORM,
    REFUND_FORM,
    RETURN_FORM,
    EXCHANGE_FORM,
    REPAIR_FORM,
    CANCEL_FORM,
    ADDRESS_FORM,
    URGE_FORM,
    INVOICE_FORM,
    CALLBACK_FORM,
    COMPLAINT_FORM,
    SUGGESTION_FORM,
    TICKET_NOTE_FORM,
)


def build_actions(answerer: FaqAnswerer, access: FormsAccess) -> Sequence[Action]:
    """Every action that domain.yml names, wired."""
    return [
        AnswerFaq(answerer),
        ChooseEntry(answerer),
        Handoff(),
        Affirm(answerer),
        Unhelpful(answerer),
        Rate(answerer),
        TicketStatus(access),
        *(FormValidation(form, answerer, access) for form in FORMS),
    ]
