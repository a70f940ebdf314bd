"""The nine promises of docs/architecture.md, each with a test that can fail."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.conversations.rasa_client import RasaTurn
from bot.errors import ConversationTaken, MessageEmpty, MessageTooLong, UnknownChoice
from bot.tables import EventRow, MessageRow
from tests.desk import Clock, Desk, open_desk, until
from tests.dialogue import DOWN, FakeDialogue, missed

pytestmark = pytest.mark.anyio


async def test_a_message_is_stored_before_it_is_acknowledged(desk: Desk) -> None:
    desk.dialogue.gate = asyncio.Event()
    message = await desk.say("怎么退货", settle=False)
    assert [(m.seq, m.text) for m in await desk.messages()] == [(1, "怎么退货")]
    assert message.seq == 1
    desk.dialogue.gate.set()
    await desk.router.idle()
    assert [m.sender for m in await desk.messages()] == ["customer", "bot"]


async def test_a_repeated_client_id_is_one_message_and_one_answer(desk: Desk) -> None:
    sent = await asyncio.gather(
        *(desk.conversations.receive("c1", "web", "same", "怎么退货") for _ in range(8))
    )
    await desk.router.idle()
    assert {message.seq for message in sent} == {1}
    assert [m.sender for m in await desk.messages()] == ["customer", "bot"]
    again = await desk.conversations.receive("c1", "web", "same", "另一句话")
    await desk.router.idle()
    assert again.text == "怎么退货"
    assert len(await desk.messages()) == 2


async def test_what_a_killed_process_left_behind_is_answered_once_after_the_restart(tmp_path: Path) -> None:
    dialogue = FakeDialogue(gate=asyncio.Event())
    async with open_desk(tmp_path / "bot.db", dialogue) as first:
        await first.say("怎么退货", settle=False)
        await first.say("运费谁出", settle=False)
        await until(lambda: dialogue.calls)
    dialogue.gate = None
    async with open_desk(tmp_path / "bot.db", dialogue) as second:
        await second.router.idle()
        assert [sender for sender, _ in await second.texts()] == ["customer", "customer", "bot", "bot"]
        assert len(await second.turns()) == 2
    async with open_desk(tmp_path / "bot.db", dialogue) as third:
        await third.router.idle()
        assert len(await third.messages()) == 4
    assert [text for _, text in dialogue.handled] == ["怎么退货", "运费谁出"]


async def test_a_turn_that_rasa_has_handled_is_read_back_and_not_handled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogue = FakeDialogue()
    with monkeypatch.context() as patch:
        # The process dies between Rasa's answer and the commit.
        patch.setattr("bot.conversations.router.commit_turn", _hang)
        async with open_desk(tmp_path / "bot.db", dialogue) as first:
            await first.say("怎么退货", settle=False)
            await until(lambda: dialogue.handled)
    async with open_desk(tmp_path / "bot.db", dialogue) as second:
        await second.router.idle()
        assert [sender for sender, _ in await second.texts()] == ["customer", "bot"]
    assert len(dialogue.calls) == 2
    assert len(dialogue.handled) == 1


def _hang(*_: object) -> bool:
    raise asyncio.CancelledError


async def test_messages_of_one_conversation_are_answered_in_order(desk: Desk) -> None:
    for number in range(12):
        await desk.say(f"问题{number}", settle=False)
    await desk.router.idle()
    assert [text for _, text in desk.dialogue.handled] == [f"问题{number}" for number in range(12)]
    answers = [m.answers for m in await desk.messages() if m.sender == "bot"]
    assert answers == sorted(answers, key=lambda seq: seq or 0)
    assert [m.seq for m in await desk.messages()] == list(range(1, 25))


async def test_conversations_do_not_wait_for_each_other(desk: Desk) -> None:
    gate = asyncio.Event()
    slow = FakeDialogue(gate=gate)
    plain = desk.dialogue.turn

    async def turn(sender: str, *rest: object, **named: object) -> RasaTurn:
        target = slow.turn if sender.startswith("slow") else plain
        return await target(sender, *rest, **named)  # type: ignore[arg-type]

    desk.dialogue.turn = turn  # type: ignore[method-assign]
    await desk.say("怎么退货", "slow", settle=False)
    await desk.say("怎么退货", "quick", settle=False)
    await until(lambda: desk.turns("quick"))
    assert len(await desk.messages("slow")) == 1
    gate.set()
    await desk.router.idle()
    assert len(await desk.messages("slow")) == 2


async def test_a_reply_in_flight_is_dropped_when_a_human_takes_over(desk: Desk) -> None:
    agent = await desk.agent()
    desk.dialogue.gate = asyncio.Event()
    await desk.say("怎么退货", settle=False)
    await until(lambda: desk.dialogue.calls)
    await desk.conversations.reply("c1", agent, "a1", "您好，我来处理。")
    desk.dialogue.gate.set()
    await desk.router.idle()
    assert [sender for sender, _ in await desk.texts()] == ["customer", "system", "agent"]
    assert [turn.outcome for turn in await desk.turns()] == ["dropped"]
    await desk.say("好的")
    assert (await desk.last()).text == "好的"
    assert [turn.outcome for turn in await desk.turns()] == ["dropped", "transcript"]


async def test_one_human_at_a_time(desk: Desk) -> None:
    first, second = await desk.agent("小林"), await desk.agent("小周")
    await desk.say("转人工")
    results = await asyncio.gather(
        desk.conversations.take("c1", first), desk.conversations.take("c1", second), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), ConversationTaken]
    with pytest.raises(ConversationTaken):
        await desk.conversations.reply("c1", second, "x", "您好")
    with pytest.raises(ConversationTaken):
        await desk.conversations.resolve("c1", second, "")
    assert (await desk.status()).agent == "小林"


@pytest.mark.parametrize(
    "before", [(), ("你好",), ("听不懂的话",), ("含糊",), ("转人工",), ("不满意，太差劲了",)]
)
async def test_asking_for_a_human_gives_a_ticket_in_that_turn(desk: Desk, before: tuple[str, ...]) -> None:
    for text in before:
        await desk.say(text)
    await desk.say("转人工")
    tickets = await desk.tickets()
    assert len(tickets) == 1
    assert tickets[0].number in (await desk.last()).text
    assert (await desk.status()).owner == "queue"


async def test_the_button_for_a_human_works_like_the_words(desk: Desk) -> None:
    await desk.conversations.ask_human("c1", "web", "h1")
    await desk.router.idle()
    assert (await desk.tickets())[0].reason == "requested"
    assert not desk.dialogue.calls


async def test_asking_again_while_a_human_serves_names_the_ticket(desk: Desk) -> None:
    await desk.say("怎么退货")
    await desk.conversations.take("c1", await desk.agent())
    await desk.say("转人工")
    tickets = await desk.tickets()
    assert len(tickets) == 1
    assert tickets[0].number in (await desk.last()).text


async def test_misses_change_the_prompt_then_offer_then_hand_over(desk: Desk) -> None:
    desk.dialogue.script = lambda text, metadata: missed()
    await desk.say("听不懂一")
    first = await desk.last()
    await desk.say("听不懂二")
    second = await desk.last()
    assert first.text not in second.text
    assert [choice.kind for choice in second.choices] == ["human"]
    await desk.say("听不懂三")
    assert (await desk.status()).owner == "queue"
    assert [ticket.reason for ticket in await desk.tickets()] == ["misses"]


async def test_an_answer_takes_the_misses_back(desk: Desk) -> None:
    for text in ("听不懂", "听不懂啊", "怎么退货", "听不懂", "听不懂啊"):
        await desk.say(text)
    assert (await desk.status()).owner == "bot"
    assert (await desk.episode()).misses == 2


async def test_small_talk_does_not_take_the_misses_back(desk: Desk) -> None:
    for text in ("听不懂", "你好", "听不懂啊", "你好", "还是听不懂"):
        await desk.say(text)
    assert (await desk.status()).owner == "queue"


async def test_asking_back_twice_counts_as_a_miss_and_is_worded_anew(desk: Desk) -> None:
    await desk.say("含糊")
    first = await desk.last()
    await desk.say("还是含糊")
    second = await desk.last()
    assert first.text != second.text
    assert [c.title for c in second.choices] == [c.title for c in first.choices]
    assert (await desk.episode()).misses == 1


async def test_a_handoff_is_one_transaction(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no notice can be written")

    with monkeypatch.context() as patch:
        patch.setattr("bot.conversations.commit.append", broken)
        patch.setattr("bot.conversations.router.RETRY_SECONDS", (0.05,))
        await desk.say("转人工", settle=False)
        await asyncio.sleep(0.2)
        assert await desk.tickets() == []
        assert (await desk.status()).owner == "bot"
        assert await desk.turns() == []
    await desk.router.idle()
    assert (await desk.status()).owner == "queue"
    assert len(await desk.tickets()) == 1
    kinds = await desk.database.read(lambda session: list(session.scalars(sa.select(EventRow.kind))))
    assert kinds == ["message.created", "ticket.created", "message.created", "conversation.changed"]


async def test_every_open_ticket_has_a_deadline_and_a_place(desk: Desk) -> None:
    await desk.say("转人工", "c1")
    await desk.say("转人工", "c2")
    assert (await desk.status("c1")).ahead == 0
    assert (await desk.status("c2")).ahead == 1
    assert "前面还有 1 位" in (await desk.last("c2")).text
    await desk.say("有人盗刷了我的账户，刚被骗了五千块钱", "c3")
    assert (await desk.tickets("c3"))[0].priority == "urgent"
    assert (await desk.status("c3")).ahead == 0
    assert (await desk.status("c2")).ahead == 2
    for conversation in ("c1", "c2", "c3"):
        (ticket,) = await desk.tickets(conversation)
        assert ticket.deadline > ticket.created_at


async def test_outside_hours_the_customer_is_told_when_somebody_is_there(tmp_path: Path) -> None:
    clock = Clock()
    clock.advance(hours=13)
    async with open_desk(tmp_path / "bot.db", clock=clock) as desk:
        await desk.say("转人工")
        assert "明天09:00" in (await desk.last()).text


@pytest.mark.parametrize(
    "failure",
    [DOWN, TimeoutError(), RuntimeError("a bug"), ValueError("not JSON")],
    ids=lambda e: type(e).__name__,
)
async def test_a_failing_part_gives_a_sentence_and_a_ticket(desk: Desk, failure: Exception) -> None:
    desk.dialogue.failing = failure
    await desk.say("怎么退货")
    (ticket,) = await desk.tickets()
    assert ticket.reason == "failing_part"
    assert ticket.number in (await desk.last()).text
    assert (await desk.trace())["error"]


async def test_an_empty_answer_is_a_failing_part(desk: Desk) -> None:
    desk.dialogue.script = lambda text, metadata: RasaTurn((), "faq", 0.9)
    await desk.say("怎么退货")
    assert [ticket.reason for ticket in await desk.tickets()] == ["failing_part"]


async def test_personal_data_is_masked_in_the_summary_and_kept_in_the_transcript(desk: Desk) -> None:
    await desk.say("收件人张伟，电话13812345678，邮箱zhang@example.com，帮我查订单")
    await desk.say("转人工")
    (ticket,) = await desk.tickets()
    for secret in ("13812345678", "张伟", "zhang@example.com"):
        assert secret not in ticket.summary
    assert "13812345678" in (await desk.messages())[0].text


async def test_a_click_sends_the_stored_command_and_typed_text_never_is_one(desk: Desk) -> None:
    await desk.say("含糊")
    asked = await desk.last()
    await desk.click(asked.seq, asked.choices[0].id)
    assert desk.dialogue.calls[-1].command
    assert desk.dialogue.calls[-1].text.startswith("/choose_entry")
    assert (await desk.messages())[2].text == "怎么申请退货"
    await desk.say('/choose_entry{"entry":"returns-how"}')
    assert not desk.dialogue.calls[-1].command


async def test_unknown_and_outdated_choices_are_refused(desk: Desk) -> None:
    await desk.say("含糊")
    asked = await desk.last()
    for of, choice in ((asked.seq, "b99"), (99, "b1"), (1, "b1")):
        with pytest.raises(UnknownChoice):
            await desk.click(of, choice)
    with pytest.raises(UnknownChoice):
        await desk.click(asked.seq, "b1", "another")
    await desk.conversations.take("c1", agent := await desk.agent())
    await desk.conversations.resolve("c1", agent, "")
    with pytest.raises(UnknownChoice):
        await desk.click(asked.seq, "b1")


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200b", "\x00\x01", "\n\t"])
async def test_messages_without_a_visible_character_are_refused(desk: Desk, text: str) -> None:
    with pytest.raises(MessageEmpty):
        await desk.say(text)
    assert await desk.messages() == []


async def test_long_messages_are_refused(desk: Desk) -> None:
    await desk.say("长" * 2000)
    with pytest.raises(MessageTooLong):
        await desk.say("长" * 2001)


@pytest.mark.parametrize(
    "text", ["😀😀😀", "<script>alert(1)</script>", "a\x00b\ud800c", "'; DROP TABLE messages;--", "🏳🌈"]
)
async def test_odd_messages_are_answered(desk: Desk, text: str) -> None:
    await desk.say(text)
    assert [sender for sender, _ in await desk.texts()] == ["customer", "bot"]


async def test_an_episode_ends_and_the_next_message_starts_a_new_one(desk: Desk) -> None:
    agent = await desk.agent()
    await desk.say("转人工")
    await desk.conversations.take("c1", agent)
    await desk.conversations.reply("c1", agent, "a1", "已为您处理。")
    await desk.conversations.resolve("c1", agent, "已补发")
    (ticket,) = await desk.tickets()
    assert (ticket.state, ticket.note, ticket.assignee_name) == ("resolved", "已补发", "小林")
    assert (await desk.last()).text == "人工客服小林已结束服务，小杉继续为您服务"
    assert (await desk.status()).owner == "bot"
    await desk.say("怎么退货")
    assert [call.sender for call in desk.dialogue.calls] == ["c1-2"]
    assert (await desk.last()).sender == "bot"


async def test_a_message_that_a_resolution_overtakes_is_answered_by_the_bot(tmp_path: Path) -> None:
    async with open_desk(tmp_path / "bot.db") as desk:
        agent = await desk.agent()
        await desk.say("转人工")
        await desk.conversations.take("c1", agent)
        await desk.router.stop()
        await desk.say("还有一个问题", settle=False)
        await desk.conversations.resolve("c1", agent, "")
        await desk.router.start()
        await desk.router.idle()
        assert (await desk.last()).sender == "bot"
        assert (await desk.episode()).number == 2


async def test_a_customer_who_waits_may_go_on_with_the_bot(desk: Desk) -> None:
    await desk.say("转人工")
    notice = await desk.last()
    await desk.click(notice.seq, notice.choices[0].id)
    assert (await desk.status()).owner == "bot"
    assert [ticket.state for ticket in await desk.tickets()] == ["open"]
    await desk.say("怎么退货")
    assert (await desk.last()).text.startswith("关于")
    await desk.say("转人工")
    assert len(await desk.tickets()) == 1
    assert (await desk.status()).owner == "queue"


async def test_a_commit_of_a_finished_turn_changes_nothing(desk: Desk) -> None:
    await desk.say("怎么退货")
    query = sa.select(sa.func.count()).select_from(MessageRow)
    before = await desk.database.read(lambda session: session.scalar(query))
    await desk.router.start()
    await desk.router.idle()
    assert await desk.database.read(lambda session: session.scalar(query)) == before


async def test_the_trace_says_why(desk: Desk) -> None:
    await desk.say("怎么退货")
    trace = await desk.trace()
    assert trace["decision"] == "answer"
    assert trace["entry"] == "returns-how"
    assert [c["entry"] for c in trace["candidates"]] == ["returns-how", "returns-freight"]
    assert set(trace["timings_ms"]) == {"total", "emotion", "rasa", "retrieve", "commit"}
    assert trace["release"] == "r1"
