"""The written conversations of tests/conversations/dialogues against the running product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conversations.dialogue_file import DialogueScript, Step, read_dialogues
from tests.stack.customer import Customer
from tests.stack.records import assert_promises, handoffs
from tests.stack.stack import Stack, running_stack

SCRIPTS = read_dialogues(Path(__file__).resolve().parents[1] / "conversations" / "dialogues")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Stack]:
    """A demo shop in which nothing was done yet."""
    with running_stack(tmp_path) as stack:
        yield stack


def play(stack: Stack, script: DialogueScript) -> None:
    """Have the conversation. Fails at the first step that goes otherwise, with all that was said."""
    identity = None
    if script.visitor:
        path = f"{stack.url}/api/demo/visitors/{script.visitor}/identity"
        identity = httpx.post(path, timeout=10, trust_env=False).json()["identity"]
    with closing(Customer(stack.url, identity=identity).connect()) as customer:
        for number, step in enumerate(script.steps, 1):
            told = _take(customer, step)
            where = f"{script.name}, step {number}: {step}\n" + "\n".join(
                f"  {message['sender']}: {message['text']}" for message in customer.messages
            )
            text = "\n".join(message["text"] for message in told)
            assert all(words in text for words in step.answers), where
            assert not any(words in text for words in step.never), where
            reasons = handoffs(stack, customer)
            assert reasons == ([step.handoff] if step.handoff else []), where
        assert_promises(stack, [customer])


def _take(customer: Customer, step: Step) -> list[dict[str, Any]]:
    if step.says is not None:
        return customer.say(step.says)
    offering = next(
        message
        for message in reversed(customer.messages)
        if any(button["title"] == step.clicks for button in message["buttons"])
    )
    return customer.click(offering, str(step.clicks))


def test_the_written_conversations(fresh: Stack) -> None:
    failed = []
    for script in SCRIPTS:
        try:
            play(fresh, script)
        except (AssertionError, TimeoutError, StopIteration) as error:
            failed.append(f"{script.name}: {type(error).__name__} {error}")
    assert not failed, "\n\n".join(failed)
