"""Customers who say anything at any time, and the promises of docs/architecture.md checked after every turn.

`python -m tests.stack.walk --turns 20000` starts the product, walks, and prints what broke.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
import yaml

from bot.handoff.policy import Thresholds
from bot.shop.demo import build_demo
from bot.shop.order import Order
from tests.conversations.utterances import (
    FREIGHT,
    FREIGHT_ANSWER,
    HUMAN,
    VISITORS,
    Visitor,
    insistence,
    utterance,
)
from tests.stack.customer import Customer
from tests.stack.dialogue_player import DialoguePlayer, readable, transcript
from tests.stack.records import assert_promises, handoffs
from tests.stack.stack import ROOT, running_stack

LONGEST = 40
SECOND, THIRD = 2, 3
CLICKS, INSISTS, SHOP_FAILS = 0.2, 0.12, 0.1
ATTEMPTS = Thresholds().form_attempts
FORM_STATE = "form_state"
_NOT_PROVED = re.compile("还可以再试|您还有 . 次机会")
_TICKET = re.compile(r"T\d{8}-\d{4}")
GO_ON = "不等了，继续问小杉"
# Responses that ask for something: nobody is asked in the same words twice running.
_ASKING = ("utter_ask_", "utter_explain_", "utter_rephrase", "utter_offer_human", "utter_clarify")


@dataclass(frozen=True)
class Broken:
    """A promise that did not hold, with the conversation up to there."""

    promise: str
    conversation: str


@dataclass
class Summary:
    """What came of a walk."""

    turns: int = 0
    conversations: int = 0
    handoffs: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    broken: list[Broken] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        told = [
            f"{self.turns} turns in {self.conversations} conversations, {self.seconds:.0f} s",
            f"hand-offs: {dict(self.handoffs.most_common())}",
            f"turns that ended in a form: {dict(self.forms.most_common())}",
            f"reached: {dict(sorted(self.reached.items()))}",
            f"promises broken: {len(self.broken)}",
        ]
        return "\n".join([*told, *(f"\n{one.promise}\n{one.conversation}" for one in self.broken)])


class Walker:
    """Walks on a running product whose demo shop nobody has touched."""

    def __init__(self, player: DialoguePlayer, seed: int) -> None:
        self._player = player
        self._stack = player.stack
        self._rng = Random(seed)
        self._prompts = tuple(_prompts())
        self._secrets = _secrets()
        self._insisting: list[str] = []
        self._asked_back = 0
        self.summary = Summary()

    def walk(self, turns: int, minutes: float = float("inf")) -> Summary:
        """Have conversations until there were so many turns, or the time is up."""
        started = time.monotonic()
        while self.summary.turns < turns and time.monotonic() - started < minutes * 60:
            self._conversation()
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def _conversation(self) -> None:
        visitor = self._rng.choice(VISITORS)
        signed_in = self._rng.random() < 0.6
        self.summary.conversations += 1
        with closing(self._player.arrive(visitor.id if signed_in else None)) as customer:
            try:
                self._talk(customer, visitor, known=signed_in)
                assert_promises(self._stack, [customer])
            except (AssertionError, TimeoutError, httpx.HTTPError) as error:
                promise = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else error!r}"
                self.summary.broken.append(Broken(promise, transcript(customer)))
                print(f"{self.summary.turns} turns: {promise}", file=sys.stderr, flush=True)

    def _talk(self, customer: Customer, visitor: Visitor, *, known: bool) -> None:
        before: set[str] = set()
        self._insisting = []
        turns = self._rng.randint(5, LONGEST)
        fails = self._rng.randrange(turns) if self._rng.random() < SHOP_FAILS else None
        for turn in range(turns):
            if turn == fails:
                self._player.close_shop()
                self.summary.reached["shop down"] += 1
            if not self._insisting and self._rng.random() < INSISTS:
                self._insisting = insistence(self._rng, visitor, known=known)
            told = self._say(customer, visitor)
            before = self._check(customer, visitor, told, before, known=known)
            if customer.status["owner"] != "bot":
                if not self._go_on(customer):
                    return
                before, self._insisting = set(), []
        self._no_dead_end(customer)

    def _say(self, customer: Customer, visitor: Visitor) -> list[dict[str, Any]]:
        offered = [
            (message, button["title"])
            for message in customer.messages[-3:]
            for button in message["buttons"]
            if button["title"] != GO_ON
        ]
        self.summary.turns += 1
        if self._insisting:
            return customer.say(self._insisting.pop(0))
        if offered and self._rng.random() < CLICKS:
            return customer.click(*self._rng.choice(offered))
        words = utterance(self._rng, visitor)
        return self._ask_human(customer, words) if words in HUMAN else customer.say(words)

    def _ask_human(self, customer: Customer, words: str) -> list[dict[str, Any]]:
        """In this very turn: the queue, and a ticket that the customer can name, new or still open."""
        told = customer.say(words)
        assert customer.status["owner"] != "bot", f"{words} and the bot goes on"
        assert any(_TICKET.search(message["text"]) for message in told), f"{words} without a ticket"
        assert handoffs(self._stack, customer), f"no ticket for {words}"
        return told

    def _go_on(self, customer: Customer) -> bool:
        """Half of the customers in the queue go on with the bot."""
        self.summary.handoffs[handoffs(self._stack, customer)[-1]] += 1
        notice = next((m for m in customer.messages[-3:] if GO_ON in readable(m)), None)
        if notice is None or self._rng.random() < 0.5:
            return False
        customer.click(notice, GO_ON)
        assert customer.status["owner"] == "bot", "who goes on is still in the queue"
        return True

    def _no_dead_end(self, customer: Customer) -> None:
        """Wherever the walk has led: a question is answered, or a human comes; then a human comes."""
        self.summary.turns += 1
        told = "\n".join(message["text"] for message in customer.say(FREIGHT))
        if customer.status["owner"] != "bot":
            return
        trace = self._trace(customer)
        swallowed = trace["decision"] == "flow" and trace["active_loop"] in (None, "invoice_form")
        assert FREIGHT_ANSWER in told or swallowed, f"no answer to {FREIGHT}: {told}"
        self.summary.turns += 1
        self._ask_human(customer, self._rng.choice(HUMAN))

    def _check(
        self,
        customer: Customer,
        visitor: Visitor,
        told: list[dict[str, Any]],
        before: set[str],
        *,
        known: bool,
    ) -> set[str]:
        """The promises after one turn. Returns what was asked for in it, word for word."""
        assert told, "silence"
        assert all(message["text"].strip() for message in told), "an empty reply"
        assert not customer.errors, f"an error: {customer.errors}"
        trace = self._trace(customer)
        self.summary.forms[str(trace["active_loop"])] += 1
        self._check_patience(customer, told, trace)
        self._check_secrets(customer, visitor, told, known=known)
        asked = {prompt for message in told if (prompt := self._prompt(message["text"]))}
        assert not asked & before, f"asked again in the same words: {asked & before}"
        return asked

    def _check_patience(self, customer: Customer, told: list[dict[str, Any]], trace: dict[str, Any]) -> None:
        """The second miss in a row offers a human, the third hands off; no fourth try is made."""
        policy = trace["policy"] or {}
        if policy.get("missed"):
            self.summary.reached[f"{policy['misses']} misses in a row"] += 1
            if policy["misses"] >= THIRD:
                assert policy["step"] == "handoff", "the third miss hands off to nobody"
            elif policy["misses"] == SECOND and policy["step"] != "handoff":
                offered = any("人工" in words for message in told for words in readable(message))
                assert offered, "the second miss offers no human"
        if trace["decision"] == "clarify":
            self._asked_back += 1
            self.summary.reached[f"asked back {self._asked_back} times in a row"] += 1
        else:
            self._asked_back = 0
        asked = self._asked(customer)
        assert asked <= ATTEMPTS, f"asked {asked} times for one value"
        if trace["active_loop"] and asked > 1:
            self.summary.reached[f"asked {asked} times for a value"] += 1
        wrong = [m for m in customer.messages if m["sender"] == "bot" and _NOT_PROVED.search(m["text"])]
        assert len(wrong) < THIRD, "a third false proof is met with another try"

    def _asked(self, customer: Customer) -> int:
        """How often the open form has asked for the value that it waits for."""
        slots = [row for row in self._stack.tracked(customer.conversation) if row["type_name"] == "slot"]
        states = [json.loads(row["data"]) for row in slots]
        held = next((state["value"] for state in reversed(states) if state["name"] == FORM_STATE), None)
        return int((held or {}).get("asked") or 0)

    def _check_secrets(
        self, customer: Customer, visitor: Visitor, told: list[dict[str, Any]], *, known: bool
    ) -> None:
        typed = "\n".join(m["text"] for m in customer.messages if m["sender"] == "customer")
        proved = known or (visitor.digits in typed and any(order in typed for order in visitor.orders))
        text = "\n".join(words for message in told for words in readable(message))
        for owner, secrets in self._secrets.items():
            if owner == visitor.id and proved:
                continue
            leaked = [secret for secret in secrets if secret in text and secret not in typed]
            assert not leaked, f"{leaked} of {owner} told to {visitor.id}"

    def _trace(self, customer: Customer) -> dict[str, Any]:
        query = "SELECT trace FROM turns WHERE conversation_id = ? ORDER BY seq DESC LIMIT 1"
        trace: dict[str, Any] = json.loads(self._stack.rows(query, customer.conversation)[0]["trace"])
        return trace

    def _prompt(self, text: str) -> str | None:
        return next((found[0] for prompt in self._prompts if (found := prompt.match(text))), None)


def _prompts() -> Iterator[re.Pattern[str]]:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    for name, variants in domain["responses"].items():
        if name.startswith(_ASKING):
            for variant in variants:
                parts = re.split(r"\{\w+\}", variant["text"])
                yield re.compile(".*?".join(map(re.escape, parts)), re.DOTALL)


def _secrets() -> dict[str, set[str]]:
    """What is known of each customer of the demo shop and is in nobody else's orders."""
    demo = build_demo(ROOT / "data" / "shop")
    told: dict[str, set[str]] = {one.id: {one.name, one.phone} for one in demo.customers}
    for floating in demo.orders:
        told[floating.order.customer] |= _of(floating.order)
    times = Counter(secret for secrets in told.values() for secret in secrets)
    examples = (ROOT / "domain.yml").read_text("utf-8")
    return {
        owner: {secret for secret in secrets if times[secret] == 1 and secret not in examples}
        for owner, secrets in told.items()
    }


def _of(order: Order) -> set[str]:
    parcels = {parcel.tracking_number for parcel in order.shipments}
    numbers = {case.number for case in order.cases} | {refund.number for refund in order.refunds}
    return {order.number, order.recipient.name, str(order.recipient.address)} | parcels | numbers


def main() -> int:
    """Walk and print the summary; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--turns", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="Stop then at the latest.")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with running_stack(path, hours="09:00-21:00", message_rate=1000) as stack:
            summary = Walker(DialoguePlayer(stack, path), given.seed).walk(given.turns, given.minutes)
    print(summary)
    return 1 if summary.broken else 0


if __name__ == "__main__":
    sys.exit(main())
