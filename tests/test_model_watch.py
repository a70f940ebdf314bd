"""A new model is brought to Rasa once; what cannot be used leaves the old one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, PartUnavailable
from bot.model_watch import ModelWatch
from tests.desk import until

pytestmark = pytest.mark.anyio


@dataclass
class Rasa:
    """Stands for the process; `broken` models cannot be loaded."""

    pointer: str = "a"
    broken: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    looks: int = 0

    def current(self) -> Path:
        self.looks += 1
        if not self.pointer:
            raise ConfigurationError("no Rasa model")
        return Path(self.pointer)

    async def load(self, model: Path) -> None:
        self.asked.append(model.name)
        if model.name in self.broken:
            raise PartUnavailable("it cannot be loaded")

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        watch = ModelWatch(
            self.current, self.load, lambda model: self.taken.append(model.name), Path("a"), seconds=0.001
        )
        task = asyncio.create_task(watch.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def looked(self) -> None:
        before = self.looks
        await until(lambda: self.looks >= before + 3)


async def test_a_new_model_is_taken_once() -> None:
    rasa = Rasa()
    async with rasa.watched():
        await rasa.looked()
        assert rasa.asked == []
        rasa.pointer = "b"
        await until(lambda: rasa.taken == ["b"])
        await rasa.looked()
        assert rasa.asked == ["b"]


async def test_one_that_cannot_be_used_is_tried_once_and_the_next_one_is_taken() -> None:
    rasa = Rasa(broken={"b"})
    async with rasa.watched():
        rasa.pointer = "b"
        await until(lambda: rasa.asked == ["b"])
        await rasa.looked()
        assert (rasa.asked, rasa.taken) == (["b"], [])
        rasa.pointer = ""
        await rasa.looked()
        rasa.pointer = "c"
        await until(lambda: rasa.taken == ["c"])
