"""The policy's settings as a maintainer edits them: words, ranges, and the sentences of what is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from bot.errors import PolicyRefused
from bot.handoff.policy import REASONS, SWITCHABLE, HandOff, Reason, Thresholds

Unit = Literal["times", "messages", "share"]
_UNITS: dict[Unit, str] = {"times": "次", "messages": "条", "share": "%"}


@dataclass(frozen=True)
class PolicyField:
    """One number from `low` to `high`, a share in 0..1; `at_most` names the field that it may not exceed."""

    name: str
    title: str
    help: str
    unit: Unit
    low: float
    high: float
    at_most: str | None = None

    def shown(self, value: float) -> str:
        """The value with its unit, as people read it."""
        return f"{value * 100:g}%" if self.unit == "share" else f"{value:g}{_UNITS[self.unit]}"


FIELDS: tuple[PolicyField, ...] = (
    PolicyField(
        "misses_offer",
        "连续几次没答上，主动提供人工",
        "机器人连续没能回答时，在回复里附上“转人工”，由客户决定。",
        "times",
        1,
        10,
        at_most="misses_handoff",
    ),
    PolicyField(
        "misses_handoff",
        "连续几次没答上，直接转人工",
        "到了这个次数，不再让客户换个说法，直接转给人工。",
        "times",
        1,
        10,
    ),
    PolicyField(
        "anger",
        "愤怒到多强，直接转人工",
        "一条消息的愤怒强度达到这个值就转人工。愤怒的消息强度一般在60%到100%之间，数值越低转得越早。",
        "share",
        0,
        1,
    ),
    PolicyField(
        "streak_offer",
        "连续几条不满，主动提供人工",
        "客户连续几条消息都流露不满时，在回复里附上“转人工”。",
        "messages",
        1,
        10,
        at_most="streak_handoff",
    ),
    PolicyField(
        "streak_handoff",
        "连续几条不满，直接转人工",
        "客户一直不满，继续由机器人回复只会更糟。",
        "messages",
        1,
        10,
    ),
    PolicyField(
        "rise_handoff",
        "情绪连续升高几条，直接转人工",
        "每条消息都比上一条更激动，哪怕还没到愤怒，也提前交给人工。",
        "messages",
        2,
        10,
    ),
    PolicyField(
        "repeats_offer",
        "同一个问题问到第几次，主动提供人工",
        "问题已经回答过，客户又问一遍，说明答案没有解决问题。",
        "times",
        2,
        10,
        at_most="repeats_handoff",
    ),
    PolicyField(
        "repeats_handoff",
        "同一个问题问到第几次，直接转人工",
        "到了这个次数，不再重复同样的答案，直接转给人工。",
        "times",
        2,
        10,
    ),
    PolicyField(
        "form_attempts",
        "同一项信息最多问几次",
        "办理业务时，一项信息问了这么多次仍没听明白，就转人工代办。这一项的改动试算不出来。",
        "times",
        1,
        3,
    ),
    PolicyField(
        "important_handoff",
        "重要会员连续几次没答上或不满，直接转人工",
        "所选等级的会员第一次没得到解答或流露不满，就会看到“转人工”；到了这个次数直接转，不必等到其他客户的次数。",
        "times",
        1,
        10,
    ),
)
# Promises: a wish, a danger, a failure and misses always lead to a human.
_ALWAYS: tuple[Reason, ...] = (
    "requested",
    "self_harm",
    "danger",
    "fraud",
    "legal_threat",
    "media_exposure",
    "abuse",
    "failing_part",
    "misses",
)


@dataclass(frozen=True)
class PolicyReason:
    """A reason by which the bot itself hands off; `switchable`: a maintainer may switch it off."""

    reason: Reason
    explanation: str
    switchable: bool


def policy_reasons() -> tuple[PolicyReason, ...]:
    """Those with a switch first, then those that always hold."""
    shown = (*(reason for reason in REASONS if reason in SWITCHABLE), *_ALWAYS)
    return tuple(
        PolicyReason(reason, HandOff.because(reason).explanation, reason in SWITCHABLE) for reason in shown
    )


def read_thresholds(values: Mapping[str, Any], levels: Collection[str]) -> Thresholds:
    """The settings that a maintainer has typed: every field of `Thresholds`, lists for its sets.

    `levels` are the customer levels that the shop knows. Raises PolicyRefused with a sentence for each value
    that cannot be.
    """
    known = {field.name for field in fields(Thresholds)}
    problems = [f"不认识的设置“{name}”。" for name in sorted(set(values) - known)]
    for field in FIELDS:
        problem = _problem(field, values)
        if problem is not None:
            problems.append(problem)
    problems += _foreign(values.get("important_levels"), levels, "会员等级")
    problems += _foreign(values.get("switched_off"), SWITCHABLE, "可以关闭的原因")
    if problems:
        raise PolicyRefused(tuple(problems))
    numbers = {field.name: values[field.name] for field in FIELDS}
    return Thresholds(
        **numbers,
        important_levels=frozenset(values["important_levels"]),
        switched_off=frozenset(values["switched_off"]),
    )


def _problem(field: PolicyField, values: Mapping[str, Any]) -> str | None:
    value = values.get(field.name)
    if isinstance(value, bool) or not isinstance(value, int if field.unit != "share" else int | float):
        return f"“{field.title}”请填{'数字' if field.unit == 'share' else '整数'}。"
    if not field.low <= value <= field.high:
        return f"“{field.title}”只能是{field.shown(field.low)}到{field.shown(field.high)}。"
    limit = next((other for other in FIELDS if other.name == field.at_most), None)
    highest = values.get(limit.name) if limit else None
    if limit and isinstance(highest, int) and limit.low <= highest <= limit.high and value > highest:
        return f"“{field.title}”不能超过“{limit.title}”的{limit.shown(highest)}。"
    return None


def _foreign(given: Any, known: Collection[str], what: str) -> list[str]:
    if not isinstance(given, list):
        return [f"{what}请用列表给出。"]
    return [f"“{item}”不是{what}。" for item in given if not isinstance(item, str) or item not in known]


def show_thresholds(thresholds: Thresholds) -> dict[str, Any]:
    """The settings as JSON: what `read_thresholds` takes."""
    shown = {name: getattr(thresholds, name) for name in (field.name for field in FIELDS)}
    return {
        **shown,
        "important_levels": sorted(thresholds.important_levels),
        "switched_off": sorted(thresholds.switched_off),
    }
