from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.trial import Gain, Trial, Tried, gains_between

questions = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 9)), min_size=1, max_size=60)


def tried(number: int, right: bool, answered: bool, entry: int | None = 0) -> Tried:
    return Tried(f"问题{number}", entry, right, answered)


@given(questions)
def test_the_interval_holds_the_difference_and_turns_with_it(rows: list[tuple[bool, bool, int]]) -> None:
    before, after, groups = zip(*rows, strict=True)
    gain, loss = Gain.of("hit1", before, after, groups), Gain.of("hit1", after, before, groups)
    assert gain.low - 1e-4 <= gain.after - gain.before <= gain.high + 1e-4
    assert gain.low == pytest.approx(-loss.high, abs=2e-5)
    assert not (gain.rises and gain.falls)
    assert gain.rises == loss.falls


def test_nothing_changed_is_no_gain() -> None:
    gain = Gain.of("hit1", [1, 0, 1], [1, 0, 1], [0, 1, 2])
    assert (gain.low, gain.high, gain.rises, gain.falls) == (0, 0, False, False)


def test_more_wrong_answers_are_no_rise() -> None:
    gain = Gain.paired("answered_wrong", [False] * 50, [True] * 50)
    assert gain.falls
    assert not gain.rises


def test_few_questions_are_never_certain() -> None:
    all_better = Gain.paired("answered_right", [False] * 26, [True] * 26)
    assert (all_better.after - all_better.before, all_better.high) == (1, 1)
    assert all_better.low == pytest.approx(0.81, abs=0.01)
    unchanged = Gain.paired("answered_right", [True] * 26, [True] * 26)
    assert -0.1 < unchanged.low < 0 < unchanged.high < 0.1


@given(questions)
def test_independent_questions_have_an_interval_around_the_difference(
    rows: list[tuple[bool, bool, int]],
) -> None:
    before, after, _ = zip(*rows, strict=True)
    gain, loss = Gain.paired("hit1", before, after), Gain.paired("hit1", after, before)
    assert -1 <= gain.low <= gain.after - gain.before + 1e-5
    assert gain.after - gain.before - 1e-5 <= gain.high <= 1
    assert gain.low == pytest.approx(-loss.high, abs=1e-5)


def test_questions_of_one_entry_count_as_one_piece_of_evidence() -> None:
    before, after = [0] * 40, [1, 0, 0, 0] * 10
    many = Gain.of("hit1", before, after, range(40))
    few = Gain.of("hit1", before, after, [number % 4 for number in range(40)])
    assert many.low > few.low


def test_an_uneven_number_of_questions_is_refused() -> None:
    with pytest.raises(ValueError, match="2 questions before, 1 after"):
        Gain.of("hit1", [1, 1], [1], [0])


def test_only_questions_that_both_were_asked_count() -> None:
    before = [tried(1, False, False), tried(2, True, True), tried(9, False, True, None)]
    after = [tried(1, True, True), tried(3, True, True), tried(9, False, False, None)]
    hit1, right, wrong, off_topic = gains_between(before, after)
    assert (hit1.questions, hit1.before, hit1.after) == (1, 0, 1)
    assert (right.before, right.after) == (0, 1)
    assert (wrong.before, wrong.after) == (0, 0)
    assert (off_topic.questions, off_topic.before, off_topic.after) == (1, 1, 0)
    assert gains_between(before, []) == ()


def test_wrong_answers_are_counted_among_the_answers() -> None:
    before = [tried(number, number % 10 > 0, number < 50, number) for number in range(100)]
    after = [tried(number, number % 10 > 0, True, number) for number in range(100)]
    _, right, wrong, _ = gains_between(before, after)
    assert (right.before, right.after, right.rises) == (0.45, 0.9, True)
    assert (wrong.before, wrong.after, wrong.falls) == (0.1, 0.1, False)


def test_a_trial_names_the_figure_that_decides_it() -> None:
    rising = Gain("hit1", 100, 0.8, 0.9, 0.05, 0.15)
    level = Gain("hit1", 100, 0.8, 0.81, -0.01, 0.03)
    falling = Gain("wrong_of_answers", 100, 0.01, 0.05, 0.01, 0.07)
    assert Trial("adapter", (rising,)).kept
    assert "+0.1000 (95 %: +0.0500 to +0.1500)" in Trial("adapter", (rising,)).summary()
    assert not Trial("adapter", (level,)).kept
    assert "does not rise beyond chance: hit1" in Trial("adapter", (level,)).summary()
    assert not Trial("adapter", (rising, falling)).kept
    assert "wrong_of_answers 0.0100 → 0.0500" in Trial("adapter", (rising, falling)).summary()
    assert "too few questions" in Trial("adapter", ()).summary()


def test_a_trial_survives_its_file() -> None:
    trial = Trial("fusion", (Gain("likelihood", 7, -1.5, -1.2, 0.1, 0.4), Gain("hit1", 7, 0.5, 0.6, 0, 0.2)))
    assert Trial.from_json(trial.to_json()) == trial
