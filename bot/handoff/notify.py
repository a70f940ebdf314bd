"""What the customer is told when a human is asked for, comes, or leaves."""

from __future__ import annotations

from datetime import datetime

from bot.handoff.danger import Danger
from bot.handoff.hours import BusinessHours
from bot.handoff.policy import Reason

BOT_NAME = "小杉"
OFFER = "如果还是没帮到您，可以点“转人工”，我把记录一起转给客服同事。"
# Several wordings each, which take turns (`in_turn`).
STILL_WAITING = (
    "{place}，工单号 {number}。轮到您时，客服同事会直接在这里回复。",
    "让您久等了，{place}。工单号 {number} 一直排着，聊天记录同事都能看到。",
    "帮您看了一下，{place}。工单号 {number}，同事接入后会直接在这里回您。",
)
NOTED = (
    "记下了，客服同事接入后会看到。想先问我，回“不等了”就行。",
    "好，这条也会一起给客服同事看。要是不想等，回“不等了”，我接着帮您。",
    "您说的都在记录里，同事来了就能看到。也可以回“不等了”，先由我来答。",
)
NOTED_UPSET = (
    "您说的这些都记下了，客服同事接入后会先看。",
    "都记着呢，同事来了一看就清楚。",
    "您说的我都原样留着，客服同事会看到。",
)
NOTED_IN_DANGER = (
    "您说的我都看到了，已经加急交给同事。情况紧急的话，请马上拨打110、119或120。",
    "我看到了，同事会优先联系您。要是更紧急了，请先拨打110、119或120，也请身边的人来帮您。",
    "都看到了，同事会尽快在这里联系您。有紧急情况先打110、119或120，不用等我们。",
)
TO_COURTESY = (
    "好的，轮到您时客服同事会直接在这里回复。",
    "嗯，同事来了会直接在这里回您，您先忙也没关系。",
)
# Words do not take somebody out of the queue who may be in danger.
NOT_LET_GO = (
    "这件事我不放心，还是请同事跟您确认一下，他会尽快在这里回复您。想先问别的，可以选下面这一项。",
    "同事已经加急在看了，由他跟您确认一下更稳妥。想先问别的，可以选下面这一项。",
)
RESUMED = (
    f"好的，{BOT_NAME}继续为您服务，有问题直接说就行。工单 {{number}} 仍会保留，客服同事会跟进。",
    "好，那就先不排队了，有事随时跟我说。工单 {number} 还留着，客服同事会跟进。",
    "好的，不等了，接下来有问题直接问我。工单 {number} 没有取消，客服同事会跟进。",
)
GOES_ON = (
    f"好的，{BOT_NAME}继续为您服务，请直接说您的问题。",
    "好的，有问题直接问我就行。",
)
ALREADY_SERVED = "人工客服{agent}正在为您服务，请稍等回复，工单号 {number}。"
# One per miss in a row, so that the same prompt never comes twice running.
MISSED = (
    "这个问题我还没弄明白，麻烦换个说法，或说说是哪个订单、想办什么？",
    "抱歉，我还是没能理解。您可以用一句话告诉我想解决的事，比如“查物流”或“申请退货”。",
    "这件事我可能帮不上，您可以点“转人工”，由客服同事来处理。",
)

