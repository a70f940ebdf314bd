"""When the bot gives way to a human: a pure function of what is known about the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bot.emotion import Emotion
from bot.handoff.danger import Danger

Reason = Literal[
    "requested",
    "self_harm",
    "danger",
    "fraud",
    "legal_threat",
    "media_exposure",
    "abuse",
    "anger",
    "rising_anger",
    "repeated_question",
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

# The intent of a wish for a human, and how sure Rasa must be of it when nothing was heard before.
REQUEST_INTENT = "request_human"
REQUEST_CONFIDENCE = 0.6
# What a maintainer may switch off. A wish, a danger, a failure and misses always lead to a human, and so does
# an action that asks for one, for it leaves the matter open.
SWITCHABLE: frozenset[Reason] = frozenset(
    ("anger", "rising_anger", "repeated_question", "important_customer")
)

_RULES: dict[Reason, tuple[Priority, Skill, str]] = {
    "requested": ("normal", "general", "客户明确要求人工客服。"),
    "self_harm": ("urgent", "safety", "客户流露出伤害自己的念头，需要立即由人工关怀。"),
    "danger": ("urgent", "safety", "商品危及客户或家人的人身安全，请立即联系并确认情况。"),
    "fraud": ("urgent", "safety", "客户可能遭遇诈骗或账号被盗，需要立即处理。"),
    "legal_threat": ("high", "complaint", "客户表示要通过法律或监管途径维权。"),
    "media_exposure": ("high", "complaint", "客户表示要向媒体或网络曝光。"),
    "abuse": ("high", "complaint", "客户言辞激烈，机器人继续回复可能激化矛盾。"),
    "anger": ("high", "complaint", "客户情绪愤怒或不满持续升级。"),
    "rising_anger": ("high", "complaint", "客户的情绪一条比一条激动，趁还没有更糟先交给人工。"),
    "repeated_question": ("normal", "general", "同一个问题答过以后客户还在问，机器人的答案没有解决问题。"),
    "misses": ("normal", "general", "机器人连续多次没能解决客户的问题。"),
    "failing_part": ("high", "technical", "系统故障，机器人无法回答。"),
    "complaint": ("high", "complaint", "客户投诉，需要人工跟进。"),
    "complaint_unresolved": ("high", "complaint", "客户再次反映没有解决的投诉，需要人工尽快跟进。"),
    "important_customer": ("high", "general", "重要会员接连没得到解答或流露不满，优先由人工接待。"),
    "not_verified": ("normal", "general", "客户没能证明订单是本人的，请先核实身份，再谈订单。"),
    "form_failed": ("normal", "general", "机器人多次没能收集到办理业务所需的信息。"),
    "beyond_authority": ("normal", "general", "客户的要求超出机器人可以决定的范围。"),
    "taken_over": ("normal", "general", "人工客服主动接入会话。"),
    "callback": ("normal", "general", "客户希望人工回电。"),
    "suggestion": ("normal", "general", "客户提出建议，请转给能用上的同事。"),
}


@dataclass(frozen=True)
class Thresholds:
    """Settings of the policy: a human is offered from the `_offer` on, and takes over from the `_handoff` on.

    `misses` counts misses in a row, `streak` messages in a row that show displeasure, `rise` messages in a
    row with a stronger feeling each time, `repeats` how often the same question is asked; `anger` is an
    intensity of 0..1. `form_attempts` (1..3): how often a form asks for one value. `important_levels` are
    customer levels of the shop: those customers are offered a human at the first miss or displeased message,
    and `important_handoff` in a row hand them off. `switched_off` are reasons of SWITCHABLE that do not lead
    to a human.

    Raises ValueError naming the setting.
    """

    misses_offer: int = 2
    misses_handoff: int = 3
    anger: float = 0.8
    streak_offer: int = 2
    streak_handoff: int = 3
    rise_handoff: int = 3
    repeats_offer: int = 2
    repeats_handoff: int = 3
    form_attempts: int = 3
    important_handoff: int = 2
    important_levels: frozenset[str] = frozenset({"black"})
    switched_off: frozenset[Reason] = frozenset()

    def __post_init__(self) -> None:
        _check_pair("misses", 1, self.misses_offer, self.misses_handoff)
        _check_pair("streak", 1, self.streak_offer, self.streak_handoff)
        _check_pair("repeats", 2, self.repeats_offer, self.repeats_handoff)
        if self.rise_handoff < 2:
            raise ValueError(f"rise_handoff {self.rise_handoff!r} must be 2 or more")
        if not 1 <= self.form_attempts <= 3:
            raise ValueError(f"form_attempts {self.form_attempts!r} is outside 1..3")
        if self.important_handoff < 1:
            raise ValueError(f"important_handoff {self.important_handoff!r} must be 1 or more")
        if not 0 <= self.anger <= 1:
            raise ValueError(f"anger {self.anger!r} is outside 0..1")
        kept = self.switched_off - SWITCHABLE
        if kept:
            raise ValueError(f"switched_off {sorted(kept)!r} cannot be switched off")


def _check_pair(name: str, lowest: int, offer: int, handoff: int) -> None:
    if not lowest <= offer <= handoff:
        raise ValueError(f"{name}_offer {offer!r} must be from {lowest} to {name}_handoff {handoff!r}")


@dataclass(frozen=True)
class ConversationState:
    """What the policy may look at. Before Rasa was asked, the later fields have their defaults.

    `emotion_streak` counts messages in a row up to this one that show displeasure, `emotion_rise` those in a
    row that each show a stronger feeling, `misses` the turns in a row up to this one in which the bot could
    not answer, `repeats` how often the question that is answered now has been asked (0: none is), `asked` the
    reason for which an action asks for a human. `level` is the shop's customer level, where it was looked up,
    `danger` the physical danger from goods that the message tells of.
    """

    wants_human: bool
    emotion: Emotion
    emotion_streak: int = 0
    emotion_rise: int = 0
    misses: int = 0
    repeats: int = 0
    missed: bool = False
    intent: str | None = None
    intent_confidence: float = 0.0
    asked: Reason | None = None
    failing: bool = False
    level: str | None = None
    danger: Danger | None = None

    @property
    def displeased(self) -> bool:
        """Whether the message shows displeasure."""
        return self.emotion.label in ("dissatisfied", "angry")


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


def is_request(intent: str | None, confidence: float) -> bool:
    """Whether Rasa is sure enough, 0..1, of a wish for a human."""
    return intent == REQUEST_INTENT and confidence >= REQUEST_CONFIDENCE


def decide(state: ConversationState, thresholds: Thresholds) -> Step:
    """What happens next. Danger to a person comes first, then the customer's wish, then all else."""
    reason = _reason(state, thresholds)
    if reason is not None:
        return HandOff.because(reason)
    if _important(state, thresholds):
        return OfferHuman("重要会员遇到没答上或不满意的情况，第一次就主动提供人工。")
    if state.missed and state.misses >= thresholds.misses_offer:
        return OfferHuman("机器人连续没能回答，主动提供人工。")
    if state.repeats >= thresholds.repeats_offer:
        return OfferHuman("同一个问题答过以后客户又问了一遍，主动提供人工。")
    if state.displeased and state.emotion_streak >= thresholds.streak_offer:
        return OfferHuman("客户连续表现出不满，主动提供人工。")
    return Continue()


