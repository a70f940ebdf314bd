"""The replay of past turns: what happened, what would have, and that strictness only ever adds hand-offs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.emotion import Emotion
from bot.handoff.policy import Continue, ConversationState, HandOff, OfferHuman, Thresholds, decide
from bot.handoff.replay import EXAMPLES, PastTurn, replay
from tests.desk import MORNING
from tests.handoff.settings import states, strictest, thresholds

CALM = ConversationState(wants_human=False, emotion=Emotion("calm", 0.0))
LIMITS = Thresholds()


def past(*seen: tuple[str, ConversationState], limits: Thresholds = LIMITS) -> list[PastTurn]:
    """Turns that these settings decided, one minute apart."""
    turns = [
        PastTurn(conversation, 1, number, MORNING + timedelta(minutes=number), state, decide(state, limits))
        for number, (conversation, state) in enumerate(seen)
    ]
    return sorted(turns, key=lambda turn: (turn.conversation, turn.message))


def missed(times: int) -> ConversationState:
    return replace(CALM, misses=times, missed=True)


def test_no_turns_no_numbers() -> None:
    result = replay([], LIMITS)
    assert (result.episodes, result.turns, result.changes) == (0, 0, ())


def test_the_same_settings_change_nothing() -> None:
    turns = past(("a", missed(1)), ("a", missed(2)), ("a", missed(3)), ("b", CALM), ("c", missed(2)))
    result = replay(turns, LIMITS)
    assert result.before == result.after
    assert (result.episodes, result.turns) == (3, 5)
    assert (result.before.handed_off, result.before.offered) == (1, 1)
    assert dict(result.before.reasons) == {"misses": 1}
    assert (result.sooner, result.spared, result.changes) == (0, 0, ())


def test_stricter_settings_hand_off_where_a_human_was_only_offered() -> None:
    turns = past(("a", missed(1)), ("a", missed(2)), ("b", CALM))
    result = replay(turns, replace(LIMITS, misses_handoff=2))
    assert (result.before.handed_off, result.after.handed_off, result.sooner) == (0, 1, 1)
    (change,) = result.changes
    assert change.turn.message == 1
    assert isinstance(change.before, OfferHuman)
    assert isinstance(change.after, HandOff)
    assert change.after.reason == "misses"


def test_laxer_settings_spare_a_hand_off() -> None:
    turns = past(("a", replace(CALM, repeats=3)))
    result = replay(turns, replace(LIMITS, switched_off=frozenset({"repeated_question"})))
    assert (result.before.handed_off, result.after.handed_off, result.spared) == (1, 0, 1)
    assert isinstance(result.changes[0].after, OfferHuman)


def test_another_reason_is_a_difference_too() -> None:
    turns = past(("a", replace(missed(3), level="gold")))
    result = replay(turns, replace(LIMITS, important_levels=frozenset({"gold"})))
    assert dict(result.before.reasons) == {"misses": 1}
    assert dict(result.after.reasons) == {"important_customer": 1}
    assert (result.sooner, result.spared, len(result.changes)) == (0, 0, 1)


def test_episodes_of_one_conversation_count_apart() -> None:
    first = past(("a", missed(3)))
    second = [replace(turn, episode=2, message=9) for turn in past(("a", CALM))]
    assert replay([*first, *second], LIMITS).episodes == 2


def test_examples_are_the_newest() -> None:
    turns = past(*[(f"c{number:02d}", missed(2)) for number in range(EXAMPLES + 5)])
    changes = replay(turns, replace(LIMITS, misses_handoff=2)).changes
    assert [change.turn.message for change in changes] == list(range(EXAMPLES + 4, 4, -1))


def test_what_happened_is_told_as_it_was_even_if_nobody_would_decide_so_today() -> None:
    turn = replace(past(("a", CALM))[0], step=HandOff.because("anger"))
    result = replay([turn], LIMITS)
    assert (result.before.handed_off, result.after.handed_off) == (1, 0)
    assert result.changes[0].after == Continue()


week = st.lists(st.tuples(st.sampled_from("abcd"), states), max_size=12)


@given(week, thresholds, thresholds)
def test_a_stricter_policy_never_hands_off_fewer(
    seen: list[tuple[str, ConversationState]], one: Thresholds, other: Thresholds
) -> None:
    turns = past(*seen)
    strict, lax = replay(turns, strictest(one, other)), replay(turns, one)
    assert strict.after.handed_off >= lax.after.handed_off
    touched = (tally.handed_off + tally.offered for tally in (strict.after, lax.after))
    assert next(touched) >= next(touched)
    assert strict.before == lax.before


@given(week, thresholds)
def test_numbers_add_up(seen: list[tuple[str, ConversationState]], limits: Thresholds) -> None:
    result = replay(past(*seen), limits)
    assert result.after.handed_off - result.before.handed_off == result.sooner - result.spared
    for tally in (result.before, result.after):
        assert sum(tally.reasons.values()) == tally.handed_off
        assert tally.handed_off + tally.offered <= result.episodes
