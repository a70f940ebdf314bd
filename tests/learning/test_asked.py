"""Which questions count as asked in vain, read from real conversations in a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.conversations.rasa_client import RasaTurn
from bot.faq.gaps import Asked
from bot.learning.asked import read_asked
from bot.messages import DecisionRecord, Reply
from tests.desk import Desk, open_desk
from tests.dialogue import FakeDialogue, answered, clarified, missed, said

pytestmark = pytest.mark.anyio


def script(text: str, _metadata: Mapping[str, Any]) -> RasaTurn:
    if text == "/unhelpful" or "没解决" in text:
        record = DecisionRecord("no_answer", None, 0.0, 0.0)
        reply = Reply("换个说法试试。")
        return RasaTurn((reply,), "unhelpful", 1.0, actions=("action_unhelpful",), decision=record)
    if text == "你好":
        return said("您好。")
    if "刻字" in text:
        return missed(f"我没听懂“{text}”。")
    if "会员" in text:
        return clarified()
    turn = answered(f"关于“{text}”：在订单页操作即可。")
    intent = "choose_entry" if text.startswith("/choose_entry") else "faq"
    return replace(turn, intent=intent, replies=(replace(turn.replies[0], entry="returns-how"),))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path / "bot.db", FakeDialogue(script)) as opened:
        yield opened


async def asked(desk: Desk, days: float = 30) -> list[Asked]:
    since = desk.clock() - timedelta(days=days)
    return await desk.database.read(lambda session: read_asked(session, since))


async def told(desk: Desk) -> list[tuple[str, tuple[str, ...], str | None, str | None]]:
    return [(one.text, one.reasons, one.chosen, one.shown) for one in await asked(desk)]


async def test_what_was_answered_or_was_no_question_is_no_gap(desk: Desk) -> None:
    await desk.say("你好")
    await desk.say("怎么退货")
    await desk.say("转人工", "c2")
    assert await asked(desk) == []


async def test_what_got_no_answer(desk: Desk) -> None:
    await desk.say("你好")
    await desk.say("能不能  刻字")
    (one,) = await asked(desk)
    assert (one.text, one.customer, one.key, one.reasons) == ("能不能 刻字", "c1", "c1:3", ("unresolved",))
    assert one.at == desk.clock()


async def test_what_was_asked_back_and_not_taken_up(desk: Desk) -> None:
    await desk.say("会员的事")
    await desk.say("怎么退货")
    await desk.say("会员怎么了", "c2")
    assert await told(desk) == [
        ("会员的事", ("unclicked",), None, None),
        ("会员怎么了", ("unclicked",), None, None),
    ]


async def test_a_click_says_where_the_question_belongs(desk: Desk) -> None:
    await desk.say("会员的事")
    await desk.click((await desk.last()).seq, "b1")
    assert await told(desk) == [("会员的事", ("clicked",), "returns-how", None)]


async def test_a_click_that_did_not_help(desk: Desk) -> None:
    await desk.say("会员的事")
    await desk.click((await desk.last()).seq, "b1")
    await desk.conversations.judge("c1", "web", "f1", (await desk.last()).seq, helpful=False)
    await desk.router.idle()
    assert await told(desk) == [("会员的事", ("clicked", "unhelpful"), "returns-how", "returns-how")]


@pytest.mark.parametrize("pressed", [True, False])
async def test_what_was_answered_and_did_not_help(desk: Desk, pressed: bool) -> None:
    await desk.say("怎么退货")
    if pressed:
        await desk.conversations.judge("c1", "web", "f1", 2, helpful=False)
        await desk.router.idle()
    else:
        await desk.say("没解决")
    assert await told(desk) == [("怎么退货", ("unhelpful",), None, "returns-how")]


async def test_a_human_was_asked_for_instead(desk: Desk) -> None:
    await desk.say("能刻字吗")
    await desk.say("我要转人工")
    await desk.say("怎么退货", "c2")
    await desk.say("转人工", "c2")
    assert await told(desk) == [
        ("能刻字吗", ("unresolved", "handed_off"), None, None),
        ("怎么退货", ("handed_off",), None, "returns-how"),
    ]


async def test_the_miss_that_brings_a_human_is_a_question_too(desk: Desk) -> None:
    for text in ("能刻字吗", "刻字行不行", "到底能不能刻字"):
        await desk.say(text)
    assert (await desk.status()).owner == "queue"
    assert [reasons for _, reasons, _, _ in await told(desk)] == [
        ("unresolved",),
        ("unresolved",),
        ("unresolved", "handed_off"),
    ]


async def test_somebody_in_danger_asks_for_no_entry(desk: Desk) -> None:
    await desk.say("能不能刻字")
    await desk.say("不能刻字我就不想活了")
    assert (await desk.status()).owner == "queue"
    assert [text for text, _, _, _ in await told(desk)] == ["能不能刻字"]


async def test_personal_data_stays_where_it_is(desk: Desk) -> None:
    await desk.say("我叫王小明，手机13812345678，能刻字吗")
    (one,) = await asked(desk)
    assert "13812345678" not in one.text
    assert "王小明" not in one.text


async def test_only_recent_words_of_customers_that_could_be_a_question(desk: Desk) -> None:
    await desk.say("以前能刻字吗")
    desk.clock.advance(days=40)
    await desk.say("能刻字吗？" + "我跟您说，" * 30)
    await desk.conversations.receive("q1", "ask", "ask", "能刻字吗")
    await desk.router.idle()
    assert await asked(desk) == []
    assert [one.text for one in await asked(desk, 60)] == ["以前能刻字吗"]
