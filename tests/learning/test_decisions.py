"""A gap that was dealt with stays away unless it grows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.faq.gaps import Asked, Gap, Suggestion
from bot.learning.decisions import GapDecision, Kind, State, state_of

NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)


def gap(customers: int, later: int = 0, texts: tuple[str, ...] = ("能刻字吗",)) -> Gap:
    """Asked by so many customers before noon, and by so many others after it."""
    asked = [
        Asked(f"k{n}", texts[n % len(texts)], f"c{n}", ("unresolved",), NOON + timedelta(hours=when))
        for n, when in enumerate([-1] * customers + [1] * later)
    ]
    return Gap(
        "g", texts[0], texts, frozenset(texts), tuple(asked), customers + later, {}, (), (), Suggestion("new")
    )


def decision(kind: Kind, of: Gap, until: datetime | None = None) -> GapDecision:
    return GapDecision(kind, of.question, of.texts, of.customers, 1, "管理员", NOON, until=until)


@pytest.mark.parametrize("kind", ["dismissed", "accepted"])
@pytest.mark.parametrize(
    ("customers", "later", "open_again"),
    [(1, 0, False), (1, 1, False), (1, 2, True), (5, 4, False), (5, 5, True)],
)
def test_as_many_again_bring_it_back(kind: Kind, customers: int, later: int, open_again: bool) -> None:
    before = decision(kind, gap(customers))
    expected: State = "open" if open_again else kind
    assert state_of(gap(customers, later), [before], NOON + timedelta(days=1)) == (expected, before)


def test_a_shorter_look_back_brings_nothing_back() -> None:
    assert state_of(gap(1), [decision("dismissed", gap(9))], NOON)[0] == "dismissed"


def test_a_snoozed_gap_comes_back_on_its_day() -> None:
    put_off = decision("snoozed", gap(3), until=NOON + timedelta(days=2))
    assert state_of(gap(3, 9), [put_off], NOON + timedelta(days=1))[0] == "snoozed"
    assert state_of(gap(3), [put_off], NOON + timedelta(days=2))[0] == "open"


def test_the_last_decision_counts() -> None:
    first, second = decision("dismissed", gap(3)), decision("accepted", gap(3))
    assert state_of(gap(3), [first, second], NOON) == ("accepted", second)


def test_a_gap_is_known_again_when_half_of_its_wordings_are() -> None:
    before = decision("dismissed", gap(3, texts=("a", "b", "c")))
    assert state_of(gap(3, texts=("b", "c", "d", "e")), [before], NOON)[0] == "dismissed"
    assert state_of(gap(3, texts=("c", "d", "e", "f")), [before], NOON) == ("open", None)


def test_only_what_is_put_off_has_a_day() -> None:
    with pytest.raises(ValueError, match="until"):
        decision("dismissed", gap(1), until=NOON)
    with pytest.raises(ValueError, match="until"):
        decision("snoozed", gap(1))