_OPENINGS: dict[Reason, str] = {
    "requested": "好的，正在为您转接人工客服。",
    "self_harm": "我很担心您现在的安全。请先联系身边您信任的人陪着您；情况紧急请拨打110或120，"
    "也可以拨打全国统一心理援助热线12356。我已请人工同事马上联系您。",
    "danger": "我已加急请同事联系您，",
    "fraud": "请先不要转账，也不要把验证码、密码告诉任何人。如果已经付款，请马上联系银行止付，"
    "并拨打110或反诈专线96110。"
    "我已请人工同事加急处理。",
    "legal_threat": "您的诉求我已完整记录，会由专人跟进处理。",
    "media_exposure": "您的诉求我已完整记录，会由专人跟进处理。",
    "abuse": "您的问题我已记录下来，这就请人工同事来处理。",
    "anger": "看得出您很生气，我这就请人工同事来处理。",
    "rising_anger": "看得出您越来越着急，我这就请人工同事来处理。",
    "repeated_question": "同样的答案没能解决您的问题，不让您再问了，我请人工同事来接手。",
    "misses": "几次都没帮到您，不让您再重复了，我请人工同事来接手。",
    "failing_part": "抱歉，系统刚才出了点问题，没能回答您，我已请人工同事来处理。",
    # What happens next, and by when, the form has just said.
    "complaint": "您的投诉已登记。",
    "complaint_unresolved": "您的投诉已加急登记。",
    "important_customer": "您是我们的重要会员，我请专属客服来为您处理。",
    "not_verified": "为了保护订单信息，核对没有通过时我不能查看订单，我请人工同事帮您核实。",
    "form_failed": "这一步不太好填，我请人工同事来帮您办理。",
    "beyond_authority": "这件事需要人工同事来决定，我已为您转过去。",
    "taken_over": "人工客服来为您服务了。",
    "callback": "您的回电需求已登记。",
    "suggestion": "您的建议已登记。",
}
_FIRST_AID: dict[Danger, str] = {
    "fire_or_electricity": "人最要紧：请大家先离远些，能安全断电就马上断电，电器起火别用水扑，"
    "有人触电别直接用手拉。火或烟控制不住请拨打119，有人受伤请拨打120。",
    "gas": "人最要紧：请关上燃气阀门、开窗通风，别碰电器开关、别用明火，先到室外再打电话。"
    "味道不散请拨打119，有人头晕不适请拨打120。",
    "burst": "人最要紧：请马上停用、停止充电，离远一些，鼓起的电池别挤压，碎片别用手捡。"
    "冒烟起火请拨打119，有人受伤请拨打120。",
    "injury_or_illness": "人最要紧：请先停用这件商品，尽快就医，情况紧急请马上拨打120。"
    "方便时请保留好商品、包装、病历和票据。",
}
_APOLOGISED = (
    "anger",
    "rising_anger",
    "abuse",
    "complaint",
    "complaint_unresolved",
    "legal_threat",
    "media_exposure",
)
_APOLOGY = "给您带来不好的体验，非常抱歉。"


def handoff_notice(
    reason: Reason,
    number: str,
    ahead: int,
    now: datetime,
    hours: BusinessHours,
    *,
    apologise: bool,
    danger: Danger | None = None,
) -> str:
    """What is said at a hand-off: what happens, ticket number, place in the queue or when somebody is there.

    `ahead` counts the tickets before this one. `apologise` adds the one apology of an episode. `danger` is
    the kind of a physical danger: what to do until somebody is there comes first.
    """
    opening = _OPENINGS[reason]
    if reason == "danger" and danger is not None:
        opening = _FIRST_AID[danger] + opening
    if apologise and reason in _APOLOGISED:
        opening = _APOLOGY + opening
    return f"{opening}工单号 {number}，{outlook(ahead, now, hours)}"


def outlook(ahead: int, now: datetime, hours: BusinessHours) -> str:
    """When somebody will answer, and that nothing has to be told twice."""
    told = "您不用重复描述。" if hours.is_open(now) else "您可以先留言补充。"
    return f"{place(ahead, now, hours)}，聊天记录已一并转交，{told}"


def place(ahead: int, now: datetime, hours: BusinessHours) -> str:
    """The place in the queue, or when somebody is there; without a full stop."""
    if not hours.is_open(now):
        return f"现在是下班时间，客服{hours.describe_opening(now)}上班后会优先回复您"
    return f"您前面还有 {ahead} 位" if ahead else "马上轮到您"


def in_turn(wordings: tuple[str, ...], turn: int) -> str:
    """One of several wordings; `turn` grows by one with each message, so that none comes twice in a row."""
    return wordings[turn % len(wordings)]


def joined(agent: str) -> str:
    """An agent takes over."""
    return f"人工客服{agent}已接入"


def left(agent: str) -> str:
    """The agent has resolved the matter."""
    return f"人工客服{agent}已结束服务，{BOT_NAME}继续为您服务"
