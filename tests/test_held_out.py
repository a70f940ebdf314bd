"""Held-out lines measure honestly only while nothing was made from them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.faq.topic_file import load_entries

ROOT = Path(__file__).resolve().parent.parent
HELD_OUT = ROOT / "tests" / "held_out"


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def training_lines() -> set[str]:
    lines = set()
    for file in (ROOT / "data" / "nlu").glob("*.yml"):
        for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]:
            lines |= {bare(line.removeprefix("- ")) for line in block["examples"].splitlines()}
    return lines


def faq_lines() -> set[str]:
    entries = load_entries(ROOT / "data" / "faq")
    bank = (ROOT / "data" / "off_topic.txt").read_text("utf-8").splitlines()
    return {bare(question) for entry in entries for question in entry.questions} | {
        bare(line) for line in bank
    }


def emotion_lines() -> set[str]:
    files = sorted((ROOT / "data" / "emotion").rglob("*.jsonl"))
    assert len(files) > 10
    return {bare(json.loads(line)["text"]) for file in files for line in file.read_text("utf-8").splitlines()}


def texts(name: str, key: str) -> Iterator[str]:
    for line in (HELD_OUT / name).read_text("utf-8").splitlines():
        yield json.loads(line)[key]


@pytest.mark.parametrize(
    ("name", "key", "taught"),
    [
        ("nlu/intents.jsonl", "text", training_lines),
        ("nlu/human.jsonl", "text", training_lines),
        ("nlu/emotions.jsonl", "text", emotion_lines),
        ("nlu/everyday.jsonl", "text", emotion_lines),
        ("nlu/requests.jsonl", "text", training_lines),
        ("nlu/wishes.jsonl", "text", training_lines),
        ("faq/questions.jsonl", "question", faq_lines),
        ("faq/clarify.jsonl", "question", faq_lines),
    ],
)  # fmt: skip
def test_no_held_out_line_was_taught(name: str, key: str, taught: object) -> None:
    assert callable(taught)
    known = taught()
    assert [text for text in texts(name, key) if bare(text) in known] == []
