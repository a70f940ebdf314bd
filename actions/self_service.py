"""The FAQ entry that shows the way when a customer wants something done and asks no question."""

from __future__ import annotations

from actions.turn import Turn

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
SURE = 0.4


def self_service(turn: Turn) -> str | None:
    """The entry's id, or None when the message is no such task or that is not sure enough."""
    intent, confidence = turn.likely
    return ENTRIES.get(intent) if confidence >= SURE else None
