"""Returns, exchanges, repairs and refunds."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.dataclasses import dataclass

from bot.shop.money import Money

CaseKind = Literal["return", "exchange", "repair"]
CASE_KINDS: dict[CaseKind, str] = {"return": "退货", "exchange": "换货", "repair": "维修"}

Reason = Literal["unwanted", "wrong_fit", "quality", "damaged", "wrong_item", "missing_part"]
REASONS: dict[Reason, str] = {
    "unwanted": "不喜欢或不想要了",
    "wrong_fit": "尺码或颜色不合适",
    "quality": "质量问题",
    "damaged": "运输破损",
    "wrong_item": "发错货",
    "missing_part": "少件或缺配件",
}
PERSONAL: frozenset[Reason] = frozenset({"unwanted", "wrong_fit"})

CaseState = Literal[
    "reviewing", "approved", "sent_back", "received", "repairing", "sent_out", "done", "rejected", "closed"
]
CASE_STATES: dict[CaseState, str] = {
    "reviewing": "待审核",
    "approved": "审核通过，等待寄回",
    "sent_back": "商品寄回途中",
    "received": "仓库已收到，验货中",
    "repairing": "检修中",
    "sent_out": "已寄出给您",
    "done": "已完成",
    "rejected": "审核未通过",
    "closed": "已关闭",
}
OPEN_CASES: frozenset[CaseState] = frozenset(
    {"reviewing", "approved", "sent_back", "received", "repairing", "sent_out"}
)

RefundState = Literal["reviewing", "waiting_for_goods", "refunding", "refunded", "closed"]
REFUND_STATES: dict[RefundState, str] = {
    "reviewing": "待审核",
    "waiting_for_goods": "待仓库收货",
    "refunding": "退款中",
    "refunded": "已退款",
    "closed": "已关闭",
}

Payer = Literal["shop", "customer"]
Number = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{4,32}$")]
OrderNumber = Annotated[str, Field(pattern=r"^YS[0-9]{10}$")]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Text = Annotated[str, Field(max_length=500)]


@dataclass(frozen=True, config=ConfigDict(strict=True))
class CaseRequest:
    """What a customer wants done with one line of an order.

    `variant` is the wanted one in an exchange (None: the same again), `note` the customer's own words,
    `photos` the paths of uploaded pictures (at most 9).
    """

    kind: CaseKind
    line: Id
    reason: Reason
    note: Text = ""
    variant: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    photos: Annotated[tuple[Annotated[str, Field(max_length=300)], ...], Field(max_length=9)] = ()


@dataclass(frozen=True, config=ConfigDict(strict=True))
class ReturnCase:
    """A return, exchange or repair with its number (退货单号, 换货单号, 维修单号).

    `freight` is who pays the way back. `review_by` ends the 24 hours of the review; `send_by` is the last
    moment to send the goods back, set once approved.
    """

    number: Number
    kind: CaseKind
    state: CaseState
    order: OrderNumber
    line: Id
    product: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Reason
    freight: Payer
    opened_at: AwareDatetime
    review_by: AwareDatetime
    send_by: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    variant: Annotated[str, Field(max_length=60)] | None = None
    note: Text = ""

    @property
    def is_open(self) -> bool:
        """Whether something is still to happen."""
        return self.state in OPEN_CASES

    @property
    def state_text(self) -> str:
        """Kind and state as customers read them: `退货：待审核`."""
        return f"{CASE_KINDS[self.kind]}：{CASE_STATES[self.state]}"


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Refund:
    """Money on its way back. `target` names the payment way; `case` is None for a cancelled order.

    `expected_by` is the end of the promised 1–3 working days, None while the goods are not there yet.
    """

    number: Number
    order: OrderNumber
    amount: Money
    state: RefundState
    target: Annotated[str, Field(min_length=1, max_length=40)]
    requested_at: AwareDatetime
    expected_by: AwareDatetime | None = None
    refunded_at: AwareDatetime | None = None
    case: Number | None = None
    bank_reference: Annotated[str, Field(max_length=40)] | None = field(default=None)

    @property
    def is_open(self) -> bool:
        """Whether money is still to arrive."""
        return self.state not in {"refunded", "closed"}

    @property
    def state_text(self) -> str:
        """The state as customers read it."""
        return REFUND_STATES[self.state]
