"""Has a written conversation with the running product, and says at which step it went otherwise."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from tests.conversations.dialogue_file import NO_FORM, DialogueScript, Step
from tests.stack.customer import Customer
from tests.stack.records import assert_promises, handoffs
from tests.stack.stack import Stack


class DialoguePlayer:
    """Every conversation finds the demo shop as it was when the player was made."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self._shop = stack.var / "shop.db"
        self._untouched = folder / "untouched.db"
        if self._shop.exists():
            _copy(self._shop, self._untouched)

    def arrive(self, visitor: str | None) -> Customer:
        """A customer in a new conversation, before an untouched shop."""
        if self._untouched.exists():
            _copy(self._untouched, self._shop)
        identity = None
        if visitor:
            path = f"{self.stack.url}/api/demo/visitors/{visitor}/identity"
            identity = httpx.post(path, timeout=10, trust_env=False).json()["identity"]
        return Customer(self.stack.url, identity=identity).connect()

    def close_shop(self) -> None:
        """The shop's systems answer nothing until the next customer arrives."""
        with closing(sqlite3.connect(self._shop, timeout=10)) as shop:
            shop.execute("ALTER TABLE shop_order RENAME TO shop_order_out_of_reach")

    def play(self, script: DialogueScript) -> None:
        """Have the whole conversation."""
        with closing(self.arrive(script.visitor)) as customer:
            self.take(customer, script.steps, script.name)
            assert_promises(self.stack, [customer])

    def take(self, customer: Customer, steps: Sequence[Step], name: str) -> None:
        """Some steps of a conversation. Fails at the first that goes otherwise, with all that was said."""
        for number, step in enumerate(steps, 1):
            reasons = handoffs(self.stack, customer)
            told = _send(customer, step)
            where = f"{name}, step {number}: {step}\n{transcript(customer)}"
            text = "\n".join(words for message in told for words in readable(message))
            assert text.strip(), where
            for words in step.answers:
                assert any(word in text for word in words), where
            assert not [words for words in step.never if words in text], where
            new = handoffs(self.stack, customer)[len(reasons) :]
            assert (new and new[0] in step.handoff) if step.handoff else not new, f"{new} in {where}"
            if step.form is not None:
                open_now = open_form(self.stack, customer)
                assert (open_now or NO_FORM) == step.form, f"open is {open_now} in {where}"
            if step.tickets is not None:
                assert requests(self.stack, customer) == step.tickets, where


def readable(message: dict[str, Any]) -> list[str]:
    """The words of a message and of its buttons."""
    return [message["text"], *(button["title"] for button in message["buttons"])]


def transcript(customer: Customer) -> str:
    """All that was said, for reading."""
    return "\n".join(f"  {message['sender']}: {message['text']}" for message in customer.messages)


def open_form(stack: Stack, customer: Customer) -> str | None:
    """The form that Rasa's tracker is in."""
    loops = [row for row in stack.tracked(customer.conversation) if row["type_name"] == "active_loop"]
    name: str | None = json.loads(loops[-1]["data"])["name"] if loops else None
    return name


def requests(stack: Stack, customer: Customer) -> tuple[str, ...]:
    """The reasons of the tickets that change no owner, oldest first."""
    query = "SELECT reason FROM tickets WHERE conversation_id = ? AND kind = 'request' ORDER BY id"
    return tuple(row["reason"] for row in stack.rows(query, customer.conversation))


def _send(customer: Customer, step: Step) -> list[dict[str, Any]]:
    if step.says is not None:
        return customer.say(step.says)
    for message in reversed(customer.messages):
        if any(button["title"] == step.clicks for button in message["buttons"]):
            return customer.click(message, str(step.clicks))
    raise AssertionError(f"no message has the button {step.clicks}:\n{transcript(customer)}")


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target, timeout=10)) as write:
        read.backup(write)
