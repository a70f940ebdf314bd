"""What an episode remembers for the policy, and what the trace keeps for the replay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.conversation import Episode
from bot.handoff.past_turns import past_turns
from bot.handoff.policy import OfferHuman, Thresholds, decide
from bot.handoff.replay import replay
from tests.desk import MORNING, Desk, open_desk
from tests.dialogue import DOWN, FakeDialogue

pytestmark = pytest.mark.anyio

RISING = ("能不能快点啊，我有点着急", "等了三天了，太慢了，很失望", "气死我了，你们到底管不管！！")


async def test_the_same_question_is_answered_then_offered_then_handed_off(desk: Desk) -> None:
    await desk.say("怎么退货")
    assert "人工" not in (await desk.last()).text
    await desk.say("你好")
    await desk.say("到底怎么退货")
    assert any(choice.kind == "human" for choice in (await desk.last()).choices)
    await desk.say("退货怎么弄")
    (ticket,) = await desk.tickets()
    assert ticket.reason == "repeated_question"
    assert "同样的答案" in (await desk.last()).text


async def test_another_question_starts_anew(desk: Desk) -> None:
    for text in ("怎么退货", "怎么退货", "运费怎么算", "怎么退货", "运费怎么算"):
        await desk.say(text)
    assert await desk.tickets() == []


async def test_a_customer_who_goes_on_with_the_bot_is_answered_again(desk: Desk) -> None:
    for _ in range(3):
        await desk.say("怎么退货")
    queued = await desk.last()
    await desk.click(queued.seq, queued.choices[0].id)
    await desk.say("怎么退货")
    assert (await desk.last()).text.startswith("关于")


async def test_the_past_is_read_as_it_was_decided(desk: Desk) -> None:
    for text in ("你好", "听不懂", "听不懂啊", "怎么退货", "怎么退货", "转人工", "还在吗"):
        await desk.say(text, "c1")
    desk.dialogue.failing = DOWN
    await desk.say("在不在", "c2")
    since = MORNING - timedelta(days=1)
    turns = await desk.database.read(lambda session: list(past_turns(session, since)))
    assert [turn.conversation for turn in turns] == ["c1"] * 6 + ["c2"]
    for turn in turns:
        assert type(decide(turn.state, Thresholds())) is type(turn.step)
    assert isinstance(turns[2].step, OfferHuman)
    result = replay(turns, Thresholds())
    assert result.before == result.after
    assert dict(result.before.reasons) == {"requested": 1, "failing_part": 1}
    later = await desk.database.read(lambda session: list(past_turns(session, MORNING + timedelta(days=1))))
    assert later == []


async def test_settings_are_read_once_a_turn_and_reach_the_forms(tmp_path: Path) -> None:
    dialogue = FakeDialogue()
    async with open_desk(tmp_path / "bot.db", dialogue) as desk:
        await desk.say("怎么退货")
    assert dialogue.calls[0].metadata["form_attempts"] == 3


@pytest.mark.parametrize(("level", "reasons"), [("black", ["important_customer"]), ("gold", [])])
async def test_an_important_customer_is_not_kept_waiting(
    tmp_path: Path, level: str, reasons: list[str]
) -> None:
    async with open_desk(tmp_path / "bot.db", level=level) as desk:
        await desk.say("怎么退货")
        assert (await desk.trace())["policy"]["level"] is None
        await desk.say("听不懂的话")
        assert (await desk.trace())["policy"]["level"] == level
        assert await desk.tickets() == []
        offered = any(choice.kind == "human" for choice in (await desk.last()).choices)
        assert offered == bool(reasons)
        await desk.say("听不懂啊")
        assert [ticket.reason for ticket in await desk.tickets()] == reasons


async def test_the_trace_counts_how_feelings_rise(desk: Desk) -> None:
    steps = []
    for text in RISING:
        await desk.say(text)
        steps.append((await desk.trace())["policy"])
    assert [step["emotion_rise"] for step in steps] == [1, 2, 3]


@given(st.lists(st.floats(0, 1), max_size=8))
def test_the_rise_counts_the_climb_up_to_now(felt: list[float]) -> None:
    episode = Episode("c", 1)
    for intensity in felt:
        episode = episode.heard(intensity > 0.5, intensity)
    climb = 0
    for place, intensity in enumerate(felt):
        rises = bool(climb) and intensity > felt[place - 1]
        climb = (climb + 1 if rises else 1) if intensity else 0
    assert episode.emotion_rise == climb
