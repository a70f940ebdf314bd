"""What a maintainer types is taken over whole, or refused with a sentence for each value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from bot.errors import PolicyRefused
from bot.handoff.policy import SWITCHABLE, Thresholds
from bot.handoff.policy_fields import FIELDS, policy_reasons, read_thresholds, show_thresholds
from tests.handoff.settings import LEVELS, thresholds

STANDARD = show_thresholds(Thresholds())


@given(thresholds)
def test_every_setting_goes_out_and_comes_back(limits: Thresholds) -> None:
    assert read_thresholds(show_thresholds(limits), LEVELS) == limits


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"misses_offer": 0}, "“连续几次没答上，主动提供人工”只能是1次到10次。"),
        ({"misses_handoff": 11}, "“连续几次没答上，直接转人工”只能是1次到10次。"),
        (
            {"misses_offer": 4},
            "“连续几次没答上，主动提供人工”不能超过“连续几次没答上，直接转人工”的3次。",
        ),
        ({"anger": 1.2}, "“愤怒到多强，直接转人工”只能是0%到100%。"),
        ({"anger": "高"}, "“愤怒到多强，直接转人工”请填数字。"),
        ({"anger": float("nan")}, "“愤怒到多强，直接转人工”只能是0%到100%。"),
        ({"rise_handoff": 2.5}, "“情绪连续升高几条，直接转人工”请填整数。"),
        ({"streak_offer": True}, "“连续几条不满，主动提供人工”请填整数。"),
        ({"repeats_handoff": None}, "“同一个问题问到第几次，直接转人工”请填整数。"),
        ({"important_levels": ["diamond"]}, "“diamond”不是会员等级。"),
        ({"important_levels": "black"}, "会员等级请用列表给出。"),
        ({"switched_off": ["requested"]}, "“requested”不是可以关闭的原因。"),
        ({"switched_off": ["self_harm"]}, "“self_harm”不是可以关闭的原因。"),
        ({"switched_off": ["danger"]}, "“danger”不是可以关闭的原因。"),
        ({"switched_off": [["anger"]]}, "“['anger']”不是可以关闭的原因。"),
        ({"colour": 3}, "不认识的设置“colour”。"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        read_thresholds({**STANDARD, **change}, LEVELS)
    assert refused.value.problems == (sentence,)
    assert refused.value.sentence == sentence


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(PolicyRefused) as refused:
        read_thresholds({}, LEVELS)
    assert len(refused.value.problems) == len(FIELDS) + 2


def test_reasons_that_keep_the_promises_have_no_switch() -> None:
    shown = {reason.reason: reason for reason in policy_reasons()}
    assert {name for name, reason in shown.items() if reason.switchable} == SWITCHABLE
    for name in ("requested", "self_harm", "danger", "fraud", "legal_threat", "failing_part", "misses"):
        assert not shown[name].switchable
    assert all(reason.explanation.endswith("。") for reason in shown.values())
