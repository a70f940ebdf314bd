"""An FAQ of six entries has nothing to calibrate on: it asks back rather than answer wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.faq.encoder import Encoder
from bot.faq.evaluate import fit_in_memory, read_faq
from bot.faq.off_topic import load_off_topic
from bot.faq.sounds import Sounds
from bot.faq.understanding import Understanding
from tests.faq.small_faq import ENTRIES, write_sources

# Asked of a library, each in the form of one of its questions.
NEAR_MISSES = """
书店几点关门 健身房几点开门 周一限号吗 图书馆在哪 办健身卡 身份证丢了怎么办 驾照怎么办 手机弄丢了 借钱 借
续费会员 订电影座位 预约挂号 打印机坏了修一下 打车要多少钱 asdfgh 的的的的的
👍👍👍 今天天气不错我们去公园划船然后吃火锅你觉得呢
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Understanding:
    sources = write_sources(tmp_path_factory.mktemp("library"))
    entries, off_topic = read_faq(Path(sources.entries)), load_off_topic(sources.off_topic)
    fitted = fit_in_memory(entries, encoder, off_topic, "", 0.02, print)
    assert not fitted.report.own_calibration
    return Understanding.of(fitted.responder, Sounds.load())


@pytest.mark.parametrize("text", NEAR_MISSES.split())
def test_what_only_looks_alike_is_not_answered(library: Understanding, text: str) -> None:
    assert library.reply(text)[0].record.decision != "answer"


@pytest.mark.parametrize("name", list(ENTRIES))
def test_what_the_faq_says_is_answered(library: Understanding, name: str) -> None:
    question, _, similar = ENTRIES[name]
    replies = [library.reply(text)[0].record for text in (question, *similar)]
    assert {reply.entry for reply in replies} <= {name, None}
    assert sum(reply.entry == name for reply in replies) >= 3


@pytest.mark.parametrize(
    ("text", "name"),
    [("借书证要怎么办理呀", "card"), ("打印一张几毛钱", "print"), ("书弄丢要赔多少钱", "lost")],
)
def test_other_words_are_answered_or_asked_back_with_the_right_entry(
    library: Understanding, text: str, name: str
) -> None:
    reply = library.reply(text)[0]
    assert name in [entry.id for entry in reply.entries]
