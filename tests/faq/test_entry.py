from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.faq.entry import Audience, ChannelAnswer, Entry, EntryButton, Image
from bot.faq.topic_file import load_entries
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


FULL = """
topic: refunds
title: 退款
entries:
  - id: refunds-time
    question: 退款多久到账？
    answer: 一到三个工作日。
    rich: |-
      **一到三个工作日**。

      - 银行卡可能再晚一天
    channels: {wechat: 一到三个工作日到账。, email: 您的退款会在一到三个工作日内到账。}
    images: [{title: 进度页面, url: /img/refund.png}]
    valid_from: 2026-11-01
    valid_until: 2026-11-30
    audience: agents
    owner: 小林
    reviewed: '2026-11-21'
"""
WHOLE = Entry(
    id="refunds-time",
    question="退款多久到账？",
    answer="一到三个工作日。",
    topic="退款",
    rich="**一到三个工作日**。\n\n- 银行卡可能再晚一天",
    channels=(
        ChannelAnswer("wechat", "一到三个工作日到账。"),
        ChannelAnswer("email", "您的退款会在一到三个工作日内到账。"),
    ),
    images=(Image("进度页面", "/img/refund.png"),),
    valid_from=date(2026, 11, 1),
    valid_until=date(2026, 11, 30),
    audience="agents",
    owner="小林",
    reviewed=date(2026, 11, 21),
)


def test_every_field_is_read_and_kept_by_a_release(tmp_path: Path) -> None:
    (entry,) = load_entries(write(tmp_path, FULL))
    assert entry == WHOLE
    assert Entry.from_json(json.loads(json.dumps(entry.to_json()))) == entry


def test_an_entry_of_an_older_release_is_read() -> None:
    old = {
        "id": "a",
        "question": "问",
        "answer": "答",
        "similar": ["又问"],
        "topic": "退款",
        "links": [{"title": "说明", "url": "/help"}],
        "buttons": [],
        "tags": [],
    }
    assert json.loads(json.dumps(Entry.from_json(old).to_json())) == old


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "audience", "shown"),
    [
        (None, None, "everyone", True),
        (date(2026, 11, 21), date(2026, 11, 21), "everyone", True),
        (date(2026, 11, 22), None, "everyone", False),
        (None, date(2026, 11, 20), "everyone", False),
        (None, None, "agents", False),
    ],
)
def test_customers_read_what_is_valid_and_meant_for_them(
    valid_from: date | None, valid_until: date | None, audience: Audience, shown: bool
) -> None:
    entry = Entry("a", "问", "答", valid_from=valid_from, valid_until=valid_until, audience=audience)
    assert entry.shown_on(date(2026, 11, 21)) is shown
    assert entry.always_shown is (valid_from is None and valid_until is None and audience == "everyone")


def test_bad_values_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="valid_from 2026-11-02"):
        Entry("a", "问", "答", valid_from=date(2026, 11, 2), valid_until=date(2026, 11, 1))
    with pytest.raises(ValueError, match="'staff'"):
        Entry("a", "问", "答", audience="staff")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'fax'"):
        ChannelAnswer("fax", "答")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("    answer: 一到三个工作日。", "", r"refunds\.yml: 条目 refunds-time: answer: 缺少内容"),
        ("question: 退款多久到账？", "question: 7", r"refunds-time: question: 应为文本，实际是 7"),
        ("question: 退款多久到账？", 'question: "退款\\n多久"', r"question: 只能写一行"),
        ("question: 退款多久到账？", 'question: "退款\\a多久"', r"question: 含有不可见的控制字符 U\+0007"),
        ("question: 退款多久到账？", f"question: {'长' * 501}", r"question: 太长：501 个字符，最多 500 个"),
        ("id: refunds-time", "id: 退款", r"id: '退款' 只能含"),
        ("topic: refunds", "topic: other", r"topic: 'other' 应与文件名 'refunds' 相同"),
        ("email:", "fax:", r"channels: 没有渠道 'fax'"),
        ("url: /img/refund.png", "url: tel:10086", r"images\[1\]\.url: 'tel:10086'"),
        ("url: /img/refund.png", "link: /img", r"images\[1\]: 须恰好有 title 和 url"),
        ("2026-11-30", "2026-10-30", r"valid_until: 2026-10-30 早于生效日期 2026-11-01"),
        ("2026-11-30", "下个月", r"valid_until: 应为日期，如 2026-11-21，实际是 '下个月'"),
        ("2026-11-30", "2026-11-30 08:00:00", r"valid_until: 应为日期"),
        ("2026-11-30", "2026-02-30", r"refunds\.yml: not YAML"),
        ("audience: agents", "audience: staff", r"audience: 应为 everyone 或 agents，实际是 'staff'"),
        ("owner: 小林", "owners: 小林", r"refunds-time: 没有名为 'owners' 的字段"),
        ("owner: 小林", "answer: 又一个答案", r"refunds\.yml:\d+:\d+: not YAML: 'answer' stands there twice"),
        ("owner: 小林", "owner: &a 小林\n    tags: [*a]", r"alias \*a is not allowed"),
        ("owner: 小林", "tags: 退款", r"tags: 应为列表，实际是 '退款'"),
        ("owner: 小林", "similar: [钱, '']", r"similar\[2\]: 缺少内容"),
        ("entries:", "entrys:", r"refunds\.yml: 应包含 topic、title 和 entries"),
    ],
)
def test_a_mistake_is_named_with_file_entry_and_field(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in FULL
    with pytest.raises(ConfigurationError, match=named):
        load_entries(write(tmp_path, FULL.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("id: refunds-where", "id: refunds-time", r"refunds-time: id: 已用于“退款”"),
        ("entry: refunds-where", "entry: nowhere", r"refunds-time: buttons: 没有编号为 'nowhere' 的条目"),
        ("url: /help", "url: javascript:alert(1)//", r"links\[1\]\.url: 'javascript"),
        ("url: /help", "url: //elsewhere", r"links\[1\]\.url: '//elsewhere"),
        ("title: 退到哪里, entry", "name: 退到哪里, entry", r"buttons\[1\]: 须恰好有 title 和 entry"),
    ],
)
def test_a_mistake_in_what_belongs_together_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigurationError, match=named):
        load_entries(write(tmp_path, GOOD.replace(old, new)))


def test_yaml_that_is_nested_too_deep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"refunds\.yml: not YAML"):
        load_entries(write(tmp_path, "[" * 5000))


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
