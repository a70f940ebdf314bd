"""有帮助 and 没解决 under an answer: once for each answer, and the same as when it is typed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversations.rasa_client import RasaTurn, read_turn
from bot.conversations.transcript import Message
from bot.errors import UnknownChoice
from bot.events import Hint
from bot.messages import Button, DecisionRecord, Reply
from bot.tables import FeedbackRow
from tests.desk import Desk, open_desk
from tests.dialogue import FakeDialogue, answered, said

pytestmark = pytest.mark.anyio


def helpless() -> RasaTurn:
    record = DecisionRecord("no_answer", None, 0.0, 0.0)
    reply = Reply("换个说法，或点“转人工”。", (Button("转人工", "/request_human", "human"),))
    return RasaTurn((reply,), "unhelpful", 1.0, actions=("action_unhelpful",), decision=record)


def script(text: str, _metadata: Mapping[str, Any]) -> RasaTurn:
    if text in ("没解决", "/unhelpful"):
        return helpless()
    if text == "解决了":
        return said("太好了。", "helpful")
    if text == "你好":
        return said("您好。")
    turn = answered(f"关于“{text}”：在订单页操作即可。")
    return replace(turn, replies=(replace(turn.replies[0], entry="returns-how"),))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path / "bot.db", FakeDialogue(script)) as opened:
        yield opened


async def press(desk: Desk, of: int, *, helpful: bool, client_id: str = "f1") -> Message | None:
    message = await desk.conversations.judge("c1", "web", client_id, of, helpful=helpful)
    await desk.router.idle()
    return message


async def verdicts(desk: Desk) -> list[tuple[bool, bool]]:
    query = sa.select(FeedbackRow.helpful, FeedbackRow.typed).order_by(FeedbackRow.message_id)
    return await desk.database.read(lambda session: [(h, t) for h, t in session.execute(query)])


async def shown(desk: Desk) -> list[str | None]:
    return [message.public()["feedback"] for message in await desk.messages()]


async def test_only_an_answer_asks_whether_it_helped(desk: Desk) -> None:
    await desk.say("你好")
    await desk.say("怎么退货")
    assert await shown(desk) == [None, None, None, "open"]
    for seq in (1, 2, 3, 9):
        with pytest.raises(UnknownChoice):
            await press(desk, seq, helpful=True)
    assert await verdicts(desk) == []


async def test_it_helped(desk: Desk) -> None:
    await desk.say("怎么退货")
    assert await press(desk, 2, helpful=True) is None
    assert await shown(desk) == [None, "helpful"]
    assert (await desk.episode()).misses == 0


async def test_the_button_and_the_words_agree(desk: Desk) -> None:
    await desk.say("怎么退货")
    pressed = await press(desk, 2, helpful=False)
    assert pressed is not None
    assert pressed.text == "没解决"
    by_button, misses = (await desk.last()).text, (await desk.episode()).misses
    await desk.say("怎么退货", "c2")
    await desk.say("没解决", "c2")
    assert ((await desk.last("c2")).text, (await desk.episode("c2")).misses) == (by_button, misses)
    assert misses == 1
    assert await verdicts(desk) == [(False, False), (False, True)]
    assert [m.feedback for m in await desk.messages("c2")] == [m.feedback for m in await desk.messages()]


async def test_typed_thanks_are_a_word_on_the_answer_too(desk: Desk) -> None:
    await desk.say("怎么退货")
    await desk.say("解决了")
    assert await verdicts(desk) == [(True, True)]


async def test_words_count_for_the_answer_just_before_only(desk: Desk) -> None:
    await desk.say("怎么退货")
    await desk.say("你好")
    await desk.say("没解决")
    assert await verdicts(desk) == []


async def test_the_first_word_stands(desk: Desk) -> None:
    await desk.say("怎么退货")
    await press(desk, 2, helpful=True)
    assert await press(desk, 2, helpful=False, client_id="f2") is None
    assert await verdicts(desk) == [(True, False)]
    assert len(await desk.messages()) == 2


async def test_a_press_that_is_sent_again_changes_nothing(desk: Desk) -> None:
    await desk.say("怎么退货")
    first = await press(desk, 2, helpful=False)
    assert await press(desk, 2, helpful=False) == first
    assert len(await desk.messages()) == 4
    assert (await desk.episode()).misses == 1


async def test_a_late_word_is_kept_and_says_nothing(desk: Desk) -> None:
    await desk.say("怎么退货")
    await desk.say("你好")
    assert await press(desk, 2, helpful=False) is None
    assert await shown(desk) == [None, "unhelpful", None, None]
    assert len(await desk.messages()) == 4


async def test_a_word_on_an_answer_of_an_episode_that_is_over_opens_no_new_one(desk: Desk) -> None:
    await desk.say("怎么退货")
    await desk.conversations.resolve("c1", await desk.agent(), "")
    assert await press(desk, 2, helpful=False) is None
    assert (await desk.episode()).number == 1
    assert await verdicts(desk) == [(False, False)]


async def test_every_window_of_the_customer_is_told(desk: Desk) -> None:
    await desk.say("怎么退货")
    heard = list[Hint]()
    with desk.hints.watch("c1", heard.append):
        await press(desk, 2, helpful=True)
        await press(desk, 2, helpful=False, client_id="f2")
    assert [(hint.of, hint.on) for hint in heard if hint.what == "rated"] == [(2, True), (2, True)]


def test_the_message_with_the_answer_carries_its_entry() -> None:
    record = {"decision": "answer", "entry": "returns-how", "probability": 0.9, "in_scope": 0.9}
    turn = read_turn(
        {
            "messages": [
                {"text": "在订单页点“申请退货”。", "custom": {"decision": record}},
                {"text": "", "custom": {"links": [{"title": "退货", "url": "/returns"}]}},
                {"text": "那么，订单号是多少？", "custom": {}},
            ],
            "parse": {"intent": {"name": "faq", "confidence": 0.9}},
        }
    )
    assert [reply.entry for reply in turn.replies] == ["returns-how", None]
    assert turn.replies[0].links[0].url == "/returns"
    asked_back = {"decision": "clarify", "entry": None, "probability": 0.5, "in_scope": 0.9}
    turn = read_turn({"messages": [{"text": "哪一个？", "custom": {"decision": asked_back}}], "parse": {}})
    assert [reply.entry for reply in turn.replies] == [None]
