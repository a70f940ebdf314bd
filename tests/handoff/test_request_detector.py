"""Rules and request model together, with a model trained on the product's own lines."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ArtefactMismatch, ConfigurationError
from bot.handoff.request import wants_human
from bot.handoff.request_detector import RequestDetector, Wish
from bot.handoff.request_model import FILE, RequestModel
from bot.handoff.request_training import read_training_lines, train_request_model

ROOT = Path(__file__).resolve().parents[2]
LINES = ROOT / "data" / "nlu"
DEVELOPMENT = [Path(__file__).with_name(f"human_development{part}.jsonl") for part in ("", "_2")]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    train_request_model(LINES, folder)
    return folder


@pytest.fixture(scope="module")
def detector(models: Path) -> RequestDetector:
    return RequestDetector.load(models)


@pytest.mark.parametrize("path", DEVELOPMENT, ids=lambda path: path.stem)
def test_it_hears_more_and_mishears_less_than_the_rules(detector: RequestDetector, path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    wanted = [line["text"] for line in lines if line["human"]]
    other = [line["text"] for line in lines if not line["human"]]
    heard = [sum(map(hears, wanted)) for hears in (lambda text: detector.hear(text).heard, wants_human)]
    misheard = [sum(map(hears, other)) for hears in (lambda text: detector.hear(text).heard, wants_human)]
    assert heard[0] > heard[1]
    assert misheard[0] < misheard[1]


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "人工",
        "轉人工",
        "转 人 工",
        "ZRG",
        "我要找真人客服",
        "转人工！！！",
        "我的快递没到。转人工",
        "human",
    ],
)
def test_plain_wishes_are_heard(detector: RequestDetector, text: str) -> None:
    assert detector.hear(text).heard


@pytest.mark.parametrize(
    "text",
    [
        "不用转人工",
        "人工费多少",
        "你是真人吗",
        "你好",
        "",
        "   ",
        "😀",
        "人工客服几点上班",
        "先不转人工，我再看看说明书",
        "让客服打我手机说",
        "前天转人工登记的事有结果没",
    ],
)
def test_what_only_sounds_like_one_is_not(detector: RequestDetector, text: str) -> None:
    assert not detector.hear(text).heard


@pytest.mark.parametrize(
    ("wish", "ranked", "asks"),
    [
        (Wish(True, 0.0), 0.0, True),
        (Wish(False, 0.55), 0.3, True),
        (Wish(False, 0.4), 0.3, False),
        (Wish(False, 0.89), 0.1, False),
        (Wish(False, 0.1), 0.8, False),
    ],
)
def test_two_that_are_in_doubt_are_enough_together(wish: Wish, ranked: float, asks: bool) -> None:
    assert wish.with_intent(ranked) is asks


@given(st.text())
def test_probabilities_are_probabilities(detector: RequestDetector, text: str) -> None:
    assert detector.model is not None
    assert 0 <= detector.model.probability(text) <= 1


def test_a_saved_model_says_the_same(detector: RequestDetector, tmp_path: Path) -> None:
    assert detector.model is not None
    detector.model.save(tmp_path)
    assert RequestModel.load(tmp_path) == detector.model


def test_training_twice_keeps_the_file(models: Path) -> None:
    before = (models / FILE).stat().st_mtime_ns
    train_request_model(LINES, models)
    assert (models / FILE).stat().st_mtime_ns == before


def test_without_a_model_the_rules_decide_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        alone = RequestDetector.load(tmp_path)
    assert alone.hear("转人工") == Wish(True, 1.0)
    assert alone.hear("不用转人工") == Wish(False, 0.0)
    assert "bot nlu train" in caplog.text


def test_a_model_for_other_phrases_is_refused(models: Path, tmp_path: Path) -> None:
    card = json.loads((models / FILE).read_text("utf-8")) | {"features": "0" * 16}
    (tmp_path / FILE).write_text(json.dumps(card), "utf-8")
    with pytest.raises(ArtefactMismatch, match="other phrases"):
        RequestModel.load(tmp_path)
    assert RequestDetector.load(tmp_path).model is None


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_broken_model_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, "utf-8")
    with pytest.raises(ConfigurationError, match=FILE):
        RequestModel.load(tmp_path)


def test_lines_of_one_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no NLU lines"):
        read_training_lines(tmp_path)
    (tmp_path / "a.yml").write_text("nlu:\n- intent: greet\n  examples: |\n    - 你好\n", "utf-8")
    with pytest.raises(ConfigurationError, match="lines that ask"):
        train_request_model(tmp_path, tmp_path)
    (tmp_path / "a.yml").write_text("- 你好\n", "utf-8")
    with pytest.raises(ConfigurationError, match="not a file of NLU lines"):
        read_training_lines(tmp_path)


def test_training_needs_an_answer_for_each_line() -> None:
    with pytest.raises(ValueError, match="do not match"):
        RequestModel.fit(["转人工"], [])
