"""Random walks over everything that customers and agents can do; the promises hold after every step."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.conversations.conversation import Episode
from bot.conversations.conversations import AgentRef
from bot.conversations.waiting import SEVERAL
from bot.errors import Conflict, UnknownChoice
from bot.tables import EpisodeRow
from tests.desk import Clock, Desk, open_desk
from tests.dialogue import DOWN, FakeDialogue

T = TypeVar("T")
TEXTS = [
    "你好",
    "怎么退货",
    "含糊",
    "听不懂",
    "转人工",
    "不用转人工",
    "太差劲了，什么破服务",
    "我要去12315投诉你们",
    "/restart",
    "😀",
    "不用了，谢谢",
    "还要等多久",
    "好的",
    "我不想活了，活着没意思",
]

TO_THE_AGENT = ["还要等多久", "颜色是红的", "你们就是骗子", "好的"]


class Walk(RuleBasedStateMachine):
    """One customer, two agents, a Rasa that comes and goes, and restarts of the service."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.dialogue, self.clock = FakeDialogue(), Clock()
        self.stack = contextlib.AsyncExitStack()
        self.desk: Desk
        self.agents: list[AgentRef] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def open(self) -> None:
        opened = open_desk(self.folder / "bot.db", self.dialogue, self.clock)
        self.desk = await self.stack.enter_async_context(opened)
        self.desk.counter = (
            sum(call.message_id is not None for call in self.dialogue.calls) + 10_000 * self.restarts
        )

    restarts = 0

    @initialize()
    def begin(self) -> None:
        self.run(self.open())
        self.agents = [self.run(self.desk.agent("小林")), self.run(self.desk.agent("小周"))]

    @rule(text=st.sampled_from(TEXTS))
    def say(self, text: str) -> None:
        self.run(self.desk.say(text))

    @rule(text=st.sampled_from(["不用了", "没事了", "算了不等了"]))
    def withdraw(self, text: str) -> None:
        waits = self.run(self.desk.status()).owner == "queue"
        urgent = [t for t in self.run(self.desk.tickets()) if t.state == "open" and t.priority == "urgent"]
        self.run(self.desk.say(text))
        if waits:
            assert self.run(self.desk.status()).owner == ("queue" if urgent else "bot")

    @rule(texts=st.lists(st.sampled_from(TO_THE_AGENT), min_size=1, max_size=6))
    def write_to_the_agent(self, texts: list[str]) -> None:
        """Whoever waits hears something at once, and again before they have said much more."""
        silent = 0
        for number, text in enumerate(texts):
            if self.run(self.desk.status()).owner != "queue":
                return
            first = number == 0 and self.run(self.desk.turns())[-1].outcome == "handoff"
            self.run(self.desk.say(text))
            answered = self.run(self.desk.last()).sender == "bot"
            silent = 0 if answered else silent + 1
            assert silent < SEVERAL
            assert answered or not (first or text == "还要等多久")

    @rule(texts=st.lists(st.sampled_from(TEXTS), min_size=2, max_size=4))
    def say_much_at_once(self, texts: list[str]) -> None:
        async def work() -> None:
            for text in texts:
                await self.desk.say(text, settle=False)
            await self.desk.router.idle()

        self.run(work())

    @rule(data=st.data())
    def click(self, data: st.DataObject) -> None:
        offered = [(m.seq, c.id) for m in self.run(self.desk.messages()) for c in m.choices]
        if offered:
            of, choice = data.draw(st.sampled_from(offered))
            with contextlib.suppress(UnknownChoice):
                self.run(self.desk.click(of, choice))

    @rule(who=st.integers(0, 1), what=st.sampled_from(["take", "reply", "resolve"]))
    def act(self, who: int, what: str) -> None:
        self.run(self._act(self.agents[who], what))

    async def _act(self, agent: AgentRef, what: str) -> None:
        if not await self.desk.messages():
            return
        self.desk.counter += 1
        with contextlib.suppress(Conflict):
            if what == "take":
                await self.desk.conversations.take("c1", agent)
            elif what == "reply":
                await self.desk.conversations.reply("c1", agent, f"a{self.desk.counter}", "您好")
            else:
                await self.desk.conversations.resolve("c1", agent, "好了")

    @rule(who=st.integers(0, 1), text=st.sampled_from(TEXTS))
    def agent_comes_while_rasa_thinks(self, who: int, text: str) -> None:
        async def work() -> None:
            self.dialogue.gate = asyncio.Event()
            await self.desk.say(text, settle=False)
            await asyncio.sleep(0.005)
            with contextlib.suppress(Conflict):
                await self.desk.conversations.take("c1", self.agents[who])
            self.dialogue.gate.set()
            self.dialogue.gate = None
            await self.desk.router.idle()

        self.run(work())

    @rule(down=st.booleans())
    def rasa(self, down: bool) -> None:
        self.dialogue.failing = DOWN if down else None

    @rule(minutes=st.integers(1, 600))
    def wait(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @precondition(lambda self: self.restarts < 3)
    @rule(text=st.sampled_from(TEXTS))
    def restart_in_the_middle(self, text: str) -> None:
        async def work() -> None:
            self.dialogue.gate = asyncio.Event()
            await self.desk.say(text, settle=False)
            await asyncio.sleep(0.002)
            await self.stack.aclose()
            self.dialogue.gate = None
            self.restarts += 1
            await self.open()
            await self.desk.router.idle()

        self.run(work())

    @invariant()
    def every_message_has_one_turn_and_its_place(self) -> None:
        messages, turns = self.run(self.desk.messages()), self.run(self.desk.turns())
        if len(messages) == 200:
            return
        assert [m.seq for m in messages] == list(range(1, len(messages) + 1))
        assert [t.seq for t in turns] == [m.seq for m in messages if m.sender == "customer"]
        for turn in turns:
            answers = [m for m in messages if m.answers == turn.seq]
            assert bool(answers) or turn.outcome in ("transcript", "dropped"), turn.outcome
            assert not (answers and turn.outcome == "dropped")

    @invariant()
    def owner_and_tickets_agree(self) -> None:
        tickets = self.run(self.desk.tickets())
        query = sa.select(EpisodeRow).order_by(EpisodeRow.number)
        episodes = self.run(self.desk.database.read(lambda session: list(session.scalars(query))))
        assert [e.number for e in episodes] == list(range(1, len(episodes) + 1))
        for episode in episodes:
            waiting = [t for t in tickets if t.episode == episode.number and t.state == "open"]
            assert len(waiting) <= 1
            if episode.closed_at is not None:
                assert not waiting
                assert episode is not episodes[-1] or episode.owner == "bot"
            elif episode.owner == "queue":
                assert waiting
                assert waiting[0].assignee_id is None
            elif episode.owner == "human":
                assert [t.assignee_id for t in waiting] == [episode.agent_id]
            assert 0 <= episode.misses < 3
        assert all(episode.closed_at is not None for episode in episodes[:-1])
        assert len({t.number for t in tickets}) == len(tickets)

    @invariant()
    def a_prompt_is_not_repeated_after_a_miss(self) -> None:
        messages = {m.answers: m for m in self.run(self.desk.messages()) if m.answers is not None}
        missed = [t for t in self.run(self.desk.turns()) if t.outcome == "replied"]
        for before, after in itertools.pairwise(missed):
            both = {before.trace["decision"], after.trace["decision"]}
            if both == {"no_answer"} and before.episode == after.episode and after.seq == before.seq + 2:
                assert messages[before.seq].text != messages[after.seq].text

    @invariant()
    def who_waits_is_never_told_the_same_twice_in_a_row(self) -> None:
        messages = [m for m in self.run(self.desk.messages()) if m.sender == "bot"]
        kept = {t.seq for t in self.run(self.desk.turns()) if t.outcome == "transcript"}
        for before, after in itertools.pairwise(messages):
            if after.answers in kept and not after.text.startswith("人工客服"):
                assert before.text != after.text

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def test_an_episode_refuses_what_makes_no_sense() -> None:
    episode = Episode("c", 1)
    with pytest.raises(ValueError, match="does not go with agent"):
        Episode("c", 1, owner="human")
    with pytest.raises(Conflict):
        episode.resumed()
    with pytest.raises(Conflict):
        episode.taken(1, "小林").queued()
    for again in (episode.ended().ended, episode.ended().queued, lambda: episode.ended().taken(1, "小林")):
        with pytest.raises(Conflict):
            again()
