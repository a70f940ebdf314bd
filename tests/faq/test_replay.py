from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.faq.build import build_release
from bot.faq.difference import compare
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry
from bot.faq.release import load_release, read_entries
from bot.faq.replay import AskedQuestion, replay
from bot.faq.sounds import Sounds
from bot.faq.understanding import Understanding
from tests.faq.small_faq import write_sources


@pytest.fixture(scope="module")
def releases(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The library's FAQ, and the same with one entry gone, one new, one reworded and one moved question."""
    models = tmp_path_factory.mktemp("replay")
    sources = write_sources(models / "data")
    folders = [build_release(sources, models, encoder, 0.02, lambda line: None)]
    file = sources.entries / "library.yml"
    topic = yaml.safe_load(file.read_text("utf-8"))
    entries = {entry["id"]: entry for entry in topic["entries"] if entry["id"] != "seat"}
    entries["print"]["answer"] = "二楼有自助打印机，一页三角。"
    entries["renew"]["similar"].remove("能续借几次")
    entries["hours"]["similar"].append("能续借几次")
    question = {"question": "天台能烧烤吗", "similar": ["楼顶可以烤肉吗", "露台上烧烤行不行"]}
    entries["roof"] = {"id": "roof", **question, "answer": "楼顶禁止明火，烧烤请到后院。"}
    topic["entries"] = list(entries.values())
    file.write_text(yaml.safe_dump(topic, allow_unicode=True), "utf-8")
    folders.append(build_release(sources, models, encoder, 0.02, lambda line: None))
    return folders[0], folders[1]


@pytest.fixture(scope="module")
def understandings(releases: tuple[Path, Path], encoder: Encoder) -> tuple[Understanding, Understanding]:
    sounds = Sounds.load()
    first, second = (Understanding.of(load_release(folder, encoder), sounds) for folder in releases)
    return first, second


def asked(text: str, times: int = 1) -> AskedQuestion:
    return AskedQuestion(text, times, "answer", None)


def test_every_difference_has_its_kind_and_is_counted_as_often_as_asked(
    understandings: tuple[Understanding, Understanding],
) -> None:
    before, after = understandings
    questions = [
        asked("打印照片要几块钱", 3),
        asked("在天台烤肉可以吗", 2),
        asked("占座"),
        asked("丢了一本书"),
        asked("预约个自习的座位"),
        asked("自习"),
    ]
    told: list[int] = []
    found = replay(questions, before, after, told.append)
    assert told == [1, 2, 3, 4, 5, 6]
    kinds = {change.question.text: change.kind for change in found.changes}
    assert kinds["打印照片要几块钱"] == "reworded"
    assert kinds["在天台烤肉可以吗"] == "newly_answered"
    assert kinds["预约个自习的座位"] == "no_longer_answered"
    assert kinds["自习"] == "newly_missed"
    assert kinds["占座"] == "offered_differently"
    assert "丢了一本书" not in kinds
    assert (found.count("reworded"), found.count("newly_answered"), found.asked) == (3, 2, 9)
    written = found.to_json()
    assert written["counts"]["reworded"] == 3
    assert len(written["changes"]) == len(found.changes)


def test_going_back_shows_what_is_missed(understandings: tuple[Understanding, Understanding]) -> None:
    before, after = understandings
    (change,) = replay([asked("在天台烤肉可以吗")], after, before).changes
    assert change.kind == "no_longer_answered"
    assert change.before.entries == ("roof",)
    assert change.before.answer == "楼顶禁止明火，烧烤请到后院。"


def test_a_release_against_itself_changes_nothing(
    understandings: tuple[Understanding, Understanding],
) -> None:
    texts = ["打印照片要几块钱", "在天台烤肉可以吗", "量子力学是什么", ""]
    assert replay([asked(text) for text in texts], understandings[0], understandings[0]).changes == ()


def test_the_difference_names_entries_fields_and_questions(releases: tuple[Path, Path]) -> None:
    difference = compare(*(read_entries(folder) for folder in releases))
    assert difference.added == ("roof",)
    assert difference.removed == ("seat",)
    changes = {change.entry: change for change in difference.changed}
    assert set(changes) == {"print", "renew", "hours"}
    assert changes["print"].fields == ("answer",)
    assert changes["renew"].questions_removed == changes["hours"].questions_added == ("能续借几次",)


def test_questions_in_another_order_are_no_difference() -> None:
    first = Entry("a", "甲", "答", ("乙", "丙"))
    second = Entry("a", "甲", "答", ("丙", "乙"))
    assert compare([first], [second]).changed == ()
