"""Latency of a turn and throughput with many customers, for one running system."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.parties import Customer, Party

INTENT_TEXTS = ("你好", "谢谢你", "再见", "你是机器人吗")
FAQ_TEXTS = ("运费怎么算？", "忘记密码怎么办？", "怎么投诉？", "怎么绑定或解绑微信？", "两个账号能合并吗？")
CUSTOMERS = 50
TURNS_EACH = 4


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


async def interleaved(parties: Sequence[Party], texts: Sequence[str], turns: int) -> list[Latency]:
    """Turns of one customer at a time, the systems in turn, so that a drift of the machine hits all alike."""
    seconds: list[list[float]] = [[] for _ in parties]
    for party in parties:
        await _warm(party, texts)
    for number in range(turns):
        text = texts[number % len(texts)]
        for party, sample in zip(parties, seconds, strict=True):
            customer = await party.customer()
            await _timed(customer, text)  # A conversation's first turn starts a session; it is not counted.
            sample.append(await _timed(customer, texts[(number + 1) % len(texts)]))
            await customer.leave()
    return [Latency.of(sample) for sample in seconds]


async def throughput(party: Party, texts: Sequence[str]) -> float:
    """Messages a second with CUSTOMERS customers at once, each sending the next when the last is answered."""
    customers = [await party.customer() for _ in range(CUSTOMERS)]

    async def talk(customer: Customer, offset: int) -> None:
        for number in range(TURNS_EACH):
            if not await customer.ask(texts[(offset + number) % len(texts)]):
                raise RuntimeError(f"{party.name} gave an empty reply")

    started = time.perf_counter()
    await asyncio.gather(*(talk(customer, number) for number, customer in enumerate(customers)))
    seconds = time.perf_counter() - started
    for customer in customers:
        await customer.leave()
    return CUSTOMERS * TURNS_EACH / seconds


async def _warm(party: Party, texts: Sequence[str]) -> None:
    customer = await party.customer()
    for text in texts:
        if not await customer.ask(text):
            raise RuntimeError(f"{party.name} gave an empty reply to {text!r}")
    await customer.leave()


async def _timed(customer: Customer, text: str) -> float:
    started = time.perf_counter()
    await customer.ask(text)
    return time.perf_counter() - started
