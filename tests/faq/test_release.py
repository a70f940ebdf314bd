from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bot.errors import ArtefactMismatch, ConfigurationError
from bot.faq.build import build_release
from bot.faq.encoder import HashEncoder
from bot.faq.index import SearchMethod
from bot.faq.release import Manifest, Sources, find_release, list_releases, load_release, read_entries
from tests.faq.small_faq import ENTRIES, write_sources

QUIET = lambda line: None  # noqa: E731


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return write_sources(tmp_path / "data")


def build(sources: Sources, models: Path) -> Path:
    return build_release(sources, models, HashEncoder(), 0.02, QUIET)


def test_a_release_answers_from_its_own_entries(sources: Sources, tmp_path: Path) -> None:
    folder = build(sources, tmp_path)
    responder = load_release(folder, HashEncoder())
    assert responder.name == folder.name
    assert {entry.id for entry in responder.entries} == set(ENTRIES) == {e.id for e in read_entries(folder)}
    reply = responder.reply("馆里能打印吗？")
    assert reply.record.candidates[0].entry == "print"
    assert reply.record.release == folder.name
    assert reply.record.retrieve_ms > 0


def test_words_that_are_loaded_already_serve_again(sources: Sources, tmp_path: Path) -> None:
    folder = build(sources, tmp_path)
    words = load_release(folder, HashEncoder()).retriever.word_index.words
    assert load_release(folder, HashEncoder(), words=words).retriever.word_index.words is words
    sources.words.parent.mkdir()
    sources.words.write_text("自习座位 20000 n\n", "utf-8")
    fresh = load_release(build(sources, tmp_path), HashEncoder(), words=words)
    assert "自习座位" in fresh.retriever.word_index.words("自习座位怎么预约")


def test_another_encoder_is_refused_until_the_release_is_rebuilt(sources: Sources, tmp_path: Path) -> None:
    folder = build(sources, tmp_path)
    other = HashEncoder(128)
    with pytest.raises(ArtefactMismatch, match="bot faq build"):
        load_release(folder, other)
    rebuilt = build_release(sources, tmp_path, other, 0.02, QUIET)
    assert load_release(rebuilt, other).retriever.index.dimension == 128


def test_a_release_made_before_there_were_graphs_is_searched_exactly(
    sources: Sources, tmp_path: Path
) -> None:
    folder = build(sources, tmp_path)
    manifest = json.loads((folder / "release.json").read_text("utf-8"))
    assert manifest.pop("search") == {"kind": "exact", "effort": None, "recall": None}
    (folder / "release.json").write_text(json.dumps(manifest), "utf-8")
    assert Manifest.read(folder).search == SearchMethod()
    assert load_release(folder, HashEncoder()).reply("馆里能打印吗？").record.candidates[0].entry == "print"


@pytest.mark.parametrize("name", ["lines.faiss", "entries.json", "calibration.json", "words.npz"])
def test_a_damaged_file_is_named_and_mended_by_building(sources: Sources, tmp_path: Path, name: str) -> None:
    folder = build(sources, tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=name):
        load_release(folder, HashEncoder())
    mended = build(sources, tmp_path)
    assert mended != folder
    assert load_release(mended, HashEncoder()).entry("print") is not None


def test_the_newest_release_comes_first(sources: Sources, tmp_path: Path) -> None:
    names = [
        build_release(sources, tmp_path, HashEncoder(), target, QUIET).name for target in (0.02, 0.03, 0.04)
    ]
    assert [manifest.name for manifest in list_releases(tmp_path)] == names[::-1]


@pytest.mark.parametrize("name", ["", ".", "../releases", "20261122-010203-0000000a", "release.json"])
def test_a_name_that_no_release_has_is_refused(sources: Sources, tmp_path: Path, name: str) -> None:
    build(sources, tmp_path)
    with pytest.raises(ConfigurationError, match="no FAQ release"):
        find_release(tmp_path, name)


def test_a_folder_of_another_version_says_how_to_build_one(tmp_path: Path) -> None:
    (tmp_path / "release.json").write_text('{"name": "x"}', "utf-8")
    with pytest.raises(ConfigurationError, match="bot faq build"):
        Manifest.read(tmp_path)


@pytest.mark.parametrize("text", ["", "   ", "？", "😡", "a" * 5000, "\u0000"])
def test_any_text_gets_a_decision(sources: Sources, tmp_path: Path, text: str) -> None:
    reply = load_release(build(sources, tmp_path), HashEncoder()).reply(text)
    assert reply.record.decision in ("answer", "clarify", "no_answer")
    assert (reply.record.entry is not None) == (reply.record.decision == "answer")


def test_what_customers_may_not_read_today_is_as_if_it_were_not_there(
    sources: Sources, tmp_path: Path
) -> None:
    file = sources.entries / "library.yml"
    offer = "  - id: print\n    valid_from: 2026-11-10\n    valid_until: 2026-11-20\n"
    file.write_text(file.read_text("utf-8").replace("  - id: print\n", offer), "utf-8")
    folder = build(sources, tmp_path)
    for day, shown in ((9, False), (10, True), (20, True), (21, False)):
        responder = load_release(folder, HashEncoder(), lambda day=day: date(2026, 11, day))  # type: ignore[misc]
        candidates = {candidate.entry for candidate in responder.reply("馆里能打印吗？").record.candidates}
        assert candidates, day
        assert ("print" in candidates) is shown, day
        assert (responder.entry("print") is not None) is shown, day


def test_the_day_changes_while_a_release_serves(sources: Sources, tmp_path: Path) -> None:
    file = sources.entries / "library.yml"
    offer = "  - id: print\n    valid_until: 2026-11-20\n"
    file.write_text(file.read_text("utf-8").replace("  - id: print\n", offer), "utf-8")
    days = [date(2026, 11, 20), date(2026, 11, 21)]
    responder = load_release(build(sources, tmp_path), HashEncoder(), lambda: days[0])
    before = responder.reply("馆里能打印吗？").record
    days.pop(0)
    after = responder.reply("馆里能打印吗？").record
    assert before.candidates[0].entry == "print"
    assert "print" not in {candidate.entry for candidate in after.candidates}
