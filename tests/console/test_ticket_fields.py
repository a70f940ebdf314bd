"""What a customer gives for a ticket: whole for the agent who has it, masked for everybody else."""

from __future__ import annotations

from functools import partial

import pytest

from bot.console.views import conversation_detail, ticket_page
from bot.conversations.rasa_client import RasaTurn
from bot.messages import Reply, TicketNote, TicketRequest
from tests.desk import Desk

PHONE = "13800138000"
CALL = TicketRequest("callback", "请致电客户", {"phone": PHONE, "time": "明天15:00以后"})


def registered(*_: object) -> RasaTurn:
    return RasaTurn((Reply("登记好了。"),), "request_callback", 0.9, tickets=(CALL,))


@pytest.mark.anyio
async def test_only_the_assigned_agent_reads_the_phone(desk: Desk) -> None:
    desk.dialogue.script = registered
    await desk.say("给我回电")
    agent, other = await desk.agent("小林"), await desk.agent("小王")
    await desk.conversations.take("c1", agent)

    def fields(reader: int) -> dict[str, str]:
        detail = desk.database.read_now(lambda s: conversation_detail(s, "c1", lambda _c: False, reader))
        return next(dict(t["fields"]) for t in detail["tickets"] if t["reason"] == "callback")

    assert fields(agent.id)["phone"] == PHONE
    assert PHONE not in fields(other.id)["phone"]
    assert fields(other.id)["time"] == CALL.fields["time"]
    page, _ = desk.database.read_now(lambda s: ticket_page(s, "open", None, other.id))
    assert PHONE not in str(page)


@pytest.mark.anyio
async def test_a_note_is_added_to_the_customers_own_open_ticket(desk: Desk) -> None:
    desk.dialogue.script = registered
    await desk.say("给我回电")
    page, _ = desk.database.read_now(lambda s: ticket_page(s, "open", None, 0))
    number = page[0]["number"]

    def adds(text: str, _metadata: object) -> RasaTurn:
        return RasaTurn((Reply("加好了。"),), "add_to_ticket", 0.9, notes=(TicketNote(number, text),))

    desk.dialogue.script = adds
    await desk.say("打不通就发短信")
    await desk.say("周末也可以")
    await desk.say("这是别人的", "c2")
    page, _ = desk.database.read_now(lambda s: ticket_page(s, "open", None, 0))
    assert page[0]["fields"]["added"] == "打不通就发短信\n周末也可以"


@pytest.mark.anyio
async def test_what_an_action_tells_the_agent_is_in_the_ticket(desk: Desk) -> None:
    told = f"杯子到手是碎的，电话 {PHONE}（订单 YS2600010001）"
    desk.dialogue.script = lambda *_: RasaTurn(
        (Reply("我记下了。"),), "make_complaint", 0.9, handoff="complaint", told=told
    )
    await desk.say("我要投诉")
    agent = await desk.agent("小林")
    await desk.conversations.take("c1", agent)
    for reader, seen in ((agent.id, told), (0, told.replace(PHONE, "138****8000"))):
        page, _ = desk.database.read_now(partial(ticket_page, state="open", before=None, reader=reader))
        assert page[0]["fields"]["told"] == seen


@pytest.mark.anyio
async def test_a_rating_is_in_the_ticket_that_it_is_about(desk: Desk) -> None:
    def rates(score: int) -> RasaTurn:
        return RasaTurn((Reply("谢谢您的评价。"),), "rate_service", 0.9, rating=score)

    desk.dialogue.script = lambda *_: rates(2)
    await desk.say("给你们2分")
    assert await desk.tickets() == []
    await desk.say("转人工")
    agent = await desk.agent("小林")
    await desk.conversations.take("c1", agent)
    await desk.conversations.resolve("c1", agent, "已处理")
    desk.dialogue.script = lambda *_: rates(5)
    await desk.say("5分")
    assert [ticket.fields for ticket in await desk.tickets()] == [{"rating": "5"}]
    assert (await desk.trace())["rating"] == 5
