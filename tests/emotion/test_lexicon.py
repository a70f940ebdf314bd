from __future__ import annotations

from pathlib import Path

import pytest

from bot.emotion import Emotion, EmotionDetector, Lexicon, LexiconError
from bot.errors import ConfigurationError

GOOD = "太慢\tdissatisfied\t0.5\t-\tslow"


def write(folder: Path, *rows: str) -> Path:
    path = folder / "lexicon.tsv"
    path.write_text("\n".join(["# a comment", "", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("太慢 dissatisfied 0.5 - slow", "column 1 (phrase)", "expected 5"),
        ("太慢\tdissatisfied\t0.5", "column 3 (weight)", "expected 5"),
        ("太慢\tdissatisfied\t0.5\t-\tslow\tmore", "column 5 (note)", "expected 5"),
        ("\tdissatisfied\t0.5\t-\t", "column 1 (phrase)", "empty"),
        ("烂\tdissatisfied\t0.5\t-\t", "column 1 (phrase)", "single character"),
        ("…烂\tdissatisfied\t0.5\t-\t", "column 1 (phrase)", "single character"),
        ("…太烂\tdissatisfied\t0.5\t-\t", "column 1 (phrase)", "begins or ends"),
        ("太慢\tsad\t0.5\t-\t", "column 2 (label)", "'sad' is none of"),
        ("太慢\tdissatisfied\thigh\t-\t", "column 3 (weight)", "no number"),
        ("太慢\tdissatisfied\t1.5\t-\t", "column 3 (weight)", "outside 0..1"),
        ("太慢\tdissatisfied\tnan\t-\t", "column 3 (weight)", "outside 0..1"),
        ("太慢\tdissatisfied\t0.5\tfire\t", "column 4 (risk)", "'fire' is neither"),
        ("太好\tpraise\t0.5\tabuse\t", "column 4 (risk)", "carries no risk"),
    ],
)
def test_a_bad_row_is_refused_by_line_and_column(tmp_path: Path, row: str, column: str, reason: str) -> None:
    path = write(tmp_path, GOOD.replace("太慢", "真慢"), row)
    with pytest.raises(LexiconError) as caught:
        EmotionDetector.load(path)
    text = str(caught.value)
    assert f"{path}, line 4, {column}: " in text
    assert reason in text
    assert isinstance(caught.value, ConfigurationError)


def test_a_phrase_may_stand_once_whatever_its_script(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"line 4, column 1 .* line 3 already"):
        Lexicon.load(write(tmp_path, "气人\tangry\t0.5\t-\t", "氣人\tangry\t0.5\t-\t"))


def test_a_missing_an_empty_and_a_binary_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot be read"):
        Lexicon.load(tmp_path / "missing.tsv")
    with pytest.raises(LexiconError, match="no phrases"):
        Lexicon.load(write(tmp_path))
    (tmp_path / "binary.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LexiconError, match="cannot be read"):
        Lexicon.load(tmp_path / "binary.tsv")


def test_the_note_may_be_left_out_and_an_emoji_stands_alone(tmp_path: Path) -> None:
    detector = EmotionDetector.load(write(tmp_path, "太慢\tdissatisfied\t0.5\t-", "😡\tangry\t0.6\t-\t"))
    assert detector.detect("太慢").label == "dissatisfied"
    assert detector.detect("😡").cues == ("😡",)


def test_wildcards(tmp_path: Path) -> None:
    detector = EmotionDetector.load(
        write(tmp_path, "{n}天了\tdissatisfied\t0.5\t-\t", "你们…真行\tdissatisfied\t0.5\t-\t")
    )
    assert detector.detect("都12天了").cues == ("12天了",)
    assert detector.detect("好几天了").label == "dissatisfied"
    assert detector.detect("你们家可真行").cues == ("你们家可真行",)
    assert detector.detect("你们好，真行").label == "calm"


def test_the_longer_phrase_wins_an_overlap(tmp_path: Path) -> None:
    rows = (
        "垃圾\tangry\t0.7\t-\t",
        "垃圾桶\tharmless\t0\t-\t",
        "不想死\tanxious\t0.9\tself_harm\t",
        "想死\tharmless\t0\t-\t",
    )
    detector = EmotionDetector.load(write(tmp_path, *rows))
    assert detector.detect("垃圾桶").label == "calm"
    assert detector.detect("垃圾桶是垃圾").label == "angry"
    assert detector.detect("不想死").risk == "self_harm"


@pytest.mark.parametrize(
    ("label", "intensity", "risk"), [("sad", 0.5, "none"), ("calm", 1.1, "none"), ("calm", 0.5, "fire")]
)
def test_an_emotion_refuses_values_outside_its_range(label: str, intensity: float, risk: str) -> None:
    with pytest.raises(ValueError, match=r"sad|1\.1|fire"):
        Emotion(label, intensity, risk)  # type: ignore[arg-type]
