"""Fragments are told from whole questions, and are made whole with the entry before them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.entry import Entry, EntryButton
from bot.faq.follow_up import Fragment, fragment, near, whole_questions
from bot.faq.normalize import normalize

RETURNS = Entry(
    "returns-how",
    "怎么申请退货？",
    "在订单里申请。",
    ("退货怎么弄", "我要退货", "退货流程"),
    "退换货",
    buttons=(EntryButton("退货运费谁出", "returns-freight"),),
)
FREIGHT = Entry("returns-freight", "退货运费谁出？", "看原因。", topic="退换货")
HOURS = Entry("contact-hours", "人工客服几点上班？", "九点。", topic="联系我们")


def words(text: str) -> list[str]:
    return [word for word in ("退货", "怎么", "流程") if word in text]


@pytest.mark.parametrize(
    ("text", "explicit"),
    [("那运费呢？", True), ("多久？", True), ("要钱吗", True), ("在哪里看", True), ("怎么用", True),
     ("运费谁出", False), ("被拒绝了怎么办", False)],
)  # fmt: skip
def test_short_questions_are_fragments(text: str, explicit: bool) -> None:
    found = fragment(normalize(text))
    assert found is not None
    assert found.explicit == explicit


@pytest.mark.parametrize(
    "text", ["", "好", "？", "那呢", "天气真好", "不用了", "我上周买的耳机到现在没发货怎么办"]
)
def test_long_texts_and_those_that_ask_nothing_are_none(text: str) -> None:
    assert fragment(normalize(text)) is None


def test_a_button_of_the_entry_comes_first_then_its_key_word_then_its_question() -> None:
    whole = whole_questions(Fragment("运费呢", True), RETURNS, words, {"退货": 2.0, "怎么": 0.1, "流程": 3.0})
    assert whole == ("退货运费谁出", "退货运费呢", "申请退货运费呢")


def test_a_word_that_the_faq_does_not_know_is_another_matter() -> None:
    assert whole_questions(Fragment("流程呢", True), RETURNS, words, {"退货": 2.0}) == ()


def test_what_the_fragment_says_itself_is_not_said_twice() -> None:
    whole = whole_questions(Fragment("退货要多久", False), RETURNS, words, {"退货": 2.0})
    assert whole == ("申请退货退货要多久",)


def test_asking_words_alone_choose_no_button() -> None:
    entry = Entry("a", "怎么开发票？", "", buttons=(EntryButton("发票什么时候开好", "b"),))
    assert whole_questions(Fragment("什么时候", True), entry, words, {}) == ("开发票什么时候",)


def test_only_the_topic_and_the_buttons_are_near() -> None:
    assert near(RETURNS, FREIGHT)
    assert not near(RETURNS, RETURNS)
    assert not near(RETURNS, HOURS)
    assert near(Entry("x", "q", "a", topic="别的", buttons=(EntryButton("几点", "contact-hours"),)), HOURS)


@given(st.text(alphabet="那运费呢多久？?，怎么 ", max_size=15) | st.text())
def test_any_text_is_a_fragment_or_not(text: str) -> None:
    found = fragment(text)
    if found is not None:
        assert 2 <= len(found.core) <= 10
        assert all(
            found.core in whole or "退货" in whole for whole in whole_questions(found, RETURNS, words, {})
        )
