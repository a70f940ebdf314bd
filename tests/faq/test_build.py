from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ConfigurationError
from bot.faq import build
from bot.faq.build import build_release
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import HashEncoder, Vectors
from bot.faq.lint import SEVERITIES
from bot.faq.lint.released import read_findings
from bot.faq.message_vectors import MessageVectors, TrainingVectors
from bot.faq.publication import publish
from bot.faq.release import Manifest, Sources, list_releases, load_release, read_report, releases_folder
from tests.faq.large_faq import large_entries, write_large
from tests.faq.small_faq import write_sources

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


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the large FAQ."""
    models = tmp_path_factory.mktemp("large")
    return build_release(write_large(models / "data"), models, HashEncoder(), 0.2, QUIET)


@pytest.fixture
def large(built: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A models folder with nothing but that release."""
    models = tmp_path / "models"
    return models, Path(shutil.copytree(built, releases_folder(models) / built.name))


def edit(sources: Sources, old: str, new: str) -> None:
    file = sources.entries / "library.yml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_a_release_with_too_few_questions_says_so(sources: Sources, tmp_path: Path) -> None:
    lines: list[str] = []
    folder = build_release(sources, tmp_path, HashEncoder(), 0.02, lines.append)
    assert any("too few similar questions" in line for line in lines)
    report = read_report(folder)
    assert report.own_calibration is False
    assert not report.coverage
    assert not report.confusable


def test_nothing_is_built_twice(sources: Sources, tmp_path: Path) -> None:
    first = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    encoder = CountingEncoder()
    assert build_release(sources, tmp_path, encoder, 0.02, QUIET) == first
    assert encoder.seen == []
    assert build_release(sources, tmp_path, encoder, 0.05, QUIET) != first
    assert build_release(sources, tmp_path, encoder, 0.02, QUIET) == first


def test_only_new_texts_are_encoded(sources: Sources, tmp_path: Path) -> None:
    build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    edit(sources, "能续借几次", "一本书最多续借几回")
    encoder = CountingEncoder()
    build_release(sources, tmp_path, encoder, 0.02, QUIET)
    assert encoder.seen == ["一本书最多续借几回"]


def test_a_training_beside_it_encodes_only_what_the_release_does_not_hold(
    sources: Sources, tmp_path: Path
) -> None:
    texts = ["能续借几次", "今天心情很好", "能续借几次"]
    alone = TrainingVectors(HashEncoder(), tmp_path, QUIET).encode(texts)
    build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    encoder = CountingEncoder()
    vectors = TrainingVectors(encoder, tmp_path, QUIET)
    np.testing.assert_array_equal(vectors.encode(texts), alone)
    np.testing.assert_array_equal(MessageVectors(HashEncoder()).encode(texts), alone)
    assert encoder.seen == ["今天心情很好"]
    assert vectors.fingerprint == HashEncoder().fingerprint


def test_building_publishes_nothing_and_remembers_what_served(sources: Sources, tmp_path: Path) -> None:
    first = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    assert not (tmp_path / "faq" / "current").exists()
    assert Manifest.read(first).base is None
    publish(tmp_path, first.name, seen=None, by="li")
    edit(sources, "能续借几次", "一本书最多续借几回")
    assert Manifest.read(build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)).base == first.name


def test_what_was_built_beside_another_publication_is_built_again(sources: Sources, tmp_path: Path) -> None:
    mine = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    theirs = build_release(sources, tmp_path, HashEncoder(), 0.03, QUIET)
    publish(tmp_path, theirs.name, seen=None, by="wang")
    again = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    assert again != mine
    assert Manifest.read(again).base == theirs.name
    assert Manifest.read(again).key == Manifest.read(mine).key


def test_a_failed_build_leaves_the_releases(sources: Sources, tmp_path: Path) -> None:
    folder = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    (sources.entries / "broken.yml").write_text("entries: 7", "utf-8")
    with pytest.raises(ConfigurationError, match="broken"):
        build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    assert [manifest.name for manifest in list_releases(tmp_path)] == [folder.name]


def test_what_killed_builds_left_goes_with_the_next(sources: Sources, tmp_path: Path) -> None:
    root = tmp_path / "faq" / "releases"
    for name in (".building-x1", ".removed-20261101-000000-00000000"):
        (root / name).mkdir(parents=True)
        (root / name / "lines.faiss").write_bytes(b"half")
    folder = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)
    assert [path.name for path in root.iterdir()] == [folder.name]


def test_old_releases_go_but_those_that_served_lately(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "KEPT_RELEASES", 2)
    built = [build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET).name]
    publish(tmp_path, built[0], seen=None, by="li")
    built += [
        build_release(sources, tmp_path, HashEncoder(), target, QUIET).name for target in (0.03, 0.04, 0.05)
    ]
    assert {manifest.name for manifest in list_releases(tmp_path)} == {built[0], *built[-2:]}


def test_a_short_off_topic_bank_is_refused(sources: Sources, tmp_path: Path) -> None:
    sources.off_topic.write_text("天气怎么样\n", "utf-8")
    with pytest.raises(ConfigurationError, match="holds 1 lines, needs 20"):
        build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET)