def _reason(state: ConversationState, thresholds: Thresholds) -> Reason | None:
    peril = _peril(state)
    if peril is not None:
        return peril
    if state.wants_human or is_request(state.intent, state.intent_confidence):
        return "requested"
    if state.emotion.risk != "none":
        return state.emotion.risk
    feeling = _feeling(state, thresholds)
    if feeling is not None:
        return feeling
    if state.asked is not None:
        return state.asked
    if state.failing:
        return "failing_part"
    on = SWITCHABLE - thresholds.switched_off
    if _important(state, thresholds) and _troubles(state) >= thresholds.important_handoff:
        return "important_customer"
    if "repeated_question" in on and state.repeats >= thresholds.repeats_handoff:
        return "repeated_question"
    if state.missed and state.misses >= thresholds.misses_handoff:
        return "misses"
    return None


def _peril(state: ConversationState) -> Reason | None:
    """What cannot wait for anything else: a life, then limbs, then money."""
    if state.emotion.risk == "self_harm":
        return "self_harm"
    if state.danger is not None:
        return "danger"
    return "fraud" if state.emotion.risk == "fraud" else None


def _important(state: ConversationState, thresholds: Thresholds) -> bool:
    """Whether somebody whom the shop must not lose has met with trouble in this turn."""
    on = "important_customer" not in thresholds.switched_off
    return on and state.level in thresholds.important_levels and (state.missed or state.displeased)


def _troubles(state: ConversationState) -> int:
    """Misses or displeased messages in a row, whichever are more."""
    return max(state.misses if state.missed else 0, state.emotion_streak if state.displeased else 0)


def _feeling(state: ConversationState, thresholds: Thresholds) -> Reason | None:
    on = SWITCHABLE - thresholds.switched_off
    if not state.displeased:
        return None
    strong = state.emotion.label == "angry" and state.emotion.intensity >= thresholds.anger
    if "anger" in on and (strong or state.emotion_streak >= thresholds.streak_handoff):
        return "anger"
    if "rising_anger" in on and state.emotion_rise >= thresholds.rise_handoff:
        return "rising_anger"
    return None
