"""What was typed comes first; what was meant is used where it is answered, and the record says so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry, EntryButton
from bot.faq.fit import fit_responder, make_corpus
from bot.faq.off_topic import load_off_topic
from bot.faq.responder import Responder
from bot.faq.sounds import Sounds
from bot.faq.understanding import Replies, Understanding

OFF_TOPIC = Path(__file__).parents[2] / "data" / "off_topic.txt"
ENTRIES = (
    Entry(
        "how",
        "怎么申请退货？",
        "在订单里点申请退货。",
        ("我要退货", "退货怎么操作", "东西想退掉", "哪里能申请退货", "退货流程", "买的东西怎么退货"),
        "退货",
        buttons=(EntryButton("退货运费谁出", "freight"),),
    ),
    Entry(
        "freight",
        "退货运费谁出？",
        "质量问题由商城承担，其他由您承担。",
        ("退货的运费要我付吗", "寄回去的邮费谁承担", "退货运费怎么算", "退货运费要自己掏吗"),
        "退货",
    ),
    Entry(
        "refund",
        "退款多久到账？",
        "1 到 3 个工作日原路退回。",
        ("退款几天能到", "钱什么时候退给我", "退款要多长时间", "退的钱多久到账", "退款怎么还没到账"),
        "退款",
    ),
    Entry(
        "invoice",
        "怎么开发票？",
        "在订单里点申请发票。",
        ("发票在哪里开", "我要开发票", "怎么申请发票", "可以开票吗", "要一张发票"),
        "发票",
    ),
    Entry(
        "invoice-time",
        "发票多久能开好？",
        "申请后 24 小时内。",
        ("发票几天能好", "开票要多久", "发票什么时候开出来", "发票要等多久", "发票多久发给我"),
        "发票",
    ),
    Entry(
        "exchange",
        "怎么换尺码？",
        "在订单里点申请换货。",
        ("想换个大一码的", "换货怎么弄", "尺码不合适怎么换货", "我要换货", "申请换货", "要换货"),
        "换货",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def responder(encoder: Encoder) -> Responder:
    def encode(texts: Sequence[str]) -> EncodedTexts:
        return EncodedTexts.encode(encoder, texts)

    corpus = make_corpus(ENTRIES, load_off_topic(OFF_TOPIC)[:150], "", encode)
    return fit_responder(ENTRIES, corpus, encoder, 0.1, lambda line: None).responder


@pytest.fixture(scope="module")
def understanding(responder: Responder) -> Understanding:
    return Understanding.of(responder, Sounds.load())


def entries(replies: Replies) -> list[str | None]:
    return [reply.record.entry for reply in replies]


def test_what_is_answered_as_typed_is_left_alone(responder: Responder, understanding: Understanding) -> None:
    typed = responder.reply("退款多久到账")
    (reply,) = understanding.reply("退款多久到账", "invoice")
    assert typed.record.decision == "answer"
    assert (reply.record.entry, reply.record.understood) == (typed.record.entry, ())


def test_pinyin_is_read(understanding: Understanding) -> None:
    (reply,) = understanding.reply("tuikuan duojiu daozhang")
    assert reply.record.entry == "refund"
    assert reply.record.understood == ("pinyin tuikuan duojiu daozhang → 退款多久到账",)


def test_what_is_wanted_is_answered_not_what_is_denied(understanding: Understanding) -> None:
    (reply,) = understanding.reply("我不是要开发票，我是想申请退货")
    assert reply.record.entry == "how"
    assert reply.record.understood == ("denied, asked instead: 申请退货",)


def test_what_is_denied_is_no_question_of_its_own(understanding: Understanding) -> None:
    replies = understanding.reply("不是问怎么开发票，我想问退款多久到账")
    assert entries(replies) == ["refund"]


def test_both_questions_are_answered_in_order(understanding: Understanding) -> None:
    replies = understanding.reply("怎么开发票？退款多久到账？")
    assert entries(replies) == ["invoice", "refund"]
    assert replies[0].record.understood == ("2 questions: 怎么开发票 / 退款多久到账",)
    assert replies[0].record.also == ("refund",)


def test_two_questions_of_one_answer_are_one_answer(understanding: Understanding) -> None:
    assert len(understanding.reply("退款多久到账？退款几天能到？")) == 1


def test_the_second_question_goes_on_from_the_first(understanding: Understanding) -> None:
    assert entries(understanding.reply("怎么开发票，要多久？")) == ["invoice", "invoice-time"]


def test_a_second_question_without_a_subject_has_no_answer_of_its_own(understanding: Understanding) -> None:
    assert len(understanding.reply("退款多久到账？怎么弄？")) == 1


def test_a_fragment_goes_on_from_the_answer_before(understanding: Understanding) -> None:
    (after,) = understanding.reply("多久？", "invoice")
    assert after.record.entry == "invoice-time"
    assert after.record.understood[0].startswith("after invoice: ")


def test_a_button_of_the_answer_before_is_what_a_fragment_of_it_means(understanding: Understanding) -> None:
    (reply,) = understanding.reply("那运费呢？", "how")
    assert (reply.record.entry, reply.record.understood) == ("freight", ("after how: 退货运费谁出",))


def test_an_entry_that_is_gone_is_no_answer_before(understanding: Understanding) -> None:
    assert understanding.reply("多久？", "gone")[0].record.understood == ()


@pytest.mark.parametrize(
    "text", ["", " ", "？？？", "😀", "\x00", "好的", "今天天气真好", "天气怎么样", "x" * 5000]
)
def test_what_nobody_understands_is_decided_as_typed(
    responder: Responder, understanding: Understanding, text: str
) -> None:
    (reply,) = understanding.reply(text, "invoice")
    assert reply.record.decision == responder.reply(text).record.decision
    assert reply.record.understood == ()


@given(st.text(alphabet="不是要退款，换货怎么开发票？运费呢多久tuikan1、", max_size=25))
@settings(deadline=None, max_examples=40)
def test_any_text_gets_answers_or_what_was_typed(
    responder: Responder, understanding: Understanding, text: str
) -> None:
    replies = understanding.reply(text, "how")
    if replies[0].record.understood:
        assert all(reply.record.decision == "answer" for reply in replies)
        assert len(set(entries(replies))) == len(replies)
    else:
        assert entries(replies) == [responder.reply(text).record.entry]
