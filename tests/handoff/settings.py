"""States and settings of the policy, for tests that try many."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_args

from hypothesis import strategies as st

from bot.emotion import LABELS, RISKS, Emotion
from bot.handoff.danger import Danger
from bot.handoff.policy import SWITCHABLE, ConversationState, HandOff, OfferHuman, Step, Thresholds

LEVELS = ("standard", "silver", "gold", "black")

states = st.builds(
    ConversationState,
    wants_human=st.booleans(),
    emotion=st.builds(Emotion, st.sampled_from(LABELS), st.floats(0, 1), st.sampled_from(RISKS)),
    emotion_streak=st.integers(0, 9),
    emotion_rise=st.integers(0, 9),
    misses=st.integers(0, 9),
    repeats=st.integers(0, 9),
    missed=st.booleans(),
    intent=st.sampled_from([None, "faq", "request_human"]),
    intent_confidence=st.floats(0, 1),
    asked=st.sampled_from([None, "complaint", "form_failed"]),
    failing=st.booleans(),
    level=st.sampled_from([None, *LEVELS]),
    danger=st.sampled_from([None, *get_args(Danger)]),
)


@st.composite
def _thresholds(draw: st.DrawFn) -> Thresholds:
    def pair(lowest: int) -> tuple[int, int]:
        offer = draw(st.integers(lowest, 9))
        return offer, draw(st.integers(offer, 10))

    misses, streak, repeats = pair(1), pair(1), pair(2)
    return Thresholds(
        misses_offer=misses[0],
        misses_handoff=misses[1],
        anger=draw(st.floats(0, 1)),
        streak_offer=streak[0],
        streak_handoff=streak[1],
        rise_handoff=draw(st.integers(2, 10)),
        repeats_offer=repeats[0],
        repeats_handoff=repeats[1],
        form_attempts=draw(st.integers(1, 3)),
        important_handoff=draw(st.integers(1, 10)),
        important_levels=draw(st.frozensets(st.sampled_from(LEVELS))),
        switched_off=draw(st.frozensets(st.sampled_from(sorted(SWITCHABLE)))),
    )


thresholds = _thresholds()


def strictest(one: Thresholds, other: Thresholds) -> Thresholds:
    """Settings that lead to a human at least as soon as either of the two."""
    values: dict[str, Any] = {}
    for field in fields(Thresholds):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if field.name == "important_levels":
            values[field.name] = mine | theirs
        elif field.name == "switched_off":
            values[field.name] = mine & theirs
        else:
            values[field.name] = min(mine, theirs)
    return Thresholds(**values)


def weight(step: Step) -> int:
    """How far a step goes towards a human."""
    return 2 if isinstance(step, HandOff) else 1 if isinstance(step, OfferHuman) else 0