def test_a_few_changed_lines_keep_the_calibration(large: tuple[Path, Path], tmp_path: Path) -> None:
    models, first = large
    entries = large_entries()
    entries[3]["similar"] = ["办门禁卡找谁", *entries[3]["similar"][1:]]  # type: ignore[index]
    changed = write_large(tmp_path / "data", entries)
    encoder = CountingEncoder()
    second = build_release(changed, models, encoder, 0.2, QUIET)
    assert encoder.seen == ["办门禁卡找谁"]
    origin = Manifest.read(second).calibration
    assert (origin.fitted_in, origin.changed_lines) == (first.name, 2)
    for name in ("calibration.json", "fusion.json"):
        assert (second / name).read_bytes() == (first / name).read_bytes()
    responder = load_release(second, HashEncoder())
    assert responder.reply("办门禁卡找谁").record.candidates[0].entry == "apply-0"
    assert Manifest.read(second).answer_threshold == Manifest.read(first).answer_threshold
    third = build_release(changed, models, encoder, 0.2, QUIET, recalibrate=True)
    assert Manifest.read(third).calibration.fitted_in == third.name


def test_the_changes_since_the_calibration_add_up(large: tuple[Path, Path], tmp_path: Path) -> None:
    models, _ = large
    entries = large_entries()
    fitted = []
    for number in range(3):
        entries[number]["answer"] = f"新的答复{number}，请到前台办理。"
        folder = build_release(write_large(tmp_path / "data", entries), models, HashEncoder(), 0.2, QUIET)
        fitted.append(Manifest.read(folder).calibration)
    # Four changed lines are 2 % of 200, six are more.
    assert [origin.changed_lines for origin in fitted] == [2, 4, 0]
    assert fitted[0].fitted_in == fitted[1].fitted_in != fitted[2].fitted_in


def test_a_release_keeps_what_the_lint_found(tmp_path: Path) -> None:
    entries = large_entries()
    twin: dict[str, object] = {
        "id": "twin",
        "question": "门禁卡坏了怎么办呢",
        "similar": ["停车位贵不贵"],
        "answer": "不收钱。",
    }
    sources = write_large(tmp_path / "data", [*entries, twin])
    first = build_release(sources, tmp_path / "models", HashEncoder(), 0.2, QUIET)
    found = read_findings(first)
    assert found is not None
    near = [f for f in found if f.code in ("near-question", "possible-conflict") and f.others == ("twin",)]
    assert ("conflicting-answers", "twin") in [(f.code, f.entry) for f in found]
    assert near

    # A changed line keeps the calibration, and with it what comparing by meaning found elsewhere.
    entries[-1]["answer"] = "电话13812345678。"
    write_large(tmp_path / "data", [*entries, twin])
    second = build_release(sources, tmp_path / "models", HashEncoder(), 0.2, QUIET)
    assert Manifest.read(second).calibration.changed_lines
    after = read_findings(second)
    assert after is not None
    assert ("personal-data", entries[-1]["id"]) in [(f.code, f.entry) for f in after]
    assert set(near) <= set(after)
    assert [f.severity for f in after] == sorted((f.severity for f in after), key=SEVERITIES.index)

    (second / "lint.json").write_text("[]", "utf-8")
    with pytest.raises(ConfigurationError, match="damaged"):
        read_findings(second)


def test_another_off_topic_bank_needs_another_calibration(large: tuple[Path, Path], tmp_path: Path) -> None:
    models, _ = large
    sources = write_large(tmp_path / "data")
    with sources.off_topic.open("a", encoding="utf-8") as bank:
        bank.write("月亮离我们多远\n")
    folder = build_release(sources, models, HashEncoder(), 0.2, QUIET)
    assert Manifest.read(folder).calibration.fitted_in == folder.name


def test_the_index_is_the_same_whether_it_was_sought_from_near_or_from_far(
    large: tuple[Path, Path], tmp_path: Path
) -> None:
    models, _ = large
    entries = large_entries()
    entries[0]["similar"] = [*entries[0]["similar"], "刷卡没反应"]  # type: ignore[misc]
    sources = write_large(tmp_path / "data", entries)
    near = load_release(build_release(sources, models, HashEncoder(), 0.2, QUIET), HashEncoder())
    far = load_release(build_release(sources, tmp_path, HashEncoder(), 0.2, QUIET), HashEncoder())
    for text in ("刷卡没反应", "停车位多少钱一个月", "电梯周末能不能用"):
        assert near.reply(text).record.candidates[0].entry == far.reply(text).record.candidates[0].entry
        first, second = (
            responder.retriever.entry_classifier.log_probabilities(_encoded(text))  # type: ignore[union-attr]
            for responder in (near, far)
        )
        assert abs(first - second).max() < 0.3


def test_the_report_tells_coverage_and_confusable_pairs(large: tuple[Path, Path]) -> None:
    _, folder = large
    report = read_report(folder)
    asked = sum(coverage.questions for coverage in report.coverage)
    assert report.own_calibration
    assert asked == report.estimate.in_scope_questions == 200
    assert [coverage.topic for coverage in report.coverage] == ["物业"]
    for coverage in report.coverage:
        assert coverage.answered + coverage.clarified + coverage.given_up == coverage.questions
    missed = sum(not p.is_right and not p.off_topic for p in report.predictions)
    assert sum(pair.times for pair in report.confusable) <= missed
    entries = {str(entry["id"]): entry for entry in large_entries()}
    for pair in report.confusable:
        for confusion in pair.questions:
            assert {confusion.expected, confusion.found} == set(pair.entries)
            expected = entries[confusion.expected]
            assert confusion.question in [expected["question"], *expected["similar"]]  # type: ignore[misc]
    written = json.loads((folder / "report.json").read_text("utf-8"))
    assert len(written["predictions"]) == len(report.predictions)


def _encoded(text: str) -> EncodedTexts:
    return EncodedTexts.encode(HashEncoder(), [text])
