"""What may be done with an order, as pure functions. The fact sheet of data/faq/README.md decides.

Each function returns the terms or raises NotAllowed with the reason's code and a sentence that says what is
possible instead. `now` is an aware datetime.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import NotAllowed
from bot.shop.after_sales import CASE_KINDS, CASE_STATES, PERSONAL, CaseKind, CaseRequest, Payer, Reason
from bot.shop.deadlines import add_months, end_of_day
from bot.shop.order import ARRIVED, BEFORE_DISPATCH, UNDERWAY, Order, OrderLine, UrgeKind

NO_REASON_DAYS = 7
FAULT_DAYS = 15
DAMAGE_HOURS = 48
SILENT_HOURS = 48
INVOICE_MONTHS = 12


@dataclass(frozen=True)
class Terms:
    """Who pays the freight, until when this is possible, and a sentence that explains it."""

    freight: Payer
    sentence: str
    until: datetime | None = None


def check_cancel(order: Order) -> None:
    """Before dispatch and with no other refund under way."""
    if order.state == "cancelled":
        raise NotAllowed("already_cancelled", "这个订单已经取消了，不用再操作。")
    if order.state in UNDERWAY:
        raise NotAllowed(
            "already_shipped",
            "订单已发货，不能直接取消。您可以在订单里点“申请退款”，我们会联系快递拦截；没拦住的话拒收就行。",
            agent_may=True,
        )
    if order.state in ARRIVED:
        raise NotAllowed("already_signed", "订单已签收，不能取消了。不想要的话可以申请退货。")


def check_address(order: Order) -> None:
    """Once, before dispatch."""
    if order.state == "cancelled":
        raise NotAllowed(
            "already_cancelled", "订单已取消，不需要改地址了。要重新买的话，下单时填新地址就好。"
        )
    if order.state in UNDERWAY:
        raise NotAllowed(
            "already_shipped",
            "订单已发货，我这里改不了地址，需要人工客服联系快递改派，跨省可能办不了。",
            agent_may=True,
        )
    if order.state in ARRIVED:
        raise NotAllowed("already_signed", "订单已签收，地址不能再改了。")
    if order.address_changed:
        raise NotAllowed(
            "changed_once",
            "收货地址只能改一次，这单已经改过了。可以取消后重新下单，或请人工客服帮您看看。",
            agent_may=True,
        )


def check_variant(order: Order, line: OrderLine, variant: str) -> None:
    """Colour or size, once, before dispatch; never the quantity."""
    if order.state not in BEFORE_DISPATCH:
        raise NotAllowed("already_shipped", "订单已发货，规格改不了了。收到后 7 天内可以申请换货。")
    if order.variant_changed:
        raise NotAllowed("changed_once", "规格只能改一次，这单已经改过了。可以取消后重新下单。")
    if variant not in line.other_variants:
        others = "、".join(line.other_variants)
        raise NotAllowed(
            "no_such_variant",
            f"“{line.title}”可以改成：{others}。" if others else f"“{line.title}”只有这一种规格，没法改。",
        )


def check_urge(order: Order, now: datetime) -> UrgeKind:
    """`dispatch` while the goods are not sent, `courier` once a parcel is silent for 48 hours."""
    if order.state in {"paid", "packing"}:
        return "dispatch"
    if order.state == "pending_payment":
        raise NotAllowed("not_paid", "这个订单还没有付款，付款后我们会尽快发货。")
    if order.state == "cancelled":
        raise NotAllowed("already_cancelled", "订单已取消，不会再发货了。还需要的话请重新下单。")
    if order.state in ARRIVED:
        raise NotAllowed(
            "already_signed",
            "物流显示已经签收。如果您没收到，请先问问家人、物业或驿站，我也可以请人工客服向快递调签收凭证。",
            agent_may=True,
        )
    heard = max(
        (parcel.latest.at if parcel.latest else parcel.shipped_at)
        for parcel in order.shipments
        if parcel.signed_at is None
    )
    if now - heard < timedelta(hours=SILENT_HOURS):
        raise NotAllowed(
            "on_its_way", "包裹正在正常运输，物流有更新。超过 48 小时没有新进展时，我会帮您联系快递核查。"
        )
    return "courier"


def check_invoice(order: Order, now: datetime) -> None:
    """After completion, within a year, once."""
    if order.invoice is not None:
        raise NotAllowed(
            "already_invoiced",
            "这个订单已经申请过发票了，可以在“我的发票”里下载。抬头有误的话，开票后 30 天内能换开一次。",
        )
    if order.state != "completed" or order.completed_at is None:
        raise NotAllowed(
            "not_completed",
            "订单已取消，没有可以开票的金额。"
            if order.state == "cancelled"
            else "订单完成后才能开发票。收到货后点“确认收货”，就可以申请了。",
        )
    if now > add_months(order.completed_at, INVOICE_MONTHS):
        raise NotAllowed(
            "too_late",
            "订单完成已超过 1 年，不能在线开票了，需要请财务核实能否补开，3 个工作日内答复。",
            agent_may=True,
        )
    if order.payment is not None and order.payment.way == "gift_card":
        raise NotAllowed("gift_card", "礼品卡支付的部分在购卡时已开票，请在“我的发票”里找礼品卡订单。")


def check_case(order: Order, request: CaseRequest, now: datetime) -> Terms:
    """A return, exchange or repair of one line that has arrived and has no other case."""
    line = order.line(request.line)
    if line is None:
        raise NotAllowed("no_such_line", "这个订单里没有这件商品，请再看一下。")
    signed = _signed(order, request.kind)
    _check_other_cases(order, line, request.kind)
    if request.kind == "repair":
        return _repair(line, signed, now)
    if request.kind == "exchange" and request.variant is not None:
        allowed = (*line.other_variants, *([line.variant] if line.variant else ()))
        if request.variant not in allowed:
            raise NotAllowed(
                "no_such_variant",
                f"“{line.title}”可以换成：{'、'.join(allowed)}。"
                if allowed
                else f"“{line.title}”只能换同款。",
            )
    if request.reason in PERSONAL:
        return _no_reason(request.kind, line, signed, now)
    return _fault(request.reason, line, signed, now)


def _signed(order: Order, kind: CaseKind) -> datetime:
    if order.state == "cancelled":
        raise NotAllowed("already_cancelled", "订单已取消，不需要再申请售后。")
    if order.state in BEFORE_DISPATCH:
        raise NotAllowed("not_shipped", "订单还没发货，不想要可以直接取消，想换规格可以直接改，不用走售后。")
    signed = order.signed_at
    if signed is None:
        text = "收到后再申请" + CASE_KINDS[kind]
        raise NotAllowed("not_signed", f"包裹还在路上。您可以{text}；不想要的话，先申请退款再拒收也可以。")
    return signed


def _check_other_cases(order: Order, line: OrderLine, wished: CaseKind) -> None:
    for case in order.cases:
        if case.line == line.id and case.is_open:
            now, number = CASE_STATES[case.state], case.number
            sentence = (
                f"“{line.title}”的{CASE_KINDS[wished]}已经在办，进度是“{now}”，单号 {number}，不用再提交。"
                if case.kind == wished
                else f"“{line.title}”正在办{CASE_KINDS[case.kind]}，进度是“{now}”，单号 {number}。"
                + (
                    f"想改成{CASE_KINDS[wished]}，先在售后单里点“撤销申请”。"
                    if case.state in {"reviewing", "approved"}
                    else f"东西已经寄回，想改成{CASE_KINDS[wished]}要由人工来处理。"
                )
            )
            raise NotAllowed("case_open", sentence, agent_may=True)
        if case.line == line.id and case.state == "done" and case.kind == "return":
            raise NotAllowed("returned", f"“{line.title}”已经退货完成了，单号 {case.number}。")


def _no_reason(kind: CaseKind, line: OrderLine, signed: datetime, now: datetime) -> Terms:
    until = end_of_day(signed, NO_REASON_DAYS)
    if kind == "return" and not line.no_reason_return:
        raise NotAllowed(
            "not_returnable",
            f"“{line.title}”不支持无理由退货。如果是质量问题，签收 15 天内可以退换，运费由我们承担。",
        )
    if now > until:
        raise NotAllowed(
            "too_late",
            f"已过签收后 7 天的{'无理由退货' if kind == 'return' else '换尺码颜色'}期限。"
            "如果是质量问题，签收 15 天内仍可退换。",
        )
    return Terms("customer", "个人原因退换，寄回的运费由您承担；商品带运费险的可以按险种抵扣。", until)


def _fault(reason: Reason, line: OrderLine, signed: datetime, now: datetime) -> Terms:
    if reason in {"damaged", "missing_part"}:
        until = signed + timedelta(hours=DAMAGE_HOURS)
        late = "破损和少件要在签收后 48 小时内反馈，现在已经超过了。我可以请人工客服帮您核实。"
    else:
        until = end_of_day(signed, FAULT_DAYS)
        late = "质量问题的退换期是签收后 15 天，现在已经过了。" + (
            "在保修期内的话可以申请免费维修。" if line.warranty_months else "我可以请人工客服帮您看看。"
        )
    if now > until:
        raise NotAllowed("too_late", late, agent_may=True)
    return Terms("shop", "因商品或我们的原因退换，来回运费由我们承担，请用免费上门取件，不用您垫付。", until)


def _repair(line: OrderLine, signed: datetime, now: datetime) -> Terms:
    if not line.warranty_months:
        raise NotAllowed(
            "not_repairable",
            f"“{line.title}”不在维修范围内。有质量问题的话，签收 15 天内可以申请退换。",
        )
    until = add_months(signed, line.warranty_months)
    if now > until:
        return Terms(
            "customer", "已过保修期，可以付费维修：先检测报价，您确认后再修，来回运费由您承担。", until
        )
    return Terms(
        "shop", "还在保修期内：非人为故障免费维修，来回运费由我们承担；人为损坏会先报价再修。", until
    )
