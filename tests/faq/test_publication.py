from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError, PublishedMeanwhile
from bot.faq.build import build_release
from bot.faq.encoder import HashEncoder
from bot.faq.publication import (
    Publication,
    before_serving,
    history,
    pointer,
    publish,
    serving,
    serving_folder,
)
from tests.faq.small_faq import write_sources


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    models = tmp_path_factory.mktemp("built")
    sources = write_sources(models / "data")
    encoder = HashEncoder()
    return models, [
        build_release(sources, models, encoder, target, lambda line: None).name
        for target in (0.02, 0.03, 0.04)
    ]


@pytest.fixture
def models(built: tuple[Path, list[str]], tmp_path: Path) -> Path:
    """A models folder with three releases of which none serves."""
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "releases").symlink_to(built[0] / "faq" / "releases")
    return tmp_path


@pytest.fixture
def names(built: tuple[Path, list[str]]) -> list[str]:
    return built[1]


def test_the_history_says_who_published_what_and_why(models: Path, names: list[str]) -> None:
    assert serving(models) is None
    assert history(models) == []
    publish(models, names[0], seen=None, by="li", note="第一版")
    publish(models, names[1], seen=names[0], by="wang", override="老板要求", findings=["答错"])
    first, second = history(models)
    assert (first.serial, first.release, first.before, first.by) == (1, names[0], None, "li")
    assert first.note == "第一版"
    assert (second.serial, second.before, second.override) == (2, names[0], "老板要求")
    assert second.findings == ("答错",)
    assert serving(models) == second
    assert serving_folder(models).name == names[1]


def test_rolling_back_goes_one_down_each_time(models: Path, names: list[str]) -> None:
    seen = None
    for name in names:
        seen = publish(models, name, seen=seen, by="li").release
    for expected in (names[1], names[0]):
        assert before_serving(models) == expected
        seen = publish(models, expected, seen=seen, by="li", action="rollback").release
    with pytest.raises(ConfigurationError, match="no earlier"):
        before_serving(models)
    publish(models, names[2], seen=seen, by="li")
    assert before_serving(models) == names[0]


def test_who_saw_another_release_is_told_who_was_faster(models: Path, names: list[str]) -> None:
    publish(models, names[0], seen=None, by="li")
    publish(models, names[1], seen=names[0], by="wang")
    with pytest.raises(PublishedMeanwhile, match=f"wang published {names[1]}"):
        publish(models, names[2], seen=names[0], by="li")
    assert len(history(models)) == 2


@pytest.mark.parametrize("name", ["no-such-release", "../x", ""])
def test_what_does_not_exist_cannot_be_published(models: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="no FAQ release"):
        publish(models, name, seen=None, by="li")
    with pytest.raises(ConfigurationError, match="bot faq build"):
        serving_folder(models)


def test_a_damaged_release_cannot_be_published(built: tuple[Path, list[str]], tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "data")
    folder = build_release(sources, tmp_path, HashEncoder(), 0.02, lambda line: None)
    (folder / "entries.json").write_text("[]", "utf-8")
    with pytest.raises(ConfigurationError, match=r"entries\.json"):
        publish(tmp_path, folder.name, seen=None, by="li")
    assert serving(tmp_path) is None


def test_a_history_that_lacks_the_newest_move_is_completed(models: Path, names: list[str]) -> None:
    publish(models, names[0], seen=None, by="li")
    lost = Publication(2, "publish", names[1], names[0], "wang", "2026-11-22T08:00:00+00:00", "改了运费")
    pointer(models).write_text(lost.line(), "utf-8")
    assert [move.serial for move in history(models)] == [1, 2]
    publish(models, names[2], seen=names[1], by="li")
    assert [move.by for move in history(models)] == ["li", "wang", "li"]
    lines = (models / "faq" / "history.jsonl").read_text("utf-8").splitlines()
    assert [Publication.parse(line) for line in lines] == history(models)


def test_a_line_that_was_being_written_does_not_count(models: Path, names: list[str]) -> None:
    publish(models, names[0], seen=None, by="li")
    file = models / "faq" / "history.jsonl"
    file.write_text(file.read_text("utf-8") + '{"serial": 2, "act', "utf-8")
    assert [move.serial for move in history(models)] == [1]
    publish(models, names[1], seen=names[0], by="li")
    assert [move.release for move in history(models)] == names[:2]


def test_a_pointer_from_before_there_was_a_history_still_points(models: Path, names: list[str]) -> None:
    pointer(models).write_text(names[0] + "\n", "utf-8")
    assert serving_folder(models).name == names[0]
    publish(models, names[1], seen=names[0], by="li")
    assert before_serving(models) == names[0]


def test_a_damaged_pointer_says_what_to_do(models: Path) -> None:
    pointer(models).write_text('{"serial": 1', "utf-8")
    with pytest.raises(ConfigurationError, match="bot faq publish"):
        serving(models)
