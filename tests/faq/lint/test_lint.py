from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from bot.errors import ConfigurationError
from bot.faq.encoder import Encoder, Vectors
from bot.faq.entry import ChannelAnswer, Entry, EntryButton
from bot.faq.lint import (
    RULES,
    Finding,
    LintPolicy,
    QuestionLines,
    check_files,
    findings_about,
    lint_entries,
    mend,
    mend_files,
)
from bot.faq.lint.question_checks import contradicts, may_meet
from bot.faq.topic_file import Topic, load_topics
from bot.faq.topic_writer import format_topic, write_topics
from bot.messages import Link
from tests.faq.entries import topic_lists

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 21)
POLICY = LintPolicy(TODAY, pages=("/help/*", "/my"), contacts=("0571-88886666",))
GOOD = Entry(
    "time",
    "退款多久到账？",
    "一到三个工作日，请在订单里查看进度。",
    ("钱什么时候退给我", "退款要等几天"),
    "退款",
    links=(Link("进度", "/my?tab=1"), Link("说明", "/help/refunds#time")),
    buttons=(EntryButton("退到哪里", "where"),),
)
OTHER = Entry("where", "退款退到哪里？", "原路退回，请留意付款账户。", ("退的钱在哪",), "退款")


def codes(*entries: Entry, policy: LintPolicy = POLICY, vectors: Vectors | None = None) -> set[str]:
    return {finding.code for finding in lint_entries(entries, policy, vectors)}


def only(code: str, *entries: Entry, policy: LintPolicy = POLICY) -> Finding:
    (finding,) = (f for f in lint_entries(entries, policy) if f.code == code)
    return finding


def test_good_entries_have_no_findings() -> None:
    assert lint_entries([GOOD, OTHER], POLICY) == ()


LONG = "很长" * 600
SHORT = ChannelAnswer("wechat", "短")
CASES = [
    ("empty", replace(GOOD, similar=("退款要等几天", " ")), "similar[2]"),
    ("empty", replace(GOOD, answer=""), "answer"),
    ("answer-length", replace(GOOD, answer="请" * 121), "answer"),
    ("channel-limit", replace(GOOD, channels=(ChannelAnswer("wechat", LONG),)), "channels.wechat"),
    ("channel-limit", replace(GOOD, buttons=(EntryButton("长" * 43, "where"),)), "buttons[1].title"),
    ("expired", replace(GOOD, valid_until=date(2026, 11, 20)), "valid_until"),
    ("expires-soon", replace(GOOD, valid_until=date(2026, 12, 5)), "valid_until"),
    ("review-due", replace(GOOD, reviewed=date(2025, 11, 20)), "reviewed"),
    ("personal-data", replace(GOOD, answer="请打13812345678。"), "answer"),
    ("personal-data", replace(GOOD, similar=("我叫王小明，退款呢",)), "similar[1]"),
    ("personal-data", replace(GOOD, rich="写信到 wang@example.com"), "rich"),
    ("markup", replace(GOOD, answer="请<b>耐心</b>等待。"), "answer"),
    ("markup", replace(GOOD, rich="请<script>alert(1)</script>"), "rich"),
    ("markup", replace(GOOD, channels=(ChannelAnswer("wechat", '<a href="/my">看</a>'),)), "channels.wechat"),
    ("dead-button", replace(GOOD, buttons=(EntryButton("退到哪里", "nowhere"),)), "buttons[1].entry"),
    ("dead-button", replace(GOOD, buttons=(EntryButton("再看一遍", "time"),)), "buttons[1].entry"),
    ("dead-link", replace(GOOD, links=(GOOD.links[0], Link("说明", "/hlep/refunds"))), "links[2].url"),
    ("no-next-step", replace(GOOD, answer="退款不能加急。", links=(), buttons=()), "answer"),
    ("single-question", replace(GOOD, similar=()), "similar"),
    ("several-questions", replace(GOOD, similar=("能退吗？多久到？退到哪？",)), "similar[1]"),
    ("several-questions", replace(GOOD, similar=("几天能退；退到哪里",)), "similar[1]"),
    ("repeated-question", replace(GOOD, similar=("退款要等几天", "退款要等几天！！")), "similar[2]"),
    ("repeated-question", replace(GOOD, similar=("退款多久到账?!",)), "similar[1]"),
    ("spaces", replace(GOOD, answer="一到三天，　请  等待。"), "answer"),
    ("width", replace(GOOD, answer="一到３天,请等待。"), "answer"),
    ("width", replace(GOOD, similar=("退款要等３天吗",)), "similar[1]"),
]
FINE = [
    ("channel-limit", replace(GOOD, answer=LONG, channels=(SHORT, replace(SHORT, channel="wecom")))),
    ("markup", replace(GOOD, answer="请等一到三天（1 < 3），看 <https://a.cn>。")),
    ("expired", replace(GOOD, valid_until=TODAY)),
    ("expires-soon", replace(GOOD, valid_until=date(2026, 12, 6))),
    ("review-due", replace(GOOD, reviewed=date(2025, 11, 21))),
    ("personal-data", replace(GOOD, answer="请打0571-88886666。")),
    ("no-next-step", replace(GOOD, answer="退款不能加急，请耐心等待。", links=(), buttons=())),
    ("no-next-step", replace(GOOD, answer="退款不能加急。")),
    ("several-questions", replace(GOOD, similar=("退款多久到，能不能快点？？",))),
    ("spaces", replace(GOOD, answer="7 天无理由 App 退货", rich="- 一\n    - 二")),
    ("width", replace(GOOD, answer="网址 https://a.cn，12:30 前", similar=("退款,多久?",))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "entry", "field"), CASES)
