from __future__ import annotations

import pytest

from bot.faq.replay import AskedQuestion
from bot.maintenance.asked_questions import asked_questions
from tests.desk import Desk

pytestmark = pytest.mark.anyio


def read(desk: Desk, last: int = 100) -> list[AskedQuestion]:
    return desk.database.read_now(lambda session: asked_questions(session, last))


async def test_what_the_faq_decided_is_read_newest_first_and_counted(desk: Desk) -> None:
    await desk.say("怎么退货")
    await desk.say("怎么退货", "c2")
    await desk.say("含糊", "c2")
    await desk.say("听不懂的话", "c3")
    assert read(desk) == [
        AskedQuestion("听不懂的话", 1, "no_answer", None),
        AskedQuestion("含糊", 1, "clarify", None),
        AskedQuestion("怎么退货", 2, "answer", "returns-how"),
    ]
    assert [question.text for question in read(desk, 2)] == ["听不懂的话", "含糊"]


async def test_small_talk_clicks_and_wishes_for_a_human_are_no_questions(desk: Desk) -> None:
    await desk.say("你好")
    await desk.say("含糊")
    asked = await desk.last()
    await desk.click(asked.seq, asked.choices[0].id)
    await desk.say("转人工")
    await desk.say("怎么退货")
    assert [question.text for question in read(desk)] == ["含糊"]


async def test_personal_data_is_masked(desk: Desk) -> None:
    await desk.say("退货电话留13812345678行吗")
    await desk.say("退货电话留 13812345678 行吗", "c2")
    for question in read(desk):
        assert "退货电话" in question.text
        assert "13812345678" not in question.text


async def test_none_is_asked_for_less_than_one(desk: Desk) -> None:
    assert read(desk) == []
    with pytest.raises(ValueError, match="last"):
        read(desk, 0)
