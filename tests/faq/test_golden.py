from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.faq.build import build_release
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry
from bot.faq.gate import examine
from bot.faq.golden import GoldenQuestion, GoldenResult, check_golden, load_golden
from bot.faq.lint import LintPolicy, added_errors
from bot.faq.normalize import normalize
from bot.faq.off_topic import load_off_topic
from bot.faq.release import load_release
from bot.faq.sounds import Sounds
from bot.faq.thresholds import Estimate
from bot.faq.topic_file import load_entries
from bot.faq.understanding import Understanding
from tests.faq.small_faq import write_sources

DATA = Path(__file__).parents[2] / "data"
FEE = Entry("fee", "运费怎么算", "每单八元。", ("邮费多少",), "配送")
SAFE = Estimate(100, 50, 0.9, 0.7, 0.3, 0.0, 0.99, 0.01, 0.015, 0.0, 0.1)


@pytest.fixture(scope="module")
def understanding(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    models = tmp_path_factory.mktemp("golden")
    folder = build_release(write_sources(models / "data"), models, encoder, 0.02, lambda line: None)
    return Understanding.of(load_release(folder, encoder), Sounds.load())


@pytest.mark.parametrize(
    ("question", "expected", "verdict"),
    [
        ("打印照片要几块钱", "print", "right"),
        ("打印照片要几块钱", "seat", "wrong"),
        ("打印照片要几块钱", None, "wrong"),
        ("打印照片要几块钱", "no-such-entry", "gone"),
        ("书", "lost", "offered"),
        ("书", "seat", "missed"),
        ("书", None, "offered"),
        ("给我唱首歌", "seat", "missed"),
        ("给我唱首歌", None, "right"),
    ],
)
def test_verdicts(understanding: Understanding, question: str, expected: str | None, verdict: str) -> None:
    (result,) = check_golden(understanding, [GoldenQuestion(question, expected)])
    assert result.verdict == verdict
    assert result.broken is (verdict not in ("right", "offered"))


def test_the_file_says_what_is_expected_and_none_is_no_question(tmp_path: Path) -> None:
    assert load_golden(tmp_path / "none.yml") == ()
    file = tmp_path / "golden.yml"
    file.write_text("- {question: 打印多少钱, expected: print}\n- {question: 天气, expected: }\n", "utf-8")
    assert load_golden(file) == (GoldenQuestion("打印多少钱", "print"), GoldenQuestion("天气", None))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {question: 打印多少钱, expected: a}\n- {question: 打印多少钱, expected: b}\n", "twice"),
        ("- {question: '', expected: a}\n", "question' is empty"),
        ("- {question: 打印}\n", "'expected' is missing"),
    ],
)
def test_a_broken_file_is_refused_by_its_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "golden.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=told):
        load_golden(file)


def test_the_gate_names_every_broken_question() -> None:
    results = [
        GoldenResult(GoldenQuestion("运费多少", "fee"), "right", "answer", ("fee",), 0.9),
        GoldenResult(GoldenQuestion("几时到", "time"), "wrong", "answer", ("fee",), 0.9),
        GoldenResult(GoldenQuestion("唱首歌", None), "wrong", "answer", ("fee",), 0.9),
    ]
    findings = examine(results, SAFE, 0.02, (), {"fee": FEE}).findings
    assert len(findings) == 2
    assert "几时到" in findings[0]
    assert "应由条目 time回答：答成了条目 fee（运费怎么算）" in findings[0]
    assert "不应回答" in findings[1]
    assert examine(results[:1], SAFE, 0.02, (), {}).open


def test_the_gate_names_the_errors_that_a_release_brings() -> None:
    policy = LintPolicy(date(2026, 11, 22))
    private = replace(FEE, answer="八元，有问题请打13812345678。")
    (finding,) = examine([], SAFE, 0.02, added_errors([private], [FEE], policy), {"fee": private}).findings
    assert finding.startswith("条目 fee（运费怎么算）的答案有错误：像是含有个人信息")
    assert "13812345678" not in finding
    assert added_errors([private], [], policy)
    # What serves already is not made worse, though its line has moved; another number is another error.
    listed = replace(FEE, similar=("打给13812345678问运费",))
    moved = replace(listed, similar=("邮费呢", *listed.similar))
    assert added_errors([moved], [listed], policy) == ()
    assert added_errors([replace(private, answer="八元，请打13912345678，谢谢。")], [private], policy)
    # Warnings are shown in the report alone.
    assert added_errors([replace(FEE, similar=())], [], policy) == ()


def test_the_gate_closes_when_the_risk_may_exceed_what_is_accepted_today() -> None:
    assert examine([], SAFE, 0.015, (), {}).open
    assert "1.5%" in examine([], SAFE, 0.014, (), {}).findings[0]
    silent = Estimate(100, 50, 0.9, 0.0, 0.9, 0.1, 0.0, 0.0, 1.0, 0.0, 0.1)
    assert "不会直接回答任何问题" in examine([], silent, 0.01, (), {}).findings[0]


def test_the_shops_golden_questions_are_neither_training_nor_index_lines() -> None:
    golden = load_golden(DATA / "faq_golden.yml")
    entries = {entry.id: entry for entry in load_entries(DATA / "faq")}
    known = {normalize(text) for entry in entries.values() for text in entry.questions}
    known |= set(load_off_topic(DATA / "off_topic.txt"))
    assert len(golden) >= 60
    assert not [g.question for g in golden if normalize(g.question) in known]
    assert not [g.expected for g in golden if g.expected and g.expected not in entries]
    assert sum(g.expected is None for g in golden) >= 10
