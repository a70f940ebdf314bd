from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from bot.faq.entry import Entry
from bot.faq.topic_file import Topic, load_topic, load_topics
from bot.faq.topic_writer import format_topic, write_topics
from tests.faq.entries import topic_lists

SHOP = Path(__file__).parents[2] / "data" / "faq"


@given(topic_lists())
@settings(max_examples=40, deadline=None)
def test_what_was_written_is_read_the_same(topics: tuple[Topic, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_topics(Path(folder), topics)
        assert load_topics(Path(folder)) == topics
        assert {path.name for path in Path(folder).iterdir()} == {f"{topic.name}.yml" for topic in topics}


@pytest.mark.parametrize("file", sorted(SHOP.glob("*.yml")), ids=lambda file: file.stem)
def test_the_shops_own_files_are_canonical(file: Path) -> None:
    text = file.read_text("utf-8")
    (topic,) = (topic for topic in load_topics(SHOP) if topic.name == file.stem)
    assert format_topic(topic) == text


def test_long_texts_stay_readable() -> None:
    entry = Entry("a", "问", "第一行\n\n  第二行: 缩进 # 不是注释", rich="# 标题")
    assert format_topic(Topic("t", "题", (entry,))) == (
        "topic: t\ntitle: 题\nentries:\n"
        "  - id: a\n    question: 问\n    answer: |-\n      第一行\n\n        第二行: 缩进 # 不是注释\n"
        '    rich: "# 标题"\n'
    )


def test_a_topic_without_entries_is_kept(tmp_path: Path) -> None:
    write_topics(tmp_path, [Topic("empty", "空")])
    assert load_topic(tmp_path / "empty.yml") == Topic("empty", "空")


def test_a_failed_write_touches_nothing(tmp_path: Path) -> None:
    write_topics(tmp_path, [Topic("a", "旧")])
    (tmp_path / ".b.writing").mkdir()
    with pytest.raises(OSError, match=r"b\.writing"):
        write_topics(tmp_path, [Topic("a", "新"), Topic("b", "新")])
    assert load_topic(tmp_path / "a.yml").title == "旧"
    assert not (tmp_path / ".a.writing").exists()
