from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.faq.encoder import HashEncoder
from bot.faq.evaluate import Outcome, Question, auroc, count, evaluate_faq, read_faq, read_questions
from tests.faq.small_faq import ENTRIES, OFF_TOPIC, write_sources

ROWS = [
    {"id": name, "question": text, "answer": answer}
    for name, (question, answer, similar) in ENTRIES.items()
    for text in (question, *similar)
]
QUESTIONS = [
    {"question": "弄丢一本书要赔多少", "expected": "lost"},
    {"question": "打印一张几毛钱", "expected": "print"},
    {"question": "火锅哪家好吃", "expected": ""},
]


def write_table(path: Path, rows: list[dict[str, str]]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    else:
        path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")  # JSON is YAML
    return path


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".yml"])
def test_every_format_gives_the_same_report(tmp_path: Path, ending: str) -> None:
    faq = write_table(tmp_path / f"faq{ending}", ROWS)
    questions = write_table(tmp_path / f"questions{ending}", QUESTIONS)
    report = evaluate_faq(faq, questions, HashEncoder(), "hash", OFF_TOPIC, "", 0.02, lambda line: None)
    value = report.to_json()
    assert list(value) == ["in_scope", "out_of_scope", "auroc", "encoder", "seconds"]
    assert value["in_scope"]["n"] == 2
    assert value["in_scope"]["hit1"] == 1
    assert value["out_of_scope"]["n"] == 1
    assert value["auroc"] == 1
    assert json.loads(json.dumps(value)) == value


def test_rows_of_one_id_are_one_entry(tmp_path: Path) -> None:
    entries = read_faq(write_table(tmp_path / "faq.csv", ROWS))
    assert [entry.id for entry in entries] == list(ENTRIES)
    assert entries[0].questions == (ENTRIES["card"][0], *ENTRIES["card"][2])
    assert entries[0].answer == ENTRIES["card"][1]


def test_the_format_of_the_shop_is_read_too(tmp_path: Path) -> None:
    sources = write_sources(tmp_path)
    assert read_faq(sources.entries) == read_faq(sources.entries / "library.yml")
    assert {entry.id for entry in read_faq(sources.entries)} == set(ENTRIES)


def test_counts_follow_the_decisions() -> None:
    def outcome(
        expected: str | None, decision: str, offered: tuple[str, ...], ranked: tuple[str, ...]
    ) -> Outcome:
        return Outcome(Question("q", expected), ranked, decision, offered, 0.5, 0.9 if expected else 0.1)

    report = count(
        [
            outcome("a", "answer", ("a",), ("a", "b", "c")),
            outcome("a", "answer", ("b",), ("b", "a", "c")),
            outcome("a", "clarify", ("b", "c", "a"), ("b", "c", "a")),
            outcome("a", "clarify", ("b", "c", "d"), ("b", "c", "d")),
            outcome("a", "no_answer", (), ("d", "c", "b", "a")),
            outcome(None, "answer", ("a",), ("a",)),
            outcome(None, "no_answer", (), ()),
        ],
        "hash",
        1.0,
    )
    assert report.to_json() == {
        "in_scope": {
            "n": 5,
            "hit1": 0.2,
            "hit3": 0.6,
            "mrr10": round((1 + 1 / 2 + 1 / 3 + 0 + 1 / 4) / 5, 4),
            "answered": 2,
            "answered_right": 1,
            "clarified": 2,
            "clarified_right": 1,
            "handed_off": 1,
        },
        "out_of_scope": {"n": 2, "answered": 1, "clarified": 0, "handed_off": 1},
        "auroc": 1.0,
        "encoder": "hash",
        "seconds": 1.0,
    }


def test_auroc_counts_pairs_and_ties_as_half() -> None:
    assert auroc([0.9, 0.5], [0.5, 0.1]) == 0.875
    assert auroc([0.2], [0.8]) == 0
    assert auroc([], [0.5]) is None


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "q.csv",
            "question,expected\n怎么退,nowhere\n",
            r"q\.csv:2: column 'expected': the FAQ has no entry 'nowhere'",
        ),
        ("q.csv", "question\n怎么退\n", r"q\.csv:2: column 'expected' is missing"),
        ("q.csv", "question,expected\n怎么退,card\n,card\n", r"q\.csv:3: column 'question' is empty"),
        ("q.csv", "question,expected\n退,货,card\n", r"q\.csv:2: 3 cells for 2 columns"),
        ("q.csv", 'question,expected\n"怎么退,card\n', r"q\.csv:\d+: not CSV"),
        (
            "q.csv",
            "question,question,expected\na,b,card\n",
            r"q\.csv:1: column 'question' stands there twice",
        ),
        ("q.csv", "question,expected\n", r"q\.csv: holds no row"),
        ("q.jsonl", '{"question": "怎么退", "expected": "card"}\n{oops\n', r"q\.jsonl:2: not JSON"),
        ("q.jsonl", '\n["怎么退"]\n', r"q\.jsonl:2: must be a mapping"),
        (
            "q.jsonl",
            '{"question": ["怎么退"], "expected": ""}',
            r"q\.jsonl:1: column 'question' must be text",
        ),
        (
            "q.yml",
            "- question: 怎么退\n  expected: card\n- question: 退\n",
            r"q\.yml:3: column 'expected' is missing",
        ),
        ("q.yml", "question: 怎么退\n", r"q\.yml:1: must hold a list"),
        ("q.yml", "- {question: 怎么退\n", r"q\.yml:\d+: not YAML"),
        ("q.txt", "怎么退", r"must end in \.yml"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_column(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    entries = read_faq(write_table(tmp_path / "faq.csv", ROWS))
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(ConfigurationError, match=message):
        read_questions(tmp_path / name, entries)


def test_other_encodings_and_missing_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_bytes("id,question,answer\na,怎么退,好\n".encode("gbk"))
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        read_faq(tmp_path / "faq.csv")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_faq(tmp_path / "missing.csv")
