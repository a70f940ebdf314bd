"""When the bot gives way: the order of reasons, the thresholds, and that every decision is explained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.emotion import Emotion
from bot.handoff.policy import (
    RANKS,
    REASONS,
    REQUEST_CONFIDENCE,
    Continue,
    ConversationState,
    HandOff,
    OfferHuman,
    Thresholds,
    decide,
)
from tests.handoff.settings import states, strictest, thresholds, weight

ROOT = Path(__file__).resolve().parents[2]
CALM = Emotion("calm", 0.0)
STATE = ConversationState(wants_human=False, emotion=CALM)
LIMITS = Thresholds()


def reason(state: ConversationState) -> str | None:
    step = decide(state, LIMITS)
    return step.reason if isinstance(step, HandOff) else None


def test_a_calm_conversation_goes_on() -> None:
    assert decide(STATE, LIMITS) == Continue()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (replace(STATE, wants_human=True), "requested"),
        (replace(STATE, intent="request_human", intent_confidence=0.6), "requested"),
        (replace(STATE, intent="request_human", intent_confidence=0.59), None),
        (replace(STATE, intent="faq", intent_confidence=1.0), None),
        (replace(STATE, emotion=Emotion("angry", 0.8)), "anger"),
        (replace(STATE, emotion=Emotion("angry", 0.79)), None),
        (replace(STATE, emotion=Emotion("dissatisfied", 0.85)), None),
        (replace(STATE, emotion=Emotion("dissatisfied", 0.4), emotion_streak=3), "anger"),
        (replace(STATE, emotion=CALM, emotion_streak=3), None),
        (
            replace(STATE, emotion=Emotion("dissatisfied", 0.6), emotion_streak=2, emotion_rise=3),
            "rising_anger",
        ),
        (replace(STATE, emotion=Emotion("dissatisfied", 0.6), emotion_streak=2, emotion_rise=2), None),
        (replace(STATE, emotion=Emotion("anxious", 0.6), emotion_rise=3), None),
        (replace(STATE, repeats=3), "repeated_question"),
        (replace(STATE, repeats=2), None),
        (replace(STATE, missed=True, misses=1, level="black"), None),
        (replace(STATE, missed=True, misses=2, level="black"), "important_customer"),
        (replace(STATE, missed=True, misses=2, level="gold"), None),
        (
            replace(STATE, emotion=Emotion("dissatisfied", 0.5), emotion_streak=2, level="black"),
            "important_customer",
        ),
        (replace(STATE, missed=True, misses=1, emotion_streak=2, level="black"), None),
        (replace(STATE, level="black"), None),
        (replace(STATE, misses=3, missed=True), "misses"),
        (replace(STATE, misses=3), None),
        (replace(STATE, failing=True), "failing_part"),
        (replace(STATE, asked="complaint"), "complaint"),
        (replace(STATE, danger="burst"), "danger"),
        (replace(STATE, danger="injury_or_illness", wants_human=True), "danger"),
        *[
            (replace(STATE, emotion=Emotion("calm", 0.1, risk)), risk)
            for risk in ("self_harm", "fraud", "legal_threat", "media_exposure", "abuse")
        ],
    ],
)
def test_reasons(state: ConversationState, expected: str | None) -> None:
    assert reason(state) == expected


def test_danger_comes_before_the_wish_and_the_wish_before_all_else() -> None:
    everything = replace(
        STATE, wants_human=True, misses=9, missed=True, failing=True, asked="complaint", emotion_streak=9
    )
    assert reason(replace(everything, emotion=Emotion("angry", 1.0, "self_harm"))) == "self_harm"
    assert reason(replace(everything, emotion=Emotion("angry", 1.0, "abuse"))) == "requested"
    everything = replace(everything, danger="fire_or_electricity")
    assert reason(replace(everything, emotion=Emotion("angry", 1.0, "self_harm"))) == "self_harm"
    assert reason(replace(everything, emotion=Emotion("angry", 1.0, "fraud"))) == "danger"


@given(states, thresholds)
def test_danger_is_urgent_whatever_the_settings(state: ConversationState, limits: Thresholds) -> None:
    step = decide(state, limits)
    if state.danger is not None or state.emotion.risk in ("self_harm", "fraud"):
        assert isinstance(step, HandOff)
        assert (step.priority, step.skill) == ("urgent", "safety")
    if state.danger is not None and state.emotion.risk != "self_harm":
        assert step == HandOff.because("danger")


def test_the_second_miss_offers() -> None:
    assert decide(replace(STATE, misses=1, missed=True), LIMITS) == Continue()
    assert isinstance(decide(replace(STATE, misses=2, missed=True), LIMITS), OfferHuman)
    assert decide(replace(STATE, misses=2), LIMITS) == Continue()


@pytest.mark.parametrize(
    "trouble",
    [{"missed": True, "misses": 1}, {"emotion": Emotion("dissatisfied", 0.5), "emotion_streak": 1}],
)
def test_an_important_customer_is_offered_a_human_at_once(trouble: dict[str, Any]) -> None:
    important = replace(STATE, level="black", **trouble)
    assert isinstance(decide(important, LIMITS), OfferHuman)
    assert decide(replace(important, level="gold"), LIMITS) == Continue()
    at_once = decide(important, replace(LIMITS, important_handoff=1))
    assert at_once == HandOff.because("important_customer")
    unlike = replace(LIMITS, switched_off=frozenset({"important_customer"}))
    assert decide(important, unlike) == Continue()


@given(states, thresholds)
def test_an_important_customer_never_waits_longer_than_others(
    state: ConversationState, limits: Thresholds
) -> None:
    nobody = replace(limits, important_levels=frozenset())
    assert weight(decide(state, limits)) >= weight(decide(state, nobody))


def test_the_second_time_the_same_question_is_asked_offers() -> None:
    assert decide(replace(STATE, repeats=1), LIMITS) == Continue()
    assert isinstance(decide(replace(STATE, repeats=2), LIMITS), OfferHuman)


def test_every_reason_has_a_priority_and_one_sentence() -> None:
    for name in REASONS:
        step = HandOff.because(name)
        assert step.priority in RANKS
        assert step.explanation.endswith("。")
    with pytest.raises(ValueError, match="boredom"):
        HandOff.because("boredom")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"misses_offer": 0}, "misses_offer"),
        ({"misses_offer": 3, "misses_handoff": 2}, "misses_offer"),
        ({"streak_offer": 4}, "streak_offer"),
        ({"repeats_offer": 1}, "repeats_offer"),
        ({"rise_handoff": 1}, "rise_handoff"),
        ({"form_attempts": 4}, "form_attempts"),
        ({"important_handoff": 0}, "important_handoff"),
        ({"anger": 1.1}, "anger"),
        ({"anger": -0.1}, "anger"),
        ({"switched_off": frozenset({"requested"})}, "requested"),
        ({"switched_off": frozenset({"anger", "failing_part"})}, "failing_part"),
    ],
)
def test_senseless_thresholds_are_refused(values: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Thresholds(**values)


@given(states, thresholds)
def test_a_wish_or_a_failure_is_never_passed_over(state: ConversationState, limits: Thresholds) -> None:
    step = decide(state, limits)
    if (
        state.wants_human
        or state.failing
        or state.asked
        or state.danger
        or state.emotion.risk != "none"
        or (state.missed and state.misses >= limits.misses_handoff)
    ):
        assert isinstance(step, HandOff)


@given(states, thresholds)
def test_a_wish_for_a_human_is_granted_whatever_the_settings(
    state: ConversationState, limits: Thresholds
) -> None:
    safe = replace(state, emotion=replace(state.emotion, risk="none"), danger=None)
    step = decide(replace(safe, wants_human=True), limits)
    assert isinstance(step, HandOff)
    assert step.reason == "requested"


@given(states, thresholds, thresholds)
def test_stricter_settings_never_keep_a_customer_from_a_human(
    state: ConversationState, one: Thresholds, other: Thresholds
) -> None:
    strict = strictest(one, other)
    assert weight(decide(state, strict)) >= max(weight(decide(state, one)), weight(decide(state, other)))


@given(states, st.integers(1, 5))
def test_more_misses_never_lead_away_from_a_human(state: ConversationState, more: int) -> None:
    one, other = (decide(s, LIMITS) for s in (state, replace(state, misses=state.misses + more)))
    assert weight(one) <= weight(other)


def test_rasa_and_the_policy_agree_on_when_a_wish_for_a_human_is_sure() -> None:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))["pipeline"]
    (threshold,) = [part for part in pipeline if part["name"].endswith("IntentThreshold")]
    assert threshold["intents"]["request_human"] == REQUEST_CONFIDENCE
