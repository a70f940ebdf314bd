"""Rasa dies, hangs or stays away: an answer, or a sentence with a ticket; once, and never silence."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.stack.agent import Agent
from tests.stack.conftest import Arrive
from tests.stack.customer import Customer
from tests.stack.records import all_handled, assert_promises, handoffs
from tests.stack.stack import START_SECONDS, Stack, running_stack, until

SENTENCE = "抱歉，系统刚才出了点问题"


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service whose Rasa this module harms, and which does not wait for it for long."""
    with running_stack(tmp_path_factory.mktemp("fragile"), rasa_timeout=2, message_rate=100) as running:
        yield running


@pytest.fixture(scope="module")
def clerk(fragile: Stack) -> Iterator[Agent]:
    with closing(Agent.administrator(fragile)) as agent:
        yield agent


def assert_told(stack: Stack, customer: Customer) -> None:
    """A sentence with the number of the one ticket."""
    assert handoffs(stack, customer) == ["failing_part"]
    assert customer.status["owner"] == "queue"
    notices = [text for text in customer.texts() if text.startswith(SENTENCE)]
    assert len(notices) == 1
    assert customer.status["ticket"] in notices[0]


def test_killed_in_the_middle_of_turns(fragile: Stack, arrive: Arrive, clerk: Agent) -> None:
    customers = [arrive(fragile) for _ in range(16)]
    for customer in customers:
        customer.acked(customer.send("运费怎么算"))
    time.sleep(random.uniform(0.0, 0.15))
    killed = fragile.kill_rasa()
    for customer in customers:
        customer.send("怎么申请退货")
    while_away = arrive(fragile)
    while_away.say("怎么申请退货")
    assert_told(fragile, while_away)
    all_handled(fragile, customers)
    for customer in customers:
        customer.settle()
        if customer.status["owner"] == "queue":
            assert_told(fragile, customer)
        else:
            assert handoffs(fragile, customer) == []
            assert len(customer.texts()) == 2
    assert_promises(fragile, [*customers, while_away])

    until(fragile.ready, START_SECONDS, "Rasa's restart")
    assert fragile.rasa_pid != killed
    for customer in [while_away, *(c for c in customers if c.status["owner"] == "queue")][:3]:
        assert clerk.resolve(customer.conversation, "系统已恢复").status_code == 200
        assert "免" in customer.say("运费怎么算")[-1]["text"]
        assert customer.status == {"owner": "bot", "agent": None, "ticket": None, "ahead": None}


def test_a_rasa_that_hangs(fragile: Stack, arrive: Arrive) -> None:
    customers = [arrive(fragile) for _ in range(3)]
    with fragile.held_rasa():
        for customer in customers:
            customer.say("运费怎么算")
            assert_told(fragile, customer)
    assert "免" in arrive(fragile).say("运费怎么算")[-1]["text"]
    assert_promises(fragile, customers)


@contextmanager
def nobody_listens(port: int) -> Iterator[None]:
    """The port is taken and refuses every call."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        def bound() -> bool:
            try:
                taken.bind(("127.0.0.1", port))
            except OSError:
                return False
            return True

        until(bound, what="the port that the killed process leaves")
        yield


def test_a_rasa_that_stays_away(fragile: Stack, arrive: Arrive, clerk: Agent) -> None:
    fragile.kill_rasa()
    with nobody_listens(fragile.rasa_port):
        # Its successors find the port taken and end, too.
        first = until(lambda: fragile.rasa_pid or 0, what="a second Rasa")
        customer = arrive(fragile)
        customer.say("怎么申请退货")
        assert_told(fragile, customer)
        os.kill(first, signal.SIGKILL)
        angry = arrive(fragile)
        assert "转接人工" in angry.say("转人工")[-1]["text"]
        assert handoffs(fragile, angry) == ["requested"]
        open_tickets = clerk.look("/tickets", state="open")["tickets"]
        assert {customer.status["ticket"], angry.status["ticket"]} <= {t["number"] for t in open_tickets}
        assert_promises(fragile, [customer, angry])
    until(fragile.ready, START_SECONDS, "Rasa's restart")
    assert "免" in arrive(fragile).say("运费怎么算")[-1]["text"]


def test_without_artefacts_the_service_says_what_to_run(tmp_path: Path) -> None:
    stack = Stack(tmp_path)
    stack.settings = {"models": tmp_path / "nothing"}
    refused = stack.bot("serve")
    assert refused.returncode == 2
    assert ": run `bot " in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
