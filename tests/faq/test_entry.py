from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.faq.entry import Entry, EntryButton, load_entries
from bot.messages import Link

GOOD = """
topic: refunds
title: 退款
entries:
  - id: refunds-time
    question: 退款多久到账？
    similar: [钱什么时候退给我]
    answer: 一到三个工作日。
    links: [{title: 退款说明, url: /help/refund-time}]
    buttons: [{title: 退到哪里, entry: refunds-where}]
    tags: [到账]
  - id: refunds-where
    question: 退款退到哪里？
    answer: 原路退回。
"""


def write(folder: Path, text: str, name: str = "refunds.yml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder


def test_a_topic_file_is_read_whole(tmp_path: Path) -> None:
    first, second = load_entries(write(tmp_path, GOOD))
    assert first == Entry(
        id="refunds-time",
        question="退款多久到账？",
        answer="一到三个工作日。",
        similar=("钱什么时候退给我",),
        topic="退款",
        links=(Link("退款说明", "/help/refund-time"),),
        buttons=(EntryButton("退到哪里", "refunds-where"),),
        tags=("到账",),
    )
    assert second.questions == ("退款退到哪里？",)
    assert Entry.from_json(first.to_json()) == first


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("    answer: 原路退回。", "", r"refunds\.yml: entry refunds-where: answer: is missing"),
        ("question: 退款退到哪里？", "question: 7", r"refunds-where: question: must be text, got 7"),
        ("id: refunds-where", "id: refunds-time", r"refunds-time: id: already used"),
        ("id: refunds-where", "id: 退款", r"id: '退款' may hold"),
        ("entry: refunds-where", "entry: nowhere", r"refunds-time: buttons: no entry has the id 'nowhere'"),
        ("url: /help", "url: javascript:alert(1)//", r"links: 'javascript"),
        ("url: /help", "url: //elsewhere", r"links: '//elsewhere"),
        ("tags: [到账]", "tag: [到账]", r"refunds-time: unknown field 'tag'"),
        ("similar: [钱什么时候退给我]", "similar: 钱什么时候退给我", r"similar: must be a list"),
        ("similar: [钱什么时候退给我]", "similar: [钱, '']", r"similar\[2\]"),
        (
            "title: 退到哪里, entry",
            "name: 退到哪里, entry",
            r"buttons\[1\]: must have exactly entry and title",
        ),
        ("entries:", "entrys:", r"refunds\.yml: must hold a mapping"),
    ],
)
def test_a_mistake_is_named_with_file_entry_and_field(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigurationError, match=named):
        load_entries(write(tmp_path, GOOD.replace(old, new)))


def test_all_mistakes_are_shown_at_once(tmp_path: Path) -> None:
    broken = GOOD.replace("    answer: 原路退回。", "").replace("id: refunds-where", "id: refunds time")
    with pytest.raises(ConfigurationError) as caught:
        load_entries(write(tmp_path, broken))
    assert len(str(caught.value).splitlines()) == 3  # the answer, the id, and the button that led there


def test_broken_yaml_is_named_with_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"refunds\.yml:\d+:\d+: not YAML"):
        load_entries(write(tmp_path, GOOD + "\n  - [unclosed"))


def test_a_folder_without_entries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"holds no \.yml file"):
        load_entries(tmp_path)


def test_the_shops_own_entries_are_valid() -> None:
    entries = load_entries(Path(__file__).parents[2] / "data" / "faq")
    assert len(entries) >= 140
    assert len({entry.topic for entry in entries}) >= 10
    assert all(len(entry.similar) >= 5 for entry in entries)
    assert all(len(entry.answer) <= 120 for entry in entries)
