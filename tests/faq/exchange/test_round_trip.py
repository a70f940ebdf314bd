from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from bot.errors import InvalidInput
from bot.faq.entry import Entry
from bot.faq.exchange.files import SUFFIXES, read_records, write_file
from bot.faq.exchange.merge import merge
from bot.faq.topic_file import Topic, load_topics
from tests.faq.entries import topic_lists

SHOP = Path(__file__).parents[3] / "data" / "faq"


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(topics=topic_lists())
@settings(max_examples=25, deadline=None)
def test_what_was_exported_is_imported_the_same(suffix: str, topics: tuple[Topic, ...]) -> None:
    records = read_records(f"faq{suffix}", write_file(f"faq{suffix}", topics))
    assert merge((), records).topics == topics
    again = merge(topics, records)
    assert again.topics == topics
    assert again.changes == ()
    assert again.unchanged == sum(len(topic.entries) for topic in topics)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_shops_own_faq_goes_out_and_in(suffix: str) -> None:
    topics = load_topics(SHOP)
    assert merge((), read_records(f"faq{suffix}", write_file(f"faq{suffix}", topics))).topics == topics


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_more_items_than_a_cell_holds(suffix: str) -> None:
    similar = tuple(f"第{number}种问法" + "很长" * 100 for number in range(400))
    topics = (Topic("t", "题", (Entry("a", "问", "答", similar, "题"),)),)
    assert merge((), read_records(f"x{suffix}", write_file(f"x{suffix}", topics))).topics == topics


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "'="])
def test_no_cell_begins_like_a_formula(start: str) -> None:
    topics = (Topic("t", "题", (Entry("a", f"{start}1+1", f"{start}cmd|' /C calc'!A0", topic="题"),)),)
    text = write_file("faq.csv", topics).decode("utf-8-sig")
    assert f"'{start}1+1" in text
    assert merge((), read_records("faq.csv", text.encode())).topics == topics


def test_a_text_that_would_come_back_as_another_is_not_exported() -> None:
    topics = (Topic("t", "题", (Entry("a", "问", "末尾有空格 ", topic="题"),)),)
    with pytest.raises(InvalidInput, match=r"\.xlsx cannot keep"):
        write_file("faq.xlsx", topics)


def test_another_ending_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"must end in \.csv, \.xlsx, \.md"):
        write_file("faq.docx", ())
