"""Orders, what is in them, how they travel and how they were paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.dataclasses import dataclass

from bot.privacy import mask
from bot.shop.after_sales import Id, Number, OrderNumber, Refund, ReturnCase, Text
from bot.shop.customer import Recipient
from bot.shop.masking import mask_email, mask_name, mask_phone
from bot.shop.money import Money

OrderState = Literal[
    "pending_payment", "paid", "packing", "shipped", "out_for_delivery", "signed", "completed", "cancelled"
]
ORDER_STATES: dict[OrderState, str] = {
    "pending_payment": "待付款",
    "paid": "已付款，待发货",
    "packing": "打包中，即将发出",
    "shipped": "运输中",
    "out_for_delivery": "派送中",
    "signed": "已签收",
    "completed": "已完成",
    "cancelled": "已取消",
}
BEFORE_DISPATCH: frozenset[OrderState] = frozenset({"pending_payment", "paid", "packing"})
UNDERWAY: frozenset[OrderState] = frozenset({"shipped", "out_for_delivery"})
ARRIVED: frozenset[OrderState] = frozenset({"signed", "completed"})

PaymentWay = Literal["wechat", "alipay", "unionpay", "card", "gift_card", "transfer"]
PAYMENT_WAYS: dict[PaymentWay, str] = {
    "wechat": "微信支付",
    "alipay": "支付宝",
    "unionpay": "云闪付",
    "card": "银行卡",
    "gift_card": "礼品卡",
    "transfer": "对公转账",
}
InvoiceKind = Literal["personal", "company"]
UrgeKind = Literal["dispatch", "courier"]
Label = Annotated[str, Field(min_length=1, max_length=100)]
Variant = Annotated[str, Field(min_length=1, max_length=60)]


@dataclass(frozen=True, config=ConfigDict(strict=True))
class OrderLine:
    """One product of an order.

    `product` is the plain word of data/nlu/products.txt, `title` the name on the shelf. `paid` is the share
    of this line in what was paid (all pieces, after deductions). `other_variants` are those that it could be
    changed to. `no_reason_return` is false for goods such as underwear and fresh food; `warranty_months` is
    0 for goods that are not repaired.
    """

    id: Id
    product: Label
    title: Label
    variant: Variant | None
    price: Money
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    paid: Money
    other_variants: tuple[Variant, ...] = ()
    no_reason_return: bool = True
    warranty_months: Annotated[int, Field(ge=0, le=120)] = 0


@dataclass(frozen=True, config=ConfigDict(strict=True))
class TrackingEvent:
    """One trace of a parcel."""

    at: AwareDatetime
    text: Text
    place: Annotated[str, Field(max_length=60)] = ""


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Shipment:
    """One parcel with the lines in it; `events` are oldest first."""

    courier: Annotated[str, Field(min_length=1, max_length=40)]
    tracking_number: Number
    lines: tuple[Id, ...]
    shipped_at: AwareDatetime
    events: tuple[TrackingEvent, ...] = ()
    expected_on: date | None = None
    signed_at: AwareDatetime | None = None

    @property
    def latest(self) -> TrackingEvent | None:
        """The newest trace."""
        return self.events[-1] if self.events else None


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Payment:
    """How and when an order was paid."""

    way: PaymentWay
    amount: Money
    paid_at: AwareDatetime

    @property
    def way_text(self) -> str:
        """The way as customers read it."""
        return PAYMENT_WAYS[self.way]


@dataclass(frozen=True, config=ConfigDict(strict=True))
class InvoiceRequest:
    """An invoice that a customer asks for; a company may lack a tax number, a person has none."""

    kind: InvoiceKind
    title: Label
    email: Annotated[str, Field(pattern=r"^[^@\s]{1,64}@[^@\s]{1,255}$")] | None = None
    tax_number: Annotated[str, Field(pattern=r"^[0-9A-Z]{15,20}$")] | None = None

    def __post_init__(self) -> None:
        if self.kind == "personal" and self.tax_number is not None:
            raise ValueError("a personal invoice has no tax number")


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Invoice:
    """An electronic invoice; `ready_by` is when it is there at the latest, `email` where it goes."""

    number: Number
    kind: InvoiceKind
    title: Label
    amount: Money
    requested_at: AwareDatetime
    ready_by: AwareDatetime
    issued_at: AwareDatetime | None = None
    email: Annotated[str, Field(max_length=320)] | None = None


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Urge:
    """The shop hurries its warehouse (`dispatch`) or the courier; there is an answer until `answer_by`."""

    kind: UrgeKind
    order: OrderNumber
    at: AwareDatetime
    answer_by: AwareDatetime


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Order:
    """One order with everything that happened to it.

    `pay_by` is set while the order waits for its payment, `dispatch_by` once it is paid. `cases`, `refunds`
    and `urges` are oldest first. Raises ValueError when lines are missing or a part belongs to another order.
    """

    number: OrderNumber
    customer: Id
    state: OrderState
    placed_at: AwareDatetime
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=200)]
    recipient: Recipient
    freight: Money
    discount: Money
    total: Money
    pay_by: AwareDatetime | None = None
    payment: Payment | None = None
    dispatch_by: AwareDatetime | None = None
    shipments: tuple[Shipment, ...] = ()
    completed_at: AwareDatetime | None = None
    cancelled_at: AwareDatetime | None = None
    cancel_reason: Text = ""
    cases: tuple[ReturnCase, ...] = ()
    refunds: tuple[Refund, ...] = ()
    invoice: Invoice | None = None
    urges: tuple[Urge, ...] = ()
    address_changed: bool = False
    variant_changed: bool = False

    def __post_init__(self) -> None:
        ids = [line.id for line in self.lines]
        if len(set(ids)) != len(ids):
            raise ValueError(f"order {self.number} has two lines of one id")
        if any(line not in ids for parcel in self.shipments for line in parcel.lines):
            raise ValueError(f"order {self.number} ships a line that it does not have")
        parts: tuple[ReturnCase | Refund | Urge, ...] = (*self.cases, *self.refunds, *self.urges)
        if any(part.order != self.number for part in parts):
            raise ValueError(f"order {self.number} holds a part of another order")
        if self.state in UNDERWAY | ARRIVED and not self.shipments:
            raise ValueError(f"order {self.number} is {self.state} without a shipment")
        if self.state in ARRIVED and self.signed_at is None:
            raise ValueError(f"order {self.number} is {self.state} but a parcel is not signed")

    @property
    def signed_at(self) -> datetime | None:
        """When the last parcel was signed for; None while one is still on its way."""
        signed = [parcel.signed_at for parcel in self.shipments if parcel.signed_at is not None]
        return max(signed) if signed and len(signed) == len(self.shipments) else None

    @property
    def open_case(self) -> ReturnCase | None:
        """The newest return, exchange or repair that is not over."""
        return next((case for case in reversed(self.cases) if case.is_open), None)

    @property
    def state_text(self) -> str:
        """What customers want to know first: the open case or refund, else the order's own state."""
        if case := self.open_case:
            return case.state_text
        if self.refunds and self.refunds[-1].state != "closed":
            return self.refunds[-1].state_text
        return ORDER_STATES[self.state]

    def line(self, line_id: str) -> OrderLine | None:
        """The line of this id."""
        return next((line for line in self.lines if line.id == line_id), None)

    def masked(self) -> Order:
        """Without names, phones, e-mail and addresses below the district, in texts and notes too."""
        person = self.recipient

        def clean(text: str) -> str:
            text = text.replace(person.phone, mask_phone(person.phone))
            # A single character is no name that could be told from other words.
            return mask(text.replace(person.name, mask_name(person.name)) if len(person.name) > 1 else text)

        return replace(
            self,
            recipient=person.masked(),
            shipments=tuple(
                replace(
                    parcel, events=tuple(replace(event, text=clean(event.text)) for event in parcel.events)
                )
                for parcel in self.shipments
            ),
            cases=tuple(replace(case, note=clean(case.note)) for case in self.cases),
            cancel_reason=clean(self.cancel_reason),
            invoice=self.invoice and masked_invoice(self.invoice),
        )


def masked_invoice(invoice: Invoice) -> Invoice:
    """Without the e-mail address and, for a person, the name."""
    title = (
        invoice.title if invoice.kind == "company" or invoice.title == "个人" else mask_name(invoice.title)
    )
    return replace(invoice, title=title, email=invoice.email and mask_email(invoice.email))
