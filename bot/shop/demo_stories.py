"""How far the demo's orders have come: one story for every state that a customer may ask about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType

from bot.shop import demo_journey as journey
from bot.shop.after_sales import CaseKind, CaseState, Reason, RefundState
from bot.shop.demo_journey import Road
from bot.shop.order import Order

# From the unpaid order to where it is now, and when the last thing happened to it.
Told = tuple[Order, datetime]
Story = Callable[[Order, Road, Random], Told]


def pending_payment(order: Order, _road: Road, _rng: Random) -> Told:
    """Placed, to be paid within 30 minutes."""
    return order, order.placed_at


def paid(order: Order, _road: Road, rng: Random) -> Told:
    """Paid today, not sent yet."""
    at = order.placed_at + timedelta(minutes=rng.randint(1, 20))
    return journey.pay(order, at, rng), at


def packing(order: Order, road: Road, rng: Random) -> Told:
    """In the warehouse's hands."""
    told, at = paid(order, road, rng)
    return replace(told, state="packing"), at + timedelta(hours=2)


def just_shipped(order: Order, road: Road, rng: Random) -> Told:
    """Sent, without a trace yet."""
    told, at = paid(order, road, rng)
    evening = at if at.hour < 16 else at + timedelta(days=1)
    sent = evening.replace(hour=rng.randint(17, 20), minute=rng.randint(0, 59))
    return journey.dispatch(told, sent, road, rng), sent


def shipped(order: Order, road: Road, rng: Random) -> Told:
    """On the road."""
    told, sent = just_shipped(order, road, rng)
    return journey.travel(told, sent, road, rng.choice((0.5, 1.0)))


def stuck(order: Order, road: Road, rng: Random) -> Told:
    """On the road, and silent since."""
    told, sent = just_shipped(order, road, rng)
    return journey.travel(told, sent, road, 0.5)


def out_for_delivery(order: Order, road: Road, rng: Random) -> Told:
    """In the courier's car this morning."""
    told, sent = just_shipped(order, road, rng)
    told, arrived = journey.travel(told, sent, road)
    at = (arrived + timedelta(days=1)).replace(hour=8, minute=rng.randint(5, 50))
    return journey.deliver(told, at, road), at


def signed(order: Order, road: Road, rng: Random) -> Told:
    """Signed for, receipt not confirmed."""
    told, at = out_for_delivery(order, road, rng)
    done = at + timedelta(hours=rng.randint(1, 9), minutes=rng.randint(0, 59))
    return journey.sign(told, done, road, rng), done


def completed(order: Order, road: Road, rng: Random) -> Told:
    """Signed for; receipt confirmed at once, so that the age counts from the signature."""
    told, at = signed(order, road, rng)
    return journey.complete(told, at + timedelta(hours=1)), at + timedelta(hours=1)


def cancelled_unpaid(order: Order, _road: Road, _rng: Random) -> Told:
    """Not paid in time."""
    at = order.placed_at + timedelta(minutes=30)
    return journey.cancel(order, at, "超时未付款，系统自动关闭"), at


def _cancelled(state: RefundState) -> Story:
    def story(order: Order, road: Road, rng: Random) -> Told:
        told, at = paid(order, road, rng)
        cancelled = at + timedelta(hours=rng.randint(1, 8))
        told = journey.cancel(told, cancelled, rng.choice(("拍错了", "不想要了", "地址填错了，重新拍")))
        return journey.refund(told, cancelled, state, told.total)

    return story


def _case(
    kind: CaseKind, state: CaseState, reasons: tuple[Reason, ...], refund: RefundState | None = None
) -> Story:
    # Days from opening the case to its present state.
    days = {"reviewing": 0, "approved": 1, "rejected": 1, "sent_back": 3, "received": 5, "repairing": 6}

    def story(order: Order, road: Road, rng: Random) -> Told:
        told, arrived = signed(order, road, rng)
        opened = arrived + timedelta(hours=rng.randint(5, 40))
        told = journey.open_case(told, kind, state, opened, rng.choice(reasons), rng)
        last = opened + timedelta(days=days.get(state, 7))
        if refund is None:
            return told, last
        return journey.refund(told, last, refund, told.lines[0].paid, case=told.cases[-1].number)

    return story


_RETURN: tuple[Reason, ...] = ("unwanted", "wrong_fit", "quality")
_EXCHANGE: tuple[Reason, ...] = ("wrong_fit", "quality", "wrong_item")
_FAULT: tuple[Reason, ...] = ("quality",)

STORIES: Mapping[str, Story] = MappingProxyType(
    {
        "pending_payment": pending_payment,
        "paid": paid,
        "paid_late": paid,
        "packing": packing,
        "just_shipped": just_shipped,
        "shipped": shipped,
        "stuck": stuck,
        "out_for_delivery": out_for_delivery,
        "signed": signed,
        "completed": completed,
        "cancelled_unpaid": cancelled_unpaid,
        "cancelled_refunding": _cancelled("refunding"),
        "cancelled_refunded": _cancelled("refunded"),
        "return_reviewing": _case("return", "reviewing", _RETURN),
        "return_approved": _case("return", "approved", _RETURN, "waiting_for_goods"),
        "return_sent_back": _case("return", "sent_back", _RETURN, "waiting_for_goods"),
        "return_received": _case("return", "received", _RETURN, "refunding"),
        "return_done": _case("return", "done", _RETURN, "refunded"),
        "return_rejected": _case("return", "rejected", _RETURN),
        "return_closed": _case("return", "closed", _RETURN, "closed"),
        "exchange_reviewing": _case("exchange", "reviewing", _EXCHANGE),
        "exchange_sent_back": _case("exchange", "sent_back", _EXCHANGE),
        "exchange_sent_out": _case("exchange", "sent_out", _EXCHANGE),
        "exchange_done": _case("exchange", "done", _EXCHANGE),
        "repair_approved": _case("repair", "approved", _FAULT),
        "repairing": _case("repair", "repairing", _FAULT),
        "repair_sent_out": _case("repair", "sent_out", _FAULT),
        "repair_done": _case("repair", "done", _FAULT),
    }
)
# Days since the last thing happened, where the story needs more than "within the last 24 hours".
AGES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "paid_late": (2, 4),
        "stuck": (3, 5),
        "signed": (0, 6),
        "completed": (7, 420),
        "cancelled_unpaid": (0, 60),
        "cancelled_refunded": (0, 90),
        "return_done": (0, 60),
        "return_rejected": (0, 30),
        "return_closed": (5, 60),
        "exchange_done": (0, 60),
        "repair_done": (0, 90),
    }
)
