"""Kill -9 in the middle of build and publish: the old release serves, and nothing is left to clean."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.errors import PublishedMeanwhile
from bot.faq.build import build_release
from bot.faq.encoder import HashEncoder
from bot.faq.publication import history, publish, serving, serving_folder
from bot.faq.release import list_releases, load_release
from tests.faq.killed import CONTEXT, building, dies_at, publishing, start
from tests.faq.small_faq import write_sources

QUIET = lambda line: None  # noqa: E731


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A models folder in which the first of two releases serves."""
    models = tmp_path_factory.mktemp("origin")
    sources = write_sources(models / "data")
    first = build_release(sources, models, HashEncoder(), 0.03, QUIET).name
    publish(models, first, seen=None, by="li")
    return models, first, build_release(sources, models, HashEncoder(), 0.04, QUIET).name


@pytest.fixture
def models(origin: tuple[Path, str, str], tmp_path: Path) -> Path:
    return Path(shutil.copytree(origin[0], tmp_path / "models"))


def test_a_killed_build_changes_nothing_and_leaves_nothing(
    origin: tuple[Path, str, str], models: Path
) -> None:
    _, first, second = origin
    root = models / "faq" / "releases"
    moment, died = 2, True
    while died:
        died = dies_at(moment, building, models, models / "data")
        assert serving_folder(models).name == first
        assert load_release(serving_folder(models), HashEncoder()).entry("print") is not None
        assert {first, second} <= {manifest.name for manifest in list_releases(models)}
        moment += 9
    assert moment > 40
    assert not [path.name for path in root.iterdir() if path.name.startswith(".")]
    assert len(list_releases(models)) == 3
    folder = build_release(write_sources(models / "data"), models, HashEncoder(), 0.02, QUIET)
    assert load_release(folder, HashEncoder()).entry("print") is not None


def test_a_killed_publication_has_happened_or_not(origin: tuple[Path, str, str], models: Path) -> None:
    _, first, second = origin
    moment, died, published = 1, True, []
    while died:
        folder = Path(shutil.copytree(models, models.parent / f"at-{moment}"))
        died = dies_at(moment, publishing, folder, second, first)
        now = serving(folder)
        assert now is not None
        assert load_release(serving_folder(folder), HashEncoder()).name == now.release
        assert now.release in (first, second)
        assert history(folder)[-1] == now
        assert [move.serial for move in history(folder)] == list(range(1, now.serial + 1))
        published.append(now.release)
        again = publish(folder, first if now.release == second else second, seen=now.release, by="li")
        assert [move.serial for move in history(folder)] == list(range(1, again.serial + 1))
        moment += 1
    assert published == sorted(published, key=[first, second].index)
    assert {first, second} == set(published)
    assert moment > 5


def test_of_two_publishers_at_once_one_wins(origin: tuple[Path, str, str], models: Path) -> None:
    _, first, second = origin
    third = build_release(write_sources(models / "data"), models, HashEncoder(), 0.05, QUIET).name
    now_then, told = CONTEXT.Event(), CONTEXT.Queue()
    rivals = [start(_publish_at, now_then, told, models, name, first) for name in (second, third)]
    now_then.set()
    answers = sorted(told.get(timeout=60) for _ in rivals)
    for rival in rivals:
        rival.join(60)
    now = serving(models)
    assert now is not None
    assert answers[0] == f"published {now.release}"
    assert answers[1].startswith(f"refused {now.by} published {now.release} meanwhile")
    assert len(history(models)) == 2


def _publish_at(now: object, told: object, models: Path, name: str, seen: str) -> None:
    now.wait(60)  # type: ignore[attr-defined]
    try:
        told.put(f"published {publish(models, name, seen=seen, by=name).release}")  # type: ignore[attr-defined]
    except PublishedMeanwhile as error:
        told.put(f"refused {error}")  # type: ignore[attr-defined]
