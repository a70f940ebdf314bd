from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bot.errors import ArtefactMismatch, ConfigurationError
from bot.faq.encoder import Encoder, HashEncoder, Vectors
from bot.faq.release import Manifest, Sources, build_release, current_release, load_release, publish
from tests.faq.small_faq import ENTRIES, write_sources

QUIET = lambda line: None  # noqa: E731


class CountingEncoder(HashEncoder):
    """Remembers which texts it had to encode."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def encode(self, texts: object) -> Vectors:
        self.seen += texts  # type: ignore[arg-type]
        return super().encode(texts)  # type: ignore[arg-type]


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return write_sources(tmp_path / "data")


def test_a_release_answers_from_its_own_entries(sources: Sources, tmp_path: Path) -> None:
    folder = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    responder = load_release(tmp_path, HashEncoder())
    assert responder.name == folder.name
    assert {entry.id for entry in responder.entries} == set(ENTRIES)
    reply = responder.reply("馆里能打印吗？")
    assert reply.record.candidates[0].entry == "print"
    assert reply.record.release == folder.name
    assert reply.record.retrieve_ms > 0


def test_a_release_with_too_few_questions_says_so(sources: Sources, tmp_path: Path) -> None:
    lines: list[str] = []
    folder = build_release(sources, tmp_path, HashEncoder(), 0.02, lines.append)
    assert any("too few similar questions" in line for line in lines)
    assert json.loads((folder / "report.json").read_text("utf-8"))["own_calibration"] is False


def test_nothing_is_built_twice(sources: Sources, tmp_path: Path) -> None:
    first = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    encoder = CountingEncoder()
    assert build_release(sources, tmp_path, encoder, 0.02, QUIET) == first
    assert encoder.seen == []
    assert build_release(sources, tmp_path, encoder, 0.05, QUIET) != first


def test_only_new_texts_are_encoded(sources: Sources, tmp_path: Path) -> None:
    build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    file = sources.entries / "library.yml"
    file.write_text(file.read_text("utf-8").replace("能续借几次", "一本书最多续借几回"), "utf-8")
    encoder = CountingEncoder()
    build_release(sources, tmp_path, encoder, 0.02, QUIET)
    assert encoder.seen == ["一本书最多续借几回"]


def test_another_encoder_is_refused_until_the_release_is_rebuilt(sources: Sources, tmp_path: Path) -> None:
    build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    other: Encoder = HashEncoder(128)
    with pytest.raises(ArtefactMismatch, match="bot faq build"):
        load_release(tmp_path, other)
    build_release(sources, tmp_path, other, 0.02, QUIET)
    assert load_release(tmp_path, other).retriever.index.dimension == 128


@pytest.mark.parametrize("name", ["lines.faiss", "entries.json", "calibration.json", "words.npz"])
def test_a_damaged_file_is_named_and_mended_by_building(sources: Sources, tmp_path: Path, name: str) -> None:
    folder = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=name):
        load_release(tmp_path, HashEncoder())
    build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    assert load_release(tmp_path, HashEncoder()).entry("print") is not None


def test_a_failed_build_leaves_the_current_release(sources: Sources, tmp_path: Path) -> None:
    folder = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    (sources.entries / "broken.yml").write_text("entries: 7", "utf-8")
    with pytest.raises(ConfigurationError, match="broken"):
        build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    assert current_release(tmp_path) == folder
    assert load_release(tmp_path, HashEncoder()).name == folder.name
    assert not list((tmp_path / "faq" / "releases").glob(".building-*"))


def test_an_older_release_can_be_published_again(sources: Sources, tmp_path: Path) -> None:
    first = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    second = build_release(sources, tmp_path, HashEncoder(), 0.03, QUIET)
    assert current_release(tmp_path) == second
    publish(tmp_path, first.name)
    assert load_release(tmp_path, HashEncoder()).name == Manifest.read(first).name
    with pytest.raises(ConfigurationError, match="not an FAQ release"):
        publish(tmp_path, "no-such-release")


def test_no_release_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="bot faq build"):
        load_release(tmp_path, HashEncoder())


def test_a_short_off_topic_bank_is_refused(sources: Sources, tmp_path: Path) -> None:
    sources.off_topic.write_text("天气怎么样\n", "utf-8")
    with pytest.raises(ConfigurationError, match="holds 1 lines, needs 20"):
        build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)


@pytest.mark.parametrize("text", ["", "   ", "？", "😡", "a" * 5000, "\u0000"])
def test_any_text_gets_a_decision(sources: Sources, tmp_path: Path, text: str) -> None:
    build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    reply = load_release(tmp_path, HashEncoder()).reply(text)
    assert reply.record.decision in ("answer", "clarify", "no_answer")
    assert (reply.record.entry is not None) == (reply.record.decision == "answer")


def test_what_customers_may_not_read_today_is_as_if_it_were_not_there(
    sources: Sources, tmp_path: Path
) -> None:
    file = sources.entries / "library.yml"
    offer = "  - id: print\n    valid_from: 2026-11-10\n    valid_until: 2026-11-20\n"
    file.write_text(file.read_text("utf-8").replace("  - id: print\n", offer), "utf-8")
    build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    for day, shown in ((9, False), (10, True), (20, True), (21, False)):
        responder = load_release(tmp_path, HashEncoder(), lambda day=day: date(2026, 11, day))  # type: ignore[misc]
        candidates = {candidate.entry for candidate in responder.reply("馆里能打印吗？").record.candidates}
        assert candidates, day
        assert ("print" in candidates) is shown, day
        assert (responder.entry("print") is not None) is shown, day


def test_the_day_changes_while_a_release_serves(sources: Sources, tmp_path: Path) -> None:
    file = sources.entries / "library.yml"
    offer = "  - id: print\n    valid_until: 2026-11-20\n"
    file.write_text(file.read_text("utf-8").replace("  - id: print\n", offer), "utf-8")
    build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    days = [date(2026, 11, 20), date(2026, 11, 21)]
    responder = load_release(tmp_path, HashEncoder(), lambda: days[0])
    before = responder.reply("馆里能打印吗？").record
    days.pop(0)
    after = responder.reply("馆里能打印吗？").record
    assert before.candidates[0].entry == "print"
    assert "print" not in {candidate.entry for candidate in after.candidates}
