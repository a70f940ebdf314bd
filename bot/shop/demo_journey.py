"""What happens to a demo order, step by step; each step returns the order after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from bot.shop.after_sales import CaseKind, CaseState, Payer, Reason, Refund, RefundState, ReturnCase
from bot.shop.deadlines import end_of_day, working_days
from bot.shop.money import Money
from bot.shop.order import Order, Payment, PaymentWay, Shipment, TrackingEvent

# Courier and the letters that its tracking numbers start with.
COURIERS = (
    ("顺丰速运", "SF"),
    ("圆通速递", "YT"),
    ("极兔速递", "JT"),
    ("韵达快递", "YD"),
    ("京东物流", "JD"),
)
WAYS: tuple[PaymentWay, ...] = ("wechat", "wechat", "wechat", "alipay", "alipay", "unionpay", "card")
NOTES: Mapping[Reason, tuple[str, ...]] = {
    "unwanted": ("和想象的不太一样，想退掉", "家里人又买了一个，用不上了"),
    "wrong_fit": ("偏大一码", "颜色和家里不搭，想换一个"),
    "quality": ("用了两天就充不进电了", "开机有异响", "缝线开了"),
    "damaged": ("箱子压扁了，里面有裂痕",),
    "wrong_item": ("发来的不是我拍的颜色",),
    "missing_part": ("少了一根配件",),
}
_HUB = "杭州转运中心"


@dataclass(frozen=True)
class Road:
    """How parcels of an order travel: `days` on the road and the name of the last stop."""

    days: int
    city: str
    district: str


def pay(order: Order, at: datetime, rng: Random) -> Order:
    """Paid, with the promise of dispatch within 48 hours."""
    payment = Payment(rng.choice(WAYS), order.total, at)
    return replace(order, state="paid", pay_by=None, payment=payment, dispatch_by=at + timedelta(hours=48))


def dispatch(order: Order, at: datetime, road: Road, rng: Random) -> Order:
    """Handed to a courier, in two parcels where the order has several lines now and then."""
    ids = tuple(line.id for line in order.lines)
    parcels = [ids[:1], ids[1:]] if len(ids) > 1 and rng.random() < 0.4 else [ids]
    shipments = []
    for lines in parcels:
        courier, letters = rng.choice(COURIERS)
        shipments.append(
            Shipment(
                courier=courier,
                tracking_number=f"{letters}{rng.randrange(10**12, 10**13)}",
                lines=lines,
                shipped_at=at,
                expected_on=(at + timedelta(days=road.days + 1)).date(),
            )
        )
    return replace(order, state="shipped", shipments=tuple(shipments))


def trace(order: Order, stops: tuple[tuple[datetime, str, str], ...]) -> Order:
    """With more traces (time, place, text) on every parcel."""
    events = tuple(TrackingEvent(at, text, place) for at, place, text in stops)
    parcels = tuple(replace(parcel, events=(*parcel.events, *events)) for parcel in order.shipments)
    return replace(order, shipments=parcels)


def travel(order: Order, at: datetime, road: Road, share: float = 1.0) -> tuple[Order, datetime]:
    """On the road since `at`, for this share of the way; the order and the time of its last trace."""
    stops = [
        (at + timedelta(hours=1), "杭州市", "【杭州市】云杉商城仓库的快件已揽收"),
        (at + timedelta(hours=6), _HUB, f"【{_HUB}】快件已发出，下一站【{road.city}转运中心】"),
    ]
    arrival = at + timedelta(days=road.days)
    if share >= 1:
        stops.append((arrival, road.city, f"【{road.city}转运中心】快件已到达，正在分拣"))
    return trace(order, tuple(stops)), stops[-1][0]


def deliver(order: Order, at: datetime, road: Road) -> Order:
    """In the courier's car."""
    text = f"【{road.district}】快递员正在派送，请保持电话畅通，收件电话尾号{order.recipient.phone[-4:]}"
    return replace(trace(order, ((at, road.district, text),)), state="out_for_delivery")


def sign(order: Order, at: datetime, road: Road, rng: Random) -> Order:
    """Signed for."""
    by = rng.choice(("本人", "家门口", "云杉自提点", order.recipient.name))
    signed = trace(order, ((at, road.district, f"【{road.district}】快件已签收，签收人：{by}"),))
    parcels = tuple(replace(parcel, signed_at=at) for parcel in signed.shipments)
    return replace(signed, state="signed", shipments=parcels)


def complete(order: Order, at: datetime) -> Order:
    """Receipt confirmed."""
    return replace(order, state="completed", completed_at=at)


def cancel(order: Order, at: datetime, reason: str) -> Order:
    """Cancelled; money that was paid is refunded by `refund`."""
    return replace(order, state="cancelled", cancelled_at=at, cancel_reason=reason, pay_by=None)


def refund(
    order: Order, at: datetime, state: RefundState, amount: Money, *, case: str | None = None
) -> tuple[Order, datetime]:
    """Money on its way back; the order and the time of the last thing that happened."""
    assert order.payment is not None
    done = at + timedelta(hours=20) if state == "refunded" else None
    entry = Refund(
        number=f"TK{order.number[2:]}",
        order=order.number,
        amount=amount,
        state=state,
        target=order.payment.way_text,
        requested_at=at,
        expected_by=working_days(at, 3) if state in {"refunding", "refunded"} else None,
        refunded_at=done,
        case=case,
        bank_reference=f"20{order.number[2:]}0001" if done else None,
    )
    return replace(order, refunds=(*order.refunds, entry)), done or at


def open_case(
    order: Order, kind: CaseKind, state: CaseState, at: datetime, reason: Reason, rng: Random
) -> Order:
    """A return, exchange or repair of the first line."""
    line = order.lines[0]
    freight: Payer = "customer" if reason in {"unwanted", "wrong_fit"} else "shop"
    over = state in {"done", "rejected", "closed"}
    entry = ReturnCase(
        number={"return": "TH", "exchange": "HH", "repair": "WX"}[kind] + order.number[2:],
        kind=kind,
        state=state,
        order=order.number,
        line=line.id,
        product=line.title,
        reason=reason,
        freight=freight,
        opened_at=at,
        review_by=at + timedelta(hours=24),
        send_by=end_of_day(at, 8) if state not in {"reviewing", "rejected"} else None,
        closed_at=at + timedelta(days=1 if state == "rejected" else 6) if over else None,
        variant=line.other_variants[0] if kind == "exchange" and line.other_variants else None,
        note=rng.choice(NOTES[reason]),
    )
    return replace(order, cases=(*order.cases, entry))
