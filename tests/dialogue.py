"""A stand-in for Rasa that keeps its promises: one turn for each message id, read back when asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.conversations.rasa_client import RasaTurn
from bot.errors import PartUnavailable
from bot.messages import Button, Candidate, DecisionRecord, Reply

RETURNS = Candidate("returns-how", "怎么申请退货", 0.93, 0.95)
FREIGHT = Candidate("returns-freight", "退货运费谁出", 0.41, 0.91)


def answered(text: str = "在订单页点“申请退货”即可。", entry: str = RETURNS.entry) -> RasaTurn:
    record = DecisionRecord("answer", entry, 0.93, 0.98, (RETURNS, FREIGHT), 3.1, "r1")
    return RasaTurn((Reply(text),), "faq", 0.9, actions=("action_answer_faq",), decision=record)


def clarified(text: str = "您想问的是哪一个？") -> RasaTurn:
    buttons = tuple(Button(c.question, f'/choose_entry{{"entry":"{c.entry}"}}') for c in (RETURNS, FREIGHT))
    record = DecisionRecord("clarify", None, 0.5, 0.9, (RETURNS, FREIGHT), 3.1, "r1")
    return RasaTurn(
        (Reply(text, (*buttons, Button("转人工", "/request_human", "human"))),), "faq", 0.9, decision=record
    )


def missed(text: str = "我没听懂，请换个说法。") -> RasaTurn:
    record = DecisionRecord("no_answer", None, 0.1, 0.1, (), 3.1, "r1")
    return RasaTurn((Reply(text),), "faq", 0.6, decision=record)


def said(text: str, intent: str = "greet") -> RasaTurn:
    return RasaTurn((Reply(text),), intent, 0.95, actions=(f"utter_{intent}",))


def default_script(text: str, metadata: Mapping[str, Any]) -> RasaTurn:
    if text.startswith("/choose_entry"):
        return replace(answered("这是您选择的问题的答案。"), intent="choose_entry")
    if text == "你好":
        return said("您好，我是小杉。")
    if "含糊" in text:
        return clarified()
    if "听不懂" in text:
        return missed()
    entry = RETURNS.entry if "退货" in text else f"about-{text}"
    return answered(f"关于“{text}”：在订单页操作即可。", entry)


@dataclass
class Call:
    sender: str
    message_id: str
    text: str
    command: bool
    metadata: Mapping[str, Any]


@dataclass
class FakeDialogue:
    """Answers by `script`; `failing` and `gate` let a test break it or hold it."""

    script: Callable[[str, Mapping[str, Any]], RasaTurn] = default_script
    failing: Exception | None = None
    gate: asyncio.Event | None = None
    calls: list[Call] = field(default_factory=list)
    trackers: dict[tuple[str, str], RasaTurn] = field(default_factory=dict)
    handled: list[tuple[str, str]] = field(default_factory=list)

    async def turn(
        self, sender: str, message_id: str, text: str, *, command: bool, metadata: Mapping[str, Any]
    ) -> RasaTurn:
        self.calls.append(Call(sender, message_id, text, command, metadata))
        if self.gate is not None:
            await self.gate.wait()
        if self.failing is not None:
            raise self.failing
        known = self.trackers.get((sender, message_id))
        if known is not None:
            return replace(known, replayed=True)
        self.handled.append((sender, text))
        self.trackers[sender, message_id] = self.script(text, metadata)
        return self.trackers[sender, message_id]


DOWN = PartUnavailable("Rasa did not answer: ConnectError")
