from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from bot.errors import ConfigurationError
from bot.faq.adapter import Adapter
from bot.faq.build import build_release
from bot.faq.encoder import Encoder, HashEncoder, Vectors
from bot.faq.publication import publish
from bot.faq.release import Manifest, Sources, load_release, read_report, sha256
from tests.faq.confusable_faq import confusable_entries
from tests.faq.large_faq import MATTERS, THINGS, off_topic, write_large
from tests.faq.small_faq import write_sources

QUIET = lambda line: None  # noqa: E731
ENTRIES, LINES, DIMENSION = 12, 4, 16
TARGET = 0.1


def unit(vectors: Vectors) -> Vectors:
    found: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return found


def noisy_lines() -> tuple[Vectors, np.ndarray]:
    """Lines whose first half of components tells the entry and whose second, louder half is wording."""
    rng = np.random.default_rng(0)
    meaning = np.repeat(rng.normal(size=(ENTRIES, DIMENSION // 2)), LINES, axis=0)
    wording = 2 * rng.normal(size=(ENTRIES * LINES, DIMENSION // 2))
    return unit(np.hstack([meaning, wording])), np.repeat(np.arange(ENTRIES), LINES)


def nearest_is_own(vectors: Vectors, entries: np.ndarray) -> float:
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    return float((entries[cosines.argmax(1)] == entries).mean())


def write_confusable(folder: Path, **changed: str) -> Sources:
    (folder / "faq").mkdir(parents=True, exist_ok=True)
    entries = [
        {"id": e.id, "question": e.question, "answer": changed.get(e.id, e.answer), "similar": [*e.similar]}
        for e in confusable_entries()
    ]
    content = {"topic": "cards", "title": "卡证", "entries": entries}
    (folder / "faq" / "cards.yml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    (folder / "off_topic.txt").write_text("\n".join(off_topic()) + "\n", "utf-8")
    return Sources.beside(folder / "faq")


@pytest.fixture(scope="module")
def trained(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A models folder, and the release in it that was trained on the confusable FAQ."""
    models = tmp_path_factory.mktemp("trained")
    sources = write_confusable(models / "data")
    return models, build_release(sources, models, encoder, TARGET, QUIET, train=True)


def test_an_adapter_learns_what_tells_entries_apart_and_helps_entries_that_it_never_saw() -> None:
    vectors, entries = noisy_lines()
    taught = entries < ENTRIES * 2 // 3
    adapter = Adapter.fit(vectors[taught], entries[taught])
    assert adapter is not None
    mapped = adapter.apply(vectors)
    assert np.allclose(np.linalg.norm(mapped, axis=1), 1, atol=1e-5)
    fresh = ~taught
    assert nearest_is_own(mapped[fresh], entries[fresh]) > nearest_is_own(vectors[fresh], entries[fresh])


def test_fitting_twice_gives_the_same_adapter() -> None:
    first, second = Adapter.fit(*noisy_lines()), Adapter.fit(*noisy_lines())
    assert first is not None
    assert second is not None
    assert np.array_equal(first.weights, second.weights)


@pytest.mark.parametrize("rows", [range(8), range(0, ENTRIES * LINES, LINES), range(LINES)])
def test_too_few_lines_make_no_adapter(rows: range) -> None:
    vectors, entries = noisy_lines()
    assert Adapter.fit(vectors[list(rows)], entries[list(rows)]) is None


def test_saving_and_loading_changes_nothing(tmp_path: Path) -> None:
    assert Adapter.load(tmp_path) is None
    adapter = Adapter.fit(*noisy_lines())
    assert adapter is not None
    adapter.save(tmp_path)
    loaded = Adapter.load(tmp_path)
    assert loaded is not None
    assert np.array_equal(loaded.weights, adapter.weights)


def test_a_confusable_faq_keeps_its_adapter(trained: tuple[Path, Path], encoder: Encoder) -> None:
    _, folder = trained
    manifest, report = Manifest.read(folder), read_report(folder)
    (trial,) = (trial for trial in report.trials if trial.step == "adapter")
    assert trial.kept
    assert trial.gains[0].figure == "hit1"
    assert trial.gains[0].low > 0.02
    assert manifest.adapter
    assert manifest.files["adapter.npz"] == sha256(folder / "adapter.npz")
    assert any("adapter: kept" in line for line in report.summary())
    served = load_release(folder, encoder)
    assert served.retriever.adapter is not None
    assert served.reply("水卡不见了").record.candidates[0].entry == "lost-9"


def test_a_kept_adapter_stays_with_the_next_builds(
    trained: tuple[Path, Path], encoder: Encoder, tmp_path: Path
) -> None:
    models, folder = trained
    publish(models, folder.name, seen=None, by="li")
    changed = write_confusable(tmp_path, **{"price-3": "门禁卡工本费二十元。"})
    kept = build_release(changed, models, encoder, TARGET, QUIET)
    assert Manifest.read(kept).calibration.fitted_in == folder.name
    assert (kept / "adapter.npz").read_bytes() == (folder / "adapter.npz").read_bytes()
    again = build_release(changed, models, encoder, TARGET, QUIET, recalibrate=True)
    assert Manifest.read(again).calibration.fitted_in == again.name
    assert [trial.step for trial in read_report(again).trials] == ["fusion", "adapter"]
    assert Manifest.read(again).adapter


def test_another_encoder_starts_without_an_adapter(trained: tuple[Path, Path]) -> None:
    models, _ = trained
    folder = build_release(Sources.beside(models / "data" / "faq"), models, HashEncoder(), TARGET, QUIET)
    assert not Manifest.read(folder).adapter
    assert not (folder / "adapter.npz").exists()


def test_a_damaged_adapter_is_refused(trained: tuple[Path, Path], encoder: Encoder, tmp_path: Path) -> None:
    _, folder = trained
    damaged = tmp_path / folder.name
    damaged.mkdir()
    for file in folder.iterdir():
        (damaged / file.name).write_bytes(file.read_bytes())
    with (damaged / "adapter.npz").open("ab") as stream:
        stream.write(b"more")
    with pytest.raises(ConfigurationError, match=r"adapter\.npz is missing or damaged"):
        load_release(damaged, encoder)


def test_an_adapter_that_does_not_help_is_refused_with_the_figure(tmp_path: Path) -> None:
    lines: list[str] = []
    # One entry for everything about a thing: its name alone tells it apart, so nothing is left to learn.
    by_thing: list[dict[str, object]] = [
        {
            "id": f"thing-{place}",
            "question": f"{thing}的事",
            "similar": [text.format(thing) for _, wordings in MATTERS.values() for text in wordings],
            "answer": "请到一楼前台。",
        }
        for place, thing in enumerate(THINGS)
    ]
    sources = write_large(tmp_path / "data", by_thing)
    folder = build_release(sources, tmp_path, HashEncoder(), 0.2, lines.append, train=True)
    assert not Manifest.read(folder).adapter
    assert not (folder / "adapter.npz").exists()
    (verdict,) = (line for line in lines if line.startswith("adapter: refused"))
    assert "hit1" in verdict
    assert "95 %" in verdict


def test_too_few_questions_are_no_trial(tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "data")
    folder = build_release(sources, tmp_path, HashEncoder(), 0.02, QUIET, train=True)
    assert "adapter: refused, there are too few questions to learn from" in read_report(folder).summary()


def test_releases_of_before_adapters_still_load(trained: tuple[Path, Path], tmp_path: Path) -> None:
    _, folder = trained
    manifest = json.loads((folder / "release.json").read_text("utf-8"))
    del manifest["adapter"]
    (tmp_path / "release.json").write_text(json.dumps(manifest), "utf-8")
    assert Manifest.read(tmp_path) == replace(Manifest.read(folder), adapter=False)
