"""Physical danger from goods: what to do is said at once, and a ticket goes ahead of all others."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.handoff.past_turns import past_turns
from bot.handoff.policy import HandOff, Thresholds, decide
from bot.handoff.replay import replay
from bot.tables import TurnRow
from tests.desk import MORNING, Desk

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("电热毯着火了！！", ("断电", "别用水扑", "119", "120")),
        ("热水器漏电，刚才把我老公电了一下", ("断电", "别直接用手拉", "120")),
        ("厨房里一股燃气味，灶是你们家买的", ("阀门", "通风", "别碰电器开关", "119")),
        ("充电宝在桌上鼓包了，会不会炸啊", ("停止充电", "离远", "119", "120")),
        ("孩子吃了你们家的饼干上吐下泻", ("就医", "120", "票据")),
    ],
)
async def test_what_to_do_comes_first_and_the_ticket_is_urgent(
    desk: Desk, text: str, told: tuple[str, ...]
) -> None:
    await desk.say("转人工", "c2")
    await desk.say(text)
    (ticket,) = await desk.tickets()
    assert (ticket.reason, ticket.priority, ticket.skill) == ("danger", "urgent", "safety")
    assert ticket.category == "人身安全"
    said = (await desk.last()).text
    assert all(word in said for word in (*told, ticket.number))
    assert len(re.findall("。", said)) <= 3
    assert (await desk.status()).ahead == 0
    assert not desk.dialogue.calls


async def test_a_question_about_goods_is_no_danger(desk: Desk) -> None:
    await desk.say("这个热水器会漏电吗")
    assert await desk.tickets() == []
    assert (await desk.trace())["policy"]["danger"] is None


async def test_whoever_waits_is_told_what_to_do_first(desk: Desk) -> None:
    await desk.say("转人工")
    await desk.say("插座冒烟了！")
    assert "断电" in (await desk.last()).text
    (ticket,) = await desk.tickets()
    assert (ticket.reason, ticket.priority) == ("danger", "urgent")
    await desk.say("还在冒烟")
    assert "119" in (await desk.last()).text
    assert "断电" not in (await desk.last()).text


async def test_a_danger_is_replayed_and_turns_from_before_it_are_still_read(desk: Desk) -> None:
    await desk.say("怎么退货", "c1")
    await desk.say("插座冒烟了", "c2")
    since = MORNING - timedelta(days=1)

    def forget(session: Session) -> None:
        for turn in session.scalars(sa.select(TurnRow).where(TurnRow.conversation_id == "c1")):
            policy = {name: value for name, value in turn.trace["policy"].items() if name != "danger"}
            turn.trace = {**turn.trace, "policy": policy}

    await desk.database.write(forget)
    old, new = await desk.database.read(lambda session: list(past_turns(session, since)))
    assert old.state.danger is None
    assert new.state.danger == "fire_or_electricity"
    assert decide(new.state, Thresholds()) == HandOff.because("danger")
    assert replay([old, new], Thresholds()).changes == ()
