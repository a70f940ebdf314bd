"""Latency of a turn and throughput with many customers, for one running system."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from benchmarks.parties import Customer, Party

# Customers rarely type the same text twice, so what a cache of encoded texts saves must not count: there are
# more texts than any of the caches holds (512), and each comes again only when all others have.
_BEFORE = (
    *("", "嗯", "哦", "嘿", "哎", "好", "嗨", "那", "额", "亲", "哈", "嗯嗯", "哦哦", "嘿嘿", "好的", "好嘞"),
    *("行吧", "哈喽", "对了", "那个", "哈哈", "嗯那", "好吧", "嗨嗨", "亲亲", "哎呀"),
)
_GREETINGS = ("你好", "你好呀", "谢谢你", "谢谢你啦", "再见", "再见咯", "你是机器人吗", "你是机器人吧")
_AFTER = ("", "哈", "～亲")
INTENT_TEXTS = tuple(f"{a}{b}{c}" for a in _BEFORE for c in _AFTER for b in _GREETINGS)
_ASKING = (
    *("", "请问", "我想问下", "问一下", "想了解下", "麻烦问下", "咨询下", "打听一下", "亲", "老板", "你好"),
    *("那个", "帮我看下"),
)
_ENDS = ("", "？", "呢", "呀", "啊", "呢？", "呀？", "啊？", "，急", "，谢谢")
_QUESTIONS = ("运费怎么算", "忘记密码怎么办", "怎么投诉", "怎么绑定或解绑微信", "两个账号能合并吗")
FAQ_TEXTS = tuple(f"{a}{b}{c}" for a in _ASKING for c in _ENDS for b in _QUESTIONS)
OPENER = "在吗"
CUSTOMERS = 50
TURNS_EACH = 4
WARM = 10
PATIENCE = 30.0


@dataclass(frozen=True)
class Latency:
    """Milliseconds from sending a message to its reply."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Latency:
        """Of a sample of at least one."""
        p50, p95 = np.percentile(np.asarray(seconds) * 1000, [50, 95])
        return cls(float(p50), float(p95))


class Supply:
    """The texts of one kind in their order, over and over, for one system."""

    def __init__(self, party: Party, texts: Sequence[str]) -> None:
        self.party = party
        self._texts = cycle(texts)

    def next(self) -> str:
        """The text that was not sent for longest."""
        return next(self._texts)


async def interleaved(supplies: Sequence[Supply], turns: int) -> list[Latency]:
    """Turns of one customer at a time, the systems in turn, so that a drift of the machine hits all alike."""
    seconds: list[list[float]] = [[] for _ in supplies]
    for number in range(WARM + turns):
        for supply, sample in zip(supplies, seconds, strict=True):
            customer = await supply.party.customer()
            await _timed(customer, OPENER)  # A conversation's first turn starts a session; it is not counted.
            taken = await _timed(customer, supply.next())
            if number >= WARM:
                sample.append(taken)
            await customer.leave()
    return [Latency.of(sample) for sample in seconds]


async def throughput(supply: Supply) -> float:
    """Messages a second with CUSTOMERS customers at once, each sending the next when the last is answered."""
    customers = [await supply.party.customer() for _ in range(CUSTOMERS)]
    # Texts that follow each other ask different things: who asks the same again and again gets a human.
    rows = [[supply.next() for _ in range(TURNS_EACH)] for _ in customers]

    async def talk(customer: Customer, texts: Sequence[str]) -> None:
        for text in texts:
            await _timed(customer, text)

    started = time.perf_counter()
    await asyncio.gather(*(talk(customer, texts) for customer, texts in zip(customers, rows, strict=True)))
    seconds = time.perf_counter() - started
    for customer in customers:
        await customer.leave()
    return CUSTOMERS * TURNS_EACH / seconds


async def _timed(customer: Customer, text: str) -> float:
    started = time.perf_counter()
    try:
        answered = await asyncio.wait_for(customer.ask(text), PATIENCE)
    except TimeoutError as error:
        raise RuntimeError(f"no reply to {text!r} within {PATIENCE:.0f} s") from error
    if not answered:
        raise RuntimeError(f"an empty reply to {text!r}")
    return time.perf_counter() - started
