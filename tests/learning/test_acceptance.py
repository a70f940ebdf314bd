"""What is accepted stands in the FAQ's files, and what is no good does not get there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import EntryRefused, ImportRefused, NotFound
from bot.faq.entry import Entry
from bot.faq.topic_file import load_entries
from bot.learning.acceptance import add_entry, add_similar
from bot.learning.drafts import Drafts
from tests.faq.small_faq import write_sources


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    return write_sources(tmp_path).entries


def entry(faq: Path, name: str) -> Entry:
    return next(found for found in load_entries(faq) if found.id == name)


def test_similar_questions_are_added_once(faq: Path) -> None:
    before = load_entries(faq)
    accepted = add_similar(faq, "lost", ["书掉水里了", "书掉水里了", "书丢了怎么赔！"])
    changed = accepted.after
    assert (accepted.topic, accepted.before) == ("library", next(e for e in before if e.id == "lost"))
    assert entry(faq, "lost") == changed
    assert changed.similar[-1] == "书掉水里了"
    assert len(changed.similar) == 4
    assert [e for e in load_entries(faq) if e.id != "lost"] == [e for e in before if e.id != "lost"]
    again = add_similar(faq, "lost", ["书掉水里了"])
    assert again.before == again.after == changed


def test_a_new_entry(faq: Path) -> None:
    new = Entry("", "能带饮料进馆吗", "有盖的可以。", ("可以喝水不",), owner="小林")
    added = add_entry(faq, "library", new).after
    assert load_entries(faq)[-1] == added
    assert (added.question, added.similar, added.answer, added.topic) == (*_told(new), "图书馆")
    assert added.id


def _told(entry: Entry) -> tuple[str, tuple[str, ...], str]:
    return entry.question, entry.similar, entry.answer


def test_what_is_no_good_changes_nothing(faq: Path) -> None:
    file = faq / "library.yml"
    before = file.read_bytes()
    with pytest.raises(NotFound):
        add_similar(faq, "nowhere", ["能喝水吗"])
    with pytest.raises(EntryRefused, match="已经是词条"):
        add_similar(faq, "lost", ["周末开放吗"])
    with pytest.raises(EntryRefused, match="遮住的隐私信息"):
        add_similar(faq, "lost", ["我是138****5678，书丢了"])
    good = Entry("water", "能带饮料进馆吗", "有盖的可以。")
    with pytest.raises(NotFound):
        add_entry(faq, "canteen", good)
    for bad, field in (
        (Entry("lost", "能带饮料进馆吗", "可以。"), "id"),
        (Entry("water", "晚上几点闭馆", "九点。"), "question"),
        (Entry("water", "能喝水吗", "可以。", ("周末开放吗",)), "similar[1]"),
        (Entry("water", "[姓名]能带饮料吗", "可以。"), "question"),
        (Entry("water", "能带饮料进馆吗", "寄到[地址]。"), "answer"),
    ):
        with pytest.raises(EntryRefused) as refusal:
            add_entry(faq, "library", bad)
        assert set(refusal.value.fields) == {field}
    for wrong in (Entry("Wasser!", "能带饮料进馆吗", "可以。"), Entry("water", "两\n行", "可以。")):
        with pytest.raises(ImportRefused):
            add_entry(faq, "library", wrong)
    assert file.read_bytes() == before


def test_drafts_are_kept_until_they_are_removed(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    assert drafts.all() == ()
    draft = Entry("", "能带饮料进馆吗", "有盖的可以。\n请放在地上。", tags=("T20261121-0001",), owner="小林")
    kept = drafts.add(draft)
    other = drafts.add(Entry("", "能带饮料进馆吗", "可以。", tags=("T20261121-0002",)))
    again = drafts.add(Entry("", "能带饮料进馆吗", "有盖的可以。", tags=("T20261121-0001",)))
    assert again.id == kept.id != other.id
    assert {found.id: found.answer for found in Drafts(tmp_path).all()} == {
        other.id: "可以。",
        kept.id: "有盖的可以。",
    }
    drafts.remove(kept.id)
    assert [found.id for found in drafts.all()] == [other.id]
    with pytest.raises(NotFound):
        drafts.remove(kept.id)
