"""What a customer hears who waits for a human: the place, that all is noted, and the way back to the bot."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from bot.conversations.transcript import RESUME_PAYLOAD
from bot.conversations.waiting import SEVERAL
from bot.handoff import notify
from tests.desk import Clock, Desk, open_desk
from tests.dialogue import FakeDialogue

pytestmark = pytest.mark.anyio
FRAUD = "有人盗刷了我的账户，刚被骗了五千块钱"


async def reply(desk: Desk, text: str, conversation: str = "c1") -> str | None:
    """What the bot says to it; None when it is silent."""
    heard = await desk.say(text, conversation)
    said = [m for m in await desk.messages(conversation) if m.answers == heard.seq]
    assert len(said) <= 1
    return said[0].text if said else None


async def test_words_take_back_the_wish_as_the_button_does(desk: Desk) -> None:
    for conversation in ("clicks", "writes"):
        await desk.say("转人工", conversation)
    notice = await desk.last("clicks")
    await desk.click(notice.seq, notice.choices[0].id, "clicks")
    await desk.say("不用了不用了", "writes")
    for conversation in ("clicks", "writes"):
        assert (await desk.status(conversation)).owner == "bot"
        (ticket,) = await desk.tickets(conversation)
        assert ticket.state == "open"
        assert ticket.number in (await desk.last(conversation)).text
        assert [turn.outcome for turn in await desk.turns(conversation)] == ["handoff", "replied"]
    await desk.say("怎么退货", "writes")
    assert (await desk.last("writes")).text.startswith("关于")


async def test_words_do_not_take_back_what_is_about_a_danger(desk: Desk) -> None:
    await desk.say(FRAUD)
    first = await reply(desk, "不用了")
    second = await reply(desk, "没事了")
    assert first in notify.NOT_LET_GO
    assert second in notify.NOT_LET_GO
    assert first != second
    assert (await desk.status()).owner == "queue"
    last = await desk.last()
    assert [choice.payload for choice in last.choices] == [RESUME_PAYLOAD]
    await desk.click(last.seq, last.choices[0].id)
    assert (await desk.status()).owner == "bot"


async def test_questions_about_the_waiting_are_answered_each_time(desk: Desk) -> None:
    await desk.say("转人工", "other")
    await desk.say("转人工")
    told = [await reply(desk, text) for text in ("还要等多久啊", "排第几", "人呢", "转人工")]
    number = (await desk.tickets())[0].number
    for text in told:
        assert text is not None
        assert "前面还有 1 位" in text
        assert number in text
    assert all(one != other for one, other in itertools.pairwise(told))
    assert [choice.payload for choice in (await desk.last()).choices] == [RESUME_PAYLOAD]


async def test_after_hours_the_answer_is_when_somebody_is_there(tmp_path: Path) -> None:
    clock = Clock()
    clock.advance(hours=13)
    async with open_desk(tmp_path / "bot.db", clock=clock) as desk:
        await desk.say("转人工")
        assert "明天09:00" in (await reply(desk, "怎么还没人") or "")


async def test_all_else_is_noted_at_once_then_after_several_messages(desk: Desk) -> None:
    await desk.say("转人工")
    told = [await reply(desk, f"补充第{number}点，颜色是红的") for number in range(2 * SEVERAL + 1)]
    assert [number for number, text in enumerate(told) if text] == [0, SEVERAL, 2 * SEVERAL]
    said = [text for text in told if text]
    assert set(said) <= set(notify.NOTED)
    assert all(one != other for one, other in itertools.pairwise(said))
    assert not desk.dialogue.calls


async def test_what_is_noted_after_some_minutes_tells_the_place_too(desk: Desk) -> None:
    await desk.say("转人工")
    await desk.say("补充一下，是昨天的单")
    assert await reply(desk, "红色的那件") is None
    desk.clock.advance(minutes=3)
    assert "马上轮到您" in (await reply(desk, "尺码是L") or "")


async def test_who_vents_is_told_that_it_is_noted_and_nothing_else(desk: Desk) -> None:
    await desk.say("转人工")
    assert await reply(desk, "太差劲了，什么破服务") in notify.NOTED_UPSET
    assert await reply(desk, "垃圾店，气死我了") is None


async def test_courtesy_is_not_noted(desk: Desk) -> None:
    await desk.say("转人工")
    assert await reply(desk, "好的，谢谢") in notify.TO_COURTESY


async def test_danger_is_answered_each_time_and_moves_the_ticket_forward(desk: Desk) -> None:
    await desk.say("转人工")
    assert "12356" in (await reply(desk, "我不想活了，活着没意思") or "")
    (ticket,) = await desk.tickets()
    assert (ticket.priority, ticket.reason) == ("urgent", "self_harm")
    again = [await reply(desk, "真的不想活了") for _ in range(2)]
    assert set(again) <= set(notify.NOTED_IN_DANGER)
    assert again[0] != again[1]


async def test_a_restart_answers_what_was_said_in_the_queue_once(tmp_path: Path) -> None:
    dialogue = FakeDialogue()
    async with open_desk(tmp_path / "bot.db", dialogue) as first:
        await first.say("转人工")
        await first.router.stop()
        for text in ("颜色是红的", "还要等多久", "不用了"):
            await first.say(text, settle=False)
    for _ in range(2):
        async with open_desk(tmp_path / "bot.db", dialogue) as again:
            await again.router.idle()
            answers = [message.answers for message in await again.messages() if message.sender == "bot"]
            assert answers == [1, 3, 4, 5]
            assert (await again.status()).owner == "bot"
