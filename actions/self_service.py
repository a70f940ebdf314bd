"""The FAQ entry that shows the way when a customer wants something done and asks no question."""

from __future__ import annotations

from actions.turn import Turn
from bot.messages import DecisionRecord

ENTRIES: dict[str, str] = {
    "ask_order_status": "orders-status",
    "urge_shipping": "shipping-urge",
    "cancel_order": "orders-cancel",
    "change_address": "shipping-change-address",
    "request_return": "returns-how",
    "request_exchange": "returns-exchange-size",
    "request_repair": "warranty-claim",
    "ask_refund_progress": "refunds-progress",
    "request_invoice": "invoices-apply",
    "make_complaint": "complaints-how",
    "request_callback": "contact-callback",
}
# A second voice beside the FAQ's best candidate, or the only voice where the FAQ knows nothing.
AGREEING, ALONE = 0.4, 0.8


def self_service(turn: Turn, record: DecisionRecord) -> str | None:
    """The entry's id, or None when the message is no such task or that is not sure enough.

    Where the FAQ asks back, its best candidate must be the same entry.
    """
    intent, confidence = turn.likely
    entry = ENTRIES.get(intent)
    if entry is not None and record.candidates and record.candidates[0].entry == entry:
        return entry if confidence >= AGREEING else None
    return entry if record.decision == "no_answer" and confidence >= ALONE else None
