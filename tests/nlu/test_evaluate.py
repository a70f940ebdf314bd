"""`bot nlu evaluate`: files, figures and the documented JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.emotion import Emotion
from bot.errors import ConfigurationError
from bot.nlu.evaluate import Parsed, evaluate
from bot.nlu.lines import LabelledLine, read_lines
from bot.nlu.score import score

CSV = "text,intent,human\n你好,greet,false\n转人工,request_human,true\n退款呢,ask_refund_progress,\n"
JSONL = (
    '{"text": "垃圾", "emotion": "angry", "risk": ""}\n{"text": "好的", "emotion": "calm", "risk": "none"}\n'
)
YAML = "- {text: 你好, intent: greet}\n- {text: 转人工, human: true}\n"


def parse(texts: Sequence[str]) -> list[Parsed]:
    known = {"你好": Parsed("greet", 0.9, "greet"), "转人工": Parsed("request_human", 0.7, "request_human")}
    return [known.get(text, Parsed("nlu_fallback", 0.2, "ask_refund_progress")) for text in texts]


def detect(text: str) -> Emotion:
    return Emotion("angry", 0.9, "none") if text == "垃圾" else Emotion("calm", 0.0)


def by_intent(_text: str, parsed: Parsed) -> bool:
    return parsed.intent == "request_human"


def test_csv_with_empty_labels(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("\ufeff" + CSV, "utf-8")
    lines = read_lines(path)
    assert lines[2] == LabelledLine("退款呢", "ask_refund_progress", human=None)
    report = evaluate(lines, parse, detect, by_intent).to_json()
    assert set(report) == {"intent", "human"}
    intent, human = report["intent"], report["human"]
    assert (intent["n"], intent["accuracy"], intent["macro_f1"], intent["confusions"]) == (3, 1.0, 1.0, [])
    assert (human["n"], human["recall"], human["precision"]) == (2, 1.0, 1.0)


def test_jsonl_with_emotion_and_risk_needs_no_rasa(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(JSONL, "utf-8")

    def refuse(texts: Sequence[str]) -> list[Parsed]:
        raise AssertionError("Rasa was asked")

    report = evaluate(read_lines(path), refuse, detect, by_intent).to_json()
    emotion = report["emotion"]
    assert (emotion["n"], emotion["macro_f1"]) == (2, 1.0)
    assert {label: (one["precision"], one["recall"]) for label, one in emotion["labels"].items()} == {
        "angry": (1.0, 1.0),
        "calm": (1.0, 1.0),
    }
    assert report["risk"]["n"] == 2
    assert "intent" not in report


def test_yaml_list(tmp_path: Path) -> None:
    path = tmp_path / "lines.yml"
    path.write_text(YAML, "utf-8")
    assert read_lines(path) == (LabelledLine("你好", "greet"), LabelledLine("转人工", human=True))


def test_a_wish_for_a_human_is_told_from_text_and_reading() -> None:
    lines = [
        LabelledLine("转人工", human=True),
        LabelledLine("叫个活人", human=True),
        LabelledLine("你好", human=False),
    ]
    found = evaluate(lines, parse, detect, lambda text, parsed: "活人" in text or parsed.confidence < 0.8)
    assert found.human is not None
    assert found.human.labels["true"].recall == 1
    assert found.human.labels["true"].precision == 1


def test_figures() -> None:
    result = score([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b"), ("c", "a")])
    assert result is not None
    assert result.accuracy == pytest.approx(0.6)
    assert result.labels["a"].precision == pytest.approx(0.5)
    assert result.labels["b"].f1 == pytest.approx(0.8)
    assert result.macro_f1 == pytest.approx((0.5 + 0.8 + 0) / 3)
    assert result.confusions == (("a", "b", 1), ("c", "a", 1))


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.txt", "x", "ending"),
        ("a.csv", "question,answer\nx,y\n", "none of the columns"),
        ("a.csv", "text,intent\n,greet\n", "row 1: text"),
        ("a.jsonl", "{", "not valid"),
        ("a.yml", "text: x", "list of mappings"),
        ("a.yml", "[]", "no line"),
        ("a.csv", "text,human\nx,perhaps\n", "perhaps"),
    ],
)
def test_unusable_files_are_named(tmp_path: Path, name: str, content: str, problem: str) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigurationError, match=problem):
        read_lines(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.csv"):
        read_lines(tmp_path / "gone.csv")
