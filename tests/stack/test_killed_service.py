"""`kill -9` of the service in the middle of turns: nothing is lost and nothing is answered twice."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from tests.stack.conftest import Arrive
from tests.stack.customer import Customer
from tests.stack.records import all_handled, assert_promises
from tests.stack.stack import Stack, running_stack, until

PHONE, CALL_TIME = "13800138000", "明天下午三点以后"
CALL_DAY = re.compile(r"\d+月\d+日（周.）15:00以后")
RESTART_SECONDS = 90.0


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service that this module kills again and again."""
    with running_stack(tmp_path_factory.mktemp("mortal"), message_rate=100) as running:
        yield running


@dataclass
class Story:
    """A customer who says several things without waiting, and again what was never acknowledged."""

    customer: Customer
    lines: tuple[str, ...]
    sent: dict[str, str] = field(default_factory=dict)

    def tell(self) -> None:
        for line in self.lines:
            self.sent[self.customer.send(line)] = line

    def resume(self) -> None:
        """What the widget does after a lost line."""
        self.customer.drain()
        self.customer.connect()
        for client_id, line in self.sent.items():
            if client_id not in self.customer.acks:
                self.customer.send(line, client_id)


def stories(stack: Stack, arrive: Arrive) -> list[Story]:
    """Every third customer stands in the middle of the call-back form."""
    told = []
    for number in range(18):
        customer = arrive(stack)
        if number % 3 == 0:
            assert "手机" in customer.say("给我回个电话吧")[-1]["text"]
            told.append(Story(customer, (PHONE, CALL_TIME)))
        else:
            told.append(Story(customer, ("运费怎么算", "你好", "怎么申请退货")))
    return told


def start_again(stack: Stack) -> None:
    """Customers come back before Rasa does."""
    stack.start(wait=False)
    until(lambda: alive(stack), RESTART_SECONDS, "a listening service")


def alive(stack: Stack) -> bool:
    try:
        return httpx.get(f"{stack.url}/healthz", timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def assert_all_well(stack: Stack, told: list[Story]) -> None:
    customers = [story.customer for story in told]
    for story in told:
        story.resume()
    for story in told:
        for client_id in story.sent:
            story.customer.acked(client_id)
    all_handled(stack, customers, RESTART_SECONDS)
    for story in told:
        story.customer.settle()
        assert_heard_once(stack, story)
    assert_promises(stack, customers)
    until(stack.ready, RESTART_SECONDS)


def assert_heard_once(stack: Stack, story: Story) -> None:
    customer = story.customer
    heard = [
        json.loads(row["data"])["text"]
        for row in stack.tracked(customer.conversation)
        if row["type_name"] == "user"
    ]
    assert heard[-len(story.lines) :] == list(story.lines)
    assert len(heard) == len(customer.acks)
    assert customer.status["owner"] == "bot"
    tickets = stack.rows("SELECT kind, fields FROM tickets WHERE conversation_id = ?", customer.conversation)
    if PHONE in story.lines:
        # A value that was taken twice would have been asked for again.
        (ticket,) = tickets
        fields = json.loads(ticket["fields"])
        assert (ticket["kind"], fields["phone"]) == ("request", PHONE)
        assert CALL_DAY.fullmatch(fields["time"])
        assert len(customer.texts()) == 3
    else:
        assert tickets == []


def test_at_random_moments(mortal: Stack, arrive: Arrive) -> None:
    told = stories(mortal, arrive)
    for story in told:
        story.tell()
    time.sleep(random.uniform(0.0, 0.4))
    mortal.kill()
    start_again(mortal)
    assert_all_well(mortal, told)


def test_a_stop_in_order_hands_nobody_to_a_human(mortal: Stack, arrive: Arrive) -> None:
    told = stories(mortal, arrive)
    for story in told:
        story.tell()
    story.customer.acked(list(story.sent)[-1])
    mortal.stop()
    assert "handing off" not in mortal.log
    start_again(mortal)
    assert_all_well(mortal, told)


def test_before_rasa_has_answered(mortal: Stack, arrive: Arrive) -> None:
    told = stories(mortal, arrive)
    with mortal.held_rasa():
        for story in told:
            story.tell()
        for story in told:
            story.customer.acked(list(story.sent)[-1])
        mortal.kill()
    start_again(mortal)
    assert_all_well(mortal, told)


def test_after_rasa_has_answered_and_before_anything_is_stored(mortal: Stack, arrive: Arrive) -> None:
    told = stories(mortal, arrive)
    with mortal.held_rasa():
        for story in told:
            story.tell()
        for story in told:
            story.customer.acked(list(story.sent)[-1])
        lock = mortal.no_commits()
        lock.__enter__()
    try:
        until(lambda: sum(heard_pending(mortal, story.customer) for story in told) >= 8, 4.0)
        mortal.kill()
    finally:
        lock.__exit__(None, None, None)
    left = sum(heard_pending(mortal, story.customer) for story in told)
    assert left >= 8
    start_again(mortal)
    assert_all_well(mortal, told)


def heard_pending(stack: Stack, customer: Customer) -> int:
    """Messages that Rasa has handled and that have no turn."""
    pending = {
        f"{customer.conversation}:{row['seq']}"
        for row in stack.rows(
            "SELECT seq FROM messages WHERE pending AND conversation_id = ?", customer.conversation
        )
    }
    heard = {
        json.loads(row["data"])["message_id"]
        for row in stack.tracked(customer.conversation)
        if row["type_name"] == "user"
    }
    return len(pending & heard)