def test_a_flaw_is_found_at_its_place(code: str, entry: Entry, field: str) -> None:
    finding = only(code, entry, OTHER)
    assert (finding.entry, finding.field, finding.topic) == ("time", field, "退款")
    assert finding.message
    assert finding.mend


@pytest.mark.parametrize(("code", "entry"), FINE)
def test_what_is_meant_so_is_left_alone(code: str, entry: Entry) -> None:
    assert code not in codes(entry, OTHER)


def test_without_known_pages_no_link_is_dead() -> None:
    assert "dead-link" not in codes(
        replace(GOOD, links=(Link("说明", "/x"),)), OTHER, policy=LintPolicy(TODAY)
    )


def test_a_button_to_a_hidden_entry_is_found() -> None:
    hidden = replace(OTHER, audience="agents")
    finding = only("hidden-follow-up", GOOD, hidden)
    assert (finding.field, finding.others) == ("buttons[1].entry", ("where",))
    assert "hidden-follow-up" not in codes(replace(GOOD, audience="agents"), hidden)


def test_what_another_entry_says_is_told_from_ones_own_side() -> None:
    hidden = replace(OTHER, audience="agents")
    findings = lint_entries([GOOD, hidden], POLICY)
    assert findings_about(GOOD, findings) == findings
    (told,) = findings_about(hidden, findings)
    assert (told.entry, told.field, told.others) == ("where", "", ("time",))
    assert told.message == "条目 time 的后续按钮第1条：本条目今天不对顾客显示，按钮不会出现"
    assert findings_about(replace(OTHER, id="third"), findings) == ()


def test_channels_are_named_in_chinese() -> None:
    long = replace(GOOD, answer=LONG, channels=(SHORT,), buttons=(EntryButton("长" * 43, "where"),))
    said = "".join(
        f.message + f.mend for f in lint_entries([long, OTHER], POLICY) if f.code == "channel-limit"
    )
    assert "企业微信" in said
    assert "wecom" not in said


def test_one_question_in_two_entries() -> None:
    claimed = replace(OTHER, similar=("退款多久到账",))
    finding = only("conflicting-answers", GOOD, claimed)
    assert (finding.severity, finding.entry, finding.field, finding.others) == (
        "error",
        "where",
        "similar[1]",
        ("time",),
    )
    same = replace(claimed, answer=GOOD.answer)
    assert only("same-question", GOOD, same).others == ("time",)
    assert "conflicting-answers" not in codes(GOOD, same)
    assert "same-question" not in codes(GOOD, claimed)
    seasons = (
        replace(GOOD, valid_from=TODAY, valid_until=date(2027, 1, 31)),
        replace(claimed, valid_from=date(2027, 2, 1)),
    )
    assert "conflicting-answers" not in codes(*seasons)


def test_entries_meet_only_on_common_days_before_common_readers() -> None:
    assert may_meet(GOOD, OTHER)
    assert not may_meet(GOOD, replace(OTHER, audience="agents"))
    first, second = replace(GOOD, valid_until=TODAY), replace(OTHER, valid_from=TODAY)
    assert may_meet(first, second)
    assert not may_meet(first, replace(second, valid_from=date(2026, 11, 22)))


@pytest.mark.parametrize(
    ("one", "other", "contradiction"),
    [
        ("７天内可以退。", "15 日内可以退。", "7天 与 15天"),
        ("可以退。", "拆封后不能退。", "一个说可以，一个说不可以"),
        ("7 天内可以退。", "签收起7天可以退。", ""),
        ("满99元包邮，运费 8 元。", "运费8元。", ""),
        ("48小时内发货。", "2天内送到。", ""),
        ("不能退。", "不支持退货。", ""),
        ("请看说明。另外 3 天内回复。", "请看说明。另外 5 天内回复。", ""),
    ],
)
def test_contradictions(one: str, other: str, contradiction: str) -> None:
    assert contradicts(one, other) == contradiction
    assert bool(contradicts(other, one)) is bool(contradiction)


