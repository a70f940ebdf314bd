"""When the bot gives way to a human: a pure function of what is known about the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bot.emotion import Emotion

Reason = Literal[
    "requested",
    "self_harm",
    "fraud",
    "legal_threat",
    "media_exposure",
    "abuse",
    "anger",
    "misses",
    "failing_part",
    "complaint",
    "complaint_unresolved",
    "important_customer",
    "not_verified",
    "form_failed",
    "beyond_authority",
    "taken_over",
    "callback",
    "suggestion",
]
Priority = Literal["urgent", "high", "normal"]
Skill = Literal["general", "complaint", "safety", "technical"]

REASONS: tuple[Reason, ...] = get_args(Reason)
RANKS: dict[Priority, int] = {"urgent": 0, "high": 1, "normal": 2}

# How sure Rasa must be that the customer wants a human, when the phrase rules saw nothing.
REQUEST_CONFIDENCE = 0.6
# Messages in a row that show displeasure after which a human is offered, and after which one takes over.
STREAK_OFFER = 2
STREAK_HANDOFF = 3

_RULES: dict[Reason, tuple[Priority, Skill, str]] = {
    "requested": ("normal", "general", "客户明确要求人工客服。"),
    "self_harm": ("urgent", "safety", "客户流露出伤害自己的念头，需要立即由人工关怀。"),
    "fraud": ("urgent", "safety", "客户可能遭遇诈骗或账号被盗，需要立即处理。"),
    "legal_threat": ("high", "complaint", "客户表示要通过法律或监管途径维权。"),
    "media_exposure": ("high", "complaint", "客户表示要向媒体或网络曝光。"),
    "abuse": ("high", "complaint", "客户言辞激烈，机器人继续回复可能激化矛盾。"),
    "anger": ("high", "complaint", "客户情绪愤怒或不满持续升级。"),
    "misses": ("normal", "general", "机器人连续多次没能解决客户的问题。"),
    "failing_part": ("high", "technical", "系统故障，机器人无法回答。"),
    "complaint": ("high", "complaint", "客户投诉，需要人工跟进。"),
    "complaint_unresolved": ("high", "complaint", "客户再次反映没有解决的投诉，需要人工尽快跟进。"),
    "important_customer": ("high", "general", "重要会员遇到机器人没能解决的问题，优先由人工接待。"),
    "not_verified": ("normal", "general", "客户没能证明订单是本人的，请先核实身份，再谈订单。"),
    "form_failed": ("normal", "general", "机器人多次没能收集到办理业务所需的信息。"),
    "beyond_authority": ("normal", "general", "客户的要求超出机器人可以决定的范围。"),
    "taken_over": ("normal", "general", "人工客服主动接入会话。"),
    "callback": ("normal", "general", "客户希望人工回电。"),
    "suggestion": ("normal", "general", "客户提出建议，请转给能用上的同事。"),
}


@dataclass(frozen=True)
class Thresholds:
    """Settings of the policy. `misses_offer` and `misses_handoff` count misses in a row, `anger` is 0..1."""

    misses_offer: int = 2
    misses_handoff: int = 3
    anger: float = 0.8

    def __post_init__(self) -> None:
        if not 1 <= self.misses_offer <= self.misses_handoff:
            raise ValueError(
                f"misses_offer {self.misses_offer!r} must be from 1 to misses_handoff {self.misses_handoff!r}"
            )
        if not 0 <= self.anger <= 1:
            raise ValueError(f"anger {self.anger!r} is outside 0..1")


@dataclass(frozen=True)
class ConversationState:
    """What the policy may look at. Before Rasa was asked, the later fields have their defaults.

    `emotion_streak` counts messages in a row up to this one that show displeasure, `misses` the turns in
    a row up to this one in which the bot could not answer, `asked` the reason for which an action asks
    for a human. `important`: the shop counts the customer among its best.
    """

    wants_human: bool
    emotion: Emotion
    emotion_streak: int = 0
    misses: int = 0
    missed: bool = False
    intent: str | None = None
    intent_confidence: float = 0.0
    asked: Reason | None = None
    failing: bool = False
    important: bool = False


@dataclass(frozen=True)
class Continue:
    """The bot goes on."""


@dataclass(frozen=True)
class OfferHuman:
    """The bot goes on and offers a human."""

    explanation: str


@dataclass(frozen=True)
class HandOff:
    """A human takes over; `explanation` is one sentence for the agent."""

    reason: Reason
    priority: Priority
    skill: Skill
    explanation: str

    @classmethod
    def because(cls, reason: Reason) -> HandOff:
        """The hand-off that belongs to a reason. Raises ValueError for an unknown one."""
        if reason not in _RULES:
            raise ValueError(f"reason {reason!r} is none of {', '.join(REASONS)}")
        priority, skill, explanation = _RULES[reason]
        return cls(reason, priority, skill, explanation)


Step = Continue | OfferHuman | HandOff


def decide(state: ConversationState, thresholds: Thresholds) -> Step:
    """What happens next. Danger to a person comes first, then the customer's wish, then all else."""
    reason = _reason(state, thresholds)
    if reason is not None:
        return HandOff.because(reason)
    if state.missed and state.misses >= thresholds.misses_offer:
        return OfferHuman("机器人连续没能回答，主动提供人工。")
    if state.emotion_streak >= STREAK_OFFER and state.emotion.label in ("dissatisfied", "angry"):
        return OfferHuman("客户连续表现出不满，主动提供人工。")
    return Continue()


def _reason(state: ConversationState, thresholds: Thresholds) -> Reason | None:
    risk = state.emotion.risk
    if risk in ("self_harm", "fraud"):
        return risk
    if state.wants_human or (
        state.intent == "request_human" and state.intent_confidence >= REQUEST_CONFIDENCE
    ):
        return "requested"
    if risk != "none":
        return risk
    if state.emotion.label == "angry" and state.emotion.intensity >= thresholds.anger:
        return "anger"
    if state.emotion.label in ("dissatisfied", "angry") and state.emotion_streak >= STREAK_HANDOFF:
        return "anger"
    if state.asked is not None:
        return state.asked
    if state.failing:
        return "failing_part"
    displeased = state.emotion.label in ("dissatisfied", "angry")
    if state.important and (state.missed or displeased):
        return "important_customer"
    if state.missed and state.misses >= thresholds.misses_handoff:
        return "misses"
    return None
