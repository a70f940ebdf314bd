"""Questions asked in vain become groups that lose nothing, and each suggests how it may be mended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.faq.density import density_groups
from bot.faq.encoder import Encoder, HashEncoder
from bot.faq.gaps import REASONS, Answered, Asked, Gap, Lookup, find_gaps, gap_key
from bot.faq.normalize import normalize
from bot.faq.survey import Space
from bot.faq.topic_file import load_entries
from bot.messages import Candidate
from tests.faq.paraphrases import LONE, WISHES

FAQ = Path(__file__).parents[2] / "data" / "faq"
NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
HASHES = HashEncoder(64)
NOTHING = np.empty((0, 64), np.float32)
NEAR = Candidate("near", "最近的条目", 0.7, 0.9)
FAR = Candidate("far", "远一点的条目", 0.2, 0.4)


def asked(text: str, customer: str = "a", number: int = 0, **change: object) -> Asked:
    values: dict[str, object] = {
        "key": f"{customer}:{number}",
        "text": text,
        "customer": customer,
        "reasons": ("unresolved",),
        "at": NOON + timedelta(minutes=number),
    }
    return Asked(**{**values, **change})  # type: ignore[arg-type]


def lookups(
    questions: Sequence[Asked], candidates: tuple[Candidate, ...] = (), answer: str | None = None
) -> dict[str, Lookup]:
    texts = {normalize(one.text) for one in questions}
    return {text: Lookup(answer, candidates, HASHES.encode([text])[0]) for text in texts}


def only(questions: Sequence[Asked], candidates: tuple[Candidate, ...] = ()) -> Gap:
    (gap,) = find_gaps(questions, lookups(questions, candidates), NOTHING).gaps
    return gap


words = st.text("退换货运费发票优惠券会员刻字安装", min_size=1, max_size=8)
questions = st.lists(
    st.builds(
        lambda text, customer, reasons, chosen, shown: asked(
            text, customer, reasons=tuple(sorted(reasons)), chosen=chosen, shown=shown
        ),
        words,
        st.sampled_from("abcdefgh"),
        st.sets(st.sampled_from(REASONS), min_size=1),
        st.sampled_from([None, "near", "far"]),
        st.sampled_from([None, "near", "shown"]),
    ),
    max_size=40,
).map(lambda found: [asked(**{**vars(one), "key": f"k{n:03}"}) for n, one in enumerate(found)])


@settings(max_examples=60, deadline=None)
@given(questions, st.randoms(use_true_random=False))
def test_the_order_changes_nothing_and_no_question_is_lost(found: list[Asked], random: object) -> None:
    looked = lookups(found, (NEAR, FAR), answer="near")
    background = HASHES.encode(["怎么退货", "运费谁出", "怎么开发票", "优惠券能叠加吗"])
    gaps = find_gaps(found, looked, background)
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert find_gaps(shuffled, looked, background) == gaps
    kept = [one.key for gap in gaps.gaps for one in gap.asked] + [one.key for one in gaps.settled]
    assert sorted(kept) == sorted(one.key for one in found)
    assert all(one.shown == "near" for gap in gaps.gaps for one in gap.asked)
    assert len({gap.key for gap in gaps.gaps}) == len(gaps.gaps)
    for gap in gaps.gaps:
        assert gap.customers == len({one.customer for one in gap.asked})
        assert gap.texts == {normalize(one.text) for one in gap.asked}
        assert gap.key == gap_key(gap.question)
        assert gap.question == gap.examples[0]
        assert set(gap.examples) <= {one.text for one in gap.asked}
        assert sum(gap.reasons.values()) == sum(len(one.reasons) for one in gap.asked)
    assert [gap.customers for gap in gaps.gaps] == sorted((gap.customers for gap in gaps.gaps), reverse=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(words, unique=True, max_size=40), st.lists(words, max_size=10))
def test_every_row_is_in_one_group(texts: list[str], background: list[str]) -> None:
    groups = density_groups(HASHES.encode(texts), HASHES.encode(background))
    assert sorted(row for group in groups for row in group) == list(range(len(texts)))


def test_the_same_words_of_one_customer_help_one_customer() -> None:
    gap = only([asked("能刻字吗", "a", 1), asked("能刻字吗？", "a", 2), asked("能刻字吗", "b", 3)])
    assert (gap.customers, len(gap.asked), gap.question, gap.reasons) == (2, 3, "能刻字吗", {"unresolved": 3})


def test_a_gap_of_many_customers_comes_before_one_of_many_questions() -> None:
    found = [asked("能刻字吗", "a", number) for number in range(5)]
    found += [asked("旧手机抵多少钱", customer, 9) for customer in "xy"]
    assert [gap.question for gap in find_gaps(found, lookups(found), NOTHING).gaps] == [
        "旧手机抵多少钱",
        "能刻字吗",
    ]


def test_the_release_suggests_the_entry_that_is_more_likely_right_than_not() -> None:
    gap = only([asked("能刻字吗")], (NEAR, FAR))
    assert (gap.suggestion.remedy, gap.suggestion.entry) == ("similar", "near")
    gap = only([asked("能刻字吗")], (FAR,))
    assert (gap.suggestion.remedy, gap.suggestion.entry) == ("new", None)
    assert gap.neighbours == (FAR,)


def test_what_customers_clicked_counts_more_than_what_the_release_thinks() -> None:
    clicks = [asked("能刻字吗", c, reasons=("clicked",), chosen="far") for c in "ab"]
    gap = only([*clicks, asked("能刻字吗", "c", reasons=("clicked",), chosen="near")], (NEAR, FAR))
    assert (gap.suggestion.remedy, gap.suggestion.entry, gap.suggestion.clicks) == ("similar", "far", 2)
    assert gap.suggestion.probability == pytest.approx(0.2)


def test_a_clicked_answer_that_did_not_help_is_no_hint() -> None:
    gap = only([asked("能刻字吗", reasons=("clicked", "unhelpful"), chosen="far", shown="far")], (FAR,))
    assert (gap.suggestion.remedy, gap.suggestion.entry) == ("review", "far")


def test_an_answer_that_left_most_of_them_helpless_is_to_be_reviewed() -> None:
    bad = [asked("能刻字吗", c, reasons=("unhelpful",), shown="near") for c in "ab"]
    gap = only([*bad, asked("能刻字吗", "c")], (NEAR,))
    assert (gap.suggestion.remedy, gap.suggestion.entry) == ("review", "near")


def test_what_was_answered_in_vain_is_named() -> None:
    bad = [asked("能刻字吗", c, reasons=("unhelpful",), shown="near") for c in "ab"]
    old = asked("能刻字吗", "c", reasons=("handed_off",), shown="gone")
    gap = only([*bad, old, asked("能刻字吗", "d")], (FAR, NEAR))
    assert gap.answered == (Answered("near", "最近的条目", 0.7, 2), Answered("gone", "", 0.0, 1))


def test_a_question_that_the_release_answers_now_is_settled() -> None:
    found = [asked("能刻字吗", "a"), asked("能刻字吗", "b", reasons=("unhelpful",), shown="near")]
    gaps = find_gaps(found, lookups(found, (NEAR,), answer="near"), NOTHING)
    assert [one.customer for one in gaps.settled] == ["a"]
    assert [gap.customers for gap in gaps.gaps] == [1]


def test_reasons_that_nobody_knows_are_refused() -> None:
    with pytest.raises(ValueError, match="reasons"):
        asked("能刻字吗", reasons=("bored",))
    with pytest.raises(ValueError, match="reasons"):
        asked("能刻字吗", reasons=())


@pytest.fixture(scope="module")
def space(encoder: Encoder) -> Space:
    """The shop's own questions as the background."""
    standard = [normalize(entry.question) for entry in load_entries(FAQ)]
    return Space(encoder, encoder.encode(standard))


def test_paraphrases_find_each_other(space: Space) -> None:
    texts = [text for lines in WISHES.values() for text in lines] + LONE
    vectors = np.stack([space.vector(text) for text in texts])
    wish = {text: name for name, lines in WISHES.items() for text in lines}
    groups = [[texts[row] for row in group] for group in density_groups(vectors, space.background)]
    joined = [pair for group in groups for pair in combinations(group, 2)]
    right = [pair for pair in joined if wish.get(pair[0], pair[0]) == wish.get(pair[1], pair[1])]
    biggest = [max(len(set(group) & set(lines)) for group in groups) for lines in WISHES.values()]
    assert len(right) / len(joined) >= 0.95
    assert min(biggest) >= 4