def many() -> list[Entry]:
    """Twelve entries with five questions each that have nothing in common."""
    trades = ["书", "鞋", "茶", "灯", "伞", "车", "米", "糖", "花", "药", "猫", "船"]
    asks = ("{0}怎么洗", "{0}掉色了", "想把{0}送朋友", "哪种{0}最轻", "一千个{0}什么价")
    return [
        Entry(f"e{n}", asks[0].format(t * 3), "请联系店员。", tuple(a.format(t * 3) for a in asks[1:]), "题")
        for n, t in enumerate(trades)
    ]


def encoded(entries: list[Entry], encoder: Encoder) -> Vectors:
    return encoder.encode(QuestionLines.of(entries).texts)


def test_questions_that_the_encoder_takes_for_one(encoder: Encoder) -> None:
    entries = many()
    one = Entry("a", "退款几天到账", "三天内到账，请等待。", ("退的钱几时到", "退款速度"), "题")
    other = Entry("b", "退款几天能到账", "五天内到账，请等待。", ("退款到账时间", "退款慢不慢"), "题")
    found = lint_entries([*entries, one, other], POLICY, encoded([*entries, one, other], encoder))
    (finding,) = (f for f in found if f.code == "possible-conflict")
    assert (finding.entry, finding.field, finding.others) == ("a", "question", ("b",))
    assert "3天" not in finding.message
    assert "三天 与 五天" in finding.message
    agreed = replace(other, answer="三天，请查看。")
    found = lint_entries([*entries, one, agreed], POLICY, encoded([*entries, one, agreed], encoder))
    assert {f.code for f in found if f.entry == "a"} >= {"near-question"}
    assert "possible-conflict" not in {f.code for f in found}


def test_distinct_questions_are_not_near(encoder: Encoder) -> None:
    entries = many()
    assert not {"near-question", "possible-conflict"} & codes(*entries, vectors=encoded(entries, encoder))


def on_axes(groups: list[list[int]]) -> tuple[list[Entry], Vectors]:
    """An entry a group; each line points along its axis, a little off so that no two are the same."""
    noise = np.random.default_rng(0)
    entries = [
        Entry(f"e{n}", f"问{n}之0", "请等待。", tuple(f"问{n}之{k}" for k in range(1, len(axes))), "题")
        for n, axes in enumerate(groups)
    ]
    vectors = np.zeros((sum(map(len, groups)), 64), np.float32)
    for row, axis in enumerate(axis for axes in groups for axis in axes):
        vectors[row, axis] = 1
        vectors[row, 20:] = noise.normal(0, 0.15, 44)
    return entries, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_question_that_belongs_elsewhere() -> None:
    entries, vectors = on_axes([[n] * 5 for n in range(11)] + [[11, 11, 11, 11, 3]])
    found = [f for f in lint_entries(entries, POLICY, vectors) if f.code == "misplaced-question"]
    assert [(f.entry, f.field, f.others) for f in found] == [("e11", "similar[4]", ("e3",))]
    entries, vectors = on_axes([[n] * 5 for n in range(12)])
    assert "misplaced-question" not in codes(*entries, vectors=vectors)


def test_an_entry_of_one_question_is_not_misplaced() -> None:
    entries, vectors = on_axes([[n] * 5 for n in range(11)] + [[3]])
    assert "misplaced-question" not in codes(*entries, vectors=vectors)


def test_few_lines_are_not_compared_and_too_many_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    entries, vectors = on_axes([[n] * 4 for n in range(12)])
    assert not codes(*entries, vectors=np.full_like(vectors, 1 / 8)) & {"near-question", "misplaced-question"}
    assert "not-compared" not in codes(*entries, vectors=vectors)
    monkeypatch.setattr("bot.faq.lint.question_checks.COMPARED_LINES", 40)
    assert "not-compared" in codes(*entries, vectors=vectors)


def test_vectors_of_other_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="5 lines do not go with 3 vectors"):
        lint_entries([GOOD, OTHER], POLICY, np.ones((3, 4), np.float32))


def test_the_worst_comes_first() -> None:
    found = lint_entries([replace(GOOD, similar=(), answer=""), OTHER], POLICY)
    assert [finding.severity for finding in found] == ["error", "warning"]
    assert found[0].to_json()["code"] == "empty"


