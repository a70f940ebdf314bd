"""A customer who talks to the forms as Rasa would carry the words: the slot and the open form are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.executor import ActionExecutor

from actions.endpoint import run_action
from bot.messages import Effects
from bot.nlu.entities import Catalogue, find_entities
from tests.actions.conftest import tracker

PRODUCTS = ("羽绒服", "保温杯", "蓝牙耳机", "运动鞋", "T恤", "牛仔裤", "耳机", "电饭煲", "键盘")
CATALOGUE = Catalogue.of({name: name for name in PRODUCTS})


@dataclass
class Answer:
    """What came of one message."""

    responses: list[dict[str, Any]]

    @property
    def names(self) -> list[str]:
        """The responses of the domain, in order."""
        return [response["response"] for response in self.responses if response["response"]]

    @property
    def texts(self) -> list[str]:
        """What was said in words of its own."""
        return [response["text"] for response in self.responses if response["text"]]

    @property
    def effects(self) -> list[Effects]:
        """What is to happen."""
        return [Effects.from_custom(response["custom"]) for response in self.responses]

    @property
    def handoff(self) -> str | None:
        """The reason for a human."""
        return next((effect.handoff.reason for effect in self.effects if effect.handoff), None)

    @property
    def note(self) -> str:
        """What the human is told."""
        return next((effect.handoff.note for effect in self.effects if effect.handoff), "")

    @property
    def buttons(self) -> list[str]:
        """The titles on offer."""
        return [button["title"] for response in self.responses for button in response["buttons"]]

    def fact(self, name: str) -> str:
        """A value of the response that has it."""
        return str(next(response[name] for response in self.responses if name in response))


@dataclass
class Talk:
    """One conversation in one form after the other."""

    executor: ActionExecutor
    sender: str = "c-1"
    form: str | None = None
    slots: dict[str, Any] = field(default_factory=dict)
    count: int = 0
    followup: str | None = None

    async def open(self, form: str, text: str, intent: str, confidence: float = 0.9) -> Answer:
        """A message that opens a form."""
        self.form = form
        return await self.say(text, intent, confidence)

    async def say(
        self,
        text: str,
        intent: str = "nlu_fallback",
        confidence: float = 0.9,
        entities: Sequence[dict[str, Any]] = (),
        message_id: str | None = None,
    ) -> Answer:
        """A message in the form that is open."""
        assert self.form is not None, "open a form first"
        self.count += 1
        found = [
            {"entity": e.kind, "value": e.value, "start": e.start, "end": e.end}
            for e in find_entities(text, CATALOGUE)
        ]
        call = tracker(
            text,
            intent,
            confidence,
            entities=[*found, *entities],
            slots=self.slots,
            loop=self.form,
            message_id=message_id or f"{self.sender}:{self.count}",
        )
        call["sender_id"] = self.sender
        answer = await run_action(self.executor, {"next_action": f"validate_{self.form}", "tracker": call})
        assert answer.status == 200, answer.body
        for event in answer.body["events"]:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "followup":
                self.followup = event["name"]
        if not self.slots.get("requested_slot"):
            self.form = None
        return Answer(answer.body["responses"])

    async def click(self, value: str) -> Answer:
        """A button that gives a value."""
        return await self.say("/inform", "inform", 1.0, [{"entity": "value", "value": value}])

    async def yes(self) -> Answer:
        """The button that confirms."""
        return await self.say("/affirm", "affirm", 1.0)

    async def prove(self, order: str, digits: str) -> Answer:
        """Show who asks."""
        await self.say(order)
        return await self.say(digits)