@given(topic_lists())
@settings(max_examples=30, deadline=None)
def test_mending_mends_all_that_is_mechanical_and_nothing_else(topics: tuple[Topic, ...]) -> None:
    entries = [entry for topic in topics for entry in topic.entries]
    mended = [mend(entry) for entry in entries]
    assert [mend(entry) for entry in mended] == mended
    assert not {f.code for f in lint_entries(mended, POLICY) if f.fixable}
    for before, after in zip(entries, mended, strict=True):
        fixable = [f for f in lint_entries([before], POLICY) if f.fixable]
        assert bool(fixable) is (before != after)


def test_mending_says_the_same() -> None:
    entry = replace(
        GOOD,
        question="退款 ３ 天？",
        answer="可以,请等３天 ！",
        similar=("退款 3 天！", "退款 ３ 天？！", "退款  几天?"),
        tags=("ＶＩＰ",),
    )
    assert mend(entry) == replace(
        GOOD,
        question="退款 3 天？",
        answer="可以，请等3天！",
        similar=("退款 3 天！", "退款 几天?"),
        tags=("VIP",),
    )


def test_files_are_mended_in_place(tmp_path: Path) -> None:
    write_topics(tmp_path, [Topic("refunds", "退款", (GOOD, OTHER)), Topic("shop", "店", ())])
    file = tmp_path / "refunds.yml"
    text = file.read_text("utf-8")
    assert list(check_files(tmp_path, load_topics(tmp_path))) == []
    file.write_text(text.replace("退款要等几天", "退款要等３天"), "utf-8")
    assert list(check_files(tmp_path, load_topics(tmp_path))) == []
    after = mend_files(tmp_path, load_topics(tmp_path))
    assert load_topics(tmp_path) == after
    assert after[0].entries[0].similar[1] == "退款要等3天"
    file.write_text(text.replace("\n\n", "\n\n\n"), "utf-8")
    (finding,) = check_files(tmp_path, load_topics(tmp_path))
    assert (finding.code, finding.topic, finding.fixable) == ("file-form", "退款", True)
    mend_files(tmp_path, load_topics(tmp_path))
    assert file.read_text("utf-8") == text


def test_a_file_with_comments_is_left_alone(tmp_path: Path) -> None:
    write_topics(tmp_path, [Topic("refunds", "退款", (GOOD, OTHER))])
    file = tmp_path / "refunds.yml"
    text = "# 双十一前改\n" + file.read_text("utf-8").replace("退款要等几天", "退款要等３天")
    file.write_text(text, "utf-8")
    topics = load_topics(tmp_path)
    (finding,) = check_files(tmp_path, topics)
    assert not finding.fixable
    assert mend_files(tmp_path, topics) == topics
    assert file.read_text("utf-8") == text


def test_the_shops_limits_are_read(tmp_path: Path) -> None:
    file = tmp_path / "faq_lint.yml"
    assert LintPolicy.read(file, TODAY) == LintPolicy(TODAY)
    file.write_text("answer_length: 80\npages: [/help/*]\ncontacts: [400-1]\n", "utf-8")
    assert LintPolicy.read(file, TODAY) == LintPolicy(
        TODAY, answer_length=80, pages=("/help/*",), contacts=("400-1",)
    )
    assert LintPolicy.read(ROOT / "data" / "faq_lint.yml", TODAY).pages


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("answer_length: 0", "answer_length must be at least 1, got 0"),
        ("answer_length: viel", "answer_length: must be a whole number, got 'viel'"),
        ("pages: /help", "pages: must be a list of texts"),
        ("near: 1", "near: is no field"),
        ("[1]", "must be a mapping"),
    ],
)
def test_bad_limits_are_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "faq_lint.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(named)):
        LintPolicy.read(file, TODAY)


def test_every_rule_is_documented_and_tried() -> None:
    page = (ROOT / "docs" / "faq-files.md").read_text("utf-8").split("## Lint")[1]
    documented = re.findall(r"^\| `([a-z-]+)` \| (error|warning|info) \|", page, re.M)
    assert documented == [(rule.code, rule.severity) for rule in RULES]
    here = Path(__file__).read_text("utf-8")
    assert [rule.code for rule in RULES if f'"{rule.code}"' not in here] == []


def test_the_shops_own_entries_have_no_errors() -> None:
    folder = ROOT / "data" / "faq"
    topics = load_topics(folder)
    policy = LintPolicy.read(folder.parent / "faq_lint.yml", TODAY)
    entries = [entry for topic in topics for entry in topic.entries]
    assert [*lint_entries(entries, policy), *check_files(folder, topics)] == []
    assert all(format_topic(topic) for topic in topics)
