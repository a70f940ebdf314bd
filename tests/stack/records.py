"""What must hold in the database and in Rasa's trackers after any story, read from outside."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from tests.stack.customer import Customer
from tests.stack.stack import Stack, until

ANSWERING = ("replied", "handoff")


def all_handled(stack: Stack, customers: Iterable[Customer], seconds: float = 60.0) -> None:
    """Wait until every stored message of these customers has its turn."""
    names = [customer.conversation for customer in customers]
    marks = ",".join("?" * len(names))
    query = f"SELECT count(*) AS n FROM messages WHERE pending AND conversation_id IN ({marks})"
    until(lambda: stack.rows(query, *names)[0]["n"] == 0, seconds, "the end of all turns")


def assert_promises(stack: Stack, customers: Iterable[Customer]) -> None:
    """Stored, in order, answered once, and never handled twice by Rasa; tickets whole."""
    for customer in customers:
        _assert_answered_once(stack, customer.conversation)
        _assert_tracked_once(stack, customer.conversation)
        _assert_tickets_whole(stack, customer.conversation)


def _assert_answered_once(stack: Stack, conversation: str) -> None:
    messages = stack.rows("SELECT * FROM messages WHERE conversation_id = ? ORDER BY seq", conversation)
    turns = stack.rows("SELECT * FROM turns WHERE conversation_id = ? ORDER BY seq", conversation)
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    asked = [message for message in messages if message["sender"] == "customer"]
    assert not [message for message in asked if message["pending"]]
    assert [turn["seq"] for turn in turns] == [message["seq"] for message in asked]
    assert [turn["at"] for turn in turns] == sorted(turn["at"] for turn in turns)
    said = [message for message in messages if message["sender"] == "bot"]
    assert [message["answers"] for message in said] == sorted(message["answers"] for message in said)
    for turn in turns:
        replies = [message for message in said if message["answers"] == turn["seq"]]
        if turn["outcome"] in ANSWERING:
            assert replies, f"message {turn['seq']} of {conversation} met silence: {turn}"
        if turn["outcome"] == "dropped":
            assert not replies
        # One transaction has one time: a second answer would have another.
        assert {reply["at"] for reply in replies} <= {turn["at"]}


def _assert_tracked_once(stack: Stack, conversation: str) -> None:
    tracked = stack.tracked(conversation)
    heard = [json.loads(row["data"])["message_id"] for row in tracked if row["type_name"] == "user"]
    twice = {name: times for name, times in Counter(heard).items() if times > 1}
    assert not twice, f"Rasa's tracker was moved on twice by {twice}"
    assert heard == sorted(heard, key=lambda name: int(name.rsplit(":", 1)[1]))


def _assert_tickets_whole(stack: Stack, conversation: str) -> None:
    """A ticket, its change of owner, the customer's notice and the agent's alert have one time."""
    query = "SELECT * FROM tickets WHERE conversation_id = ?"
    for ticket in stack.rows(query, conversation):
        at = ticket["created_at"]
        alerts = _kinds(stack, conversation, at)
        assert "ticket.created" in alerts, ticket
        if ticket["kind"] == "handoff":
            assert "conversation.changed" in alerts, ticket
            told = stack.rows(
                "SELECT text FROM messages WHERE conversation_id = ? AND at = ? AND sender != 'customer'",
                conversation,
                at,
            )
            if ticket["reason"] != "taken_over":
                assert [line for line in told if ticket["number"] in line["text"]], ticket
            else:
                assert told, ticket
        if ticket["state"] == "open":
            owner = stack.rows(
                "SELECT owner FROM episodes WHERE conversation_id = ? AND number = ?",
                conversation,
                ticket["episode"],
            )[0]["owner"]
            assert ticket["assignee_id"] is not None or ticket["rank"] in (0, 1, 2)
            assert (owner == "human") == (ticket["assignee_id"] is not None) or ticket["kind"] == "request"
            assert ticket["deadline"] > at


def _kinds(stack: Stack, conversation: str, at: str) -> set[str]:
    rows = stack.rows("SELECT kind FROM events WHERE conversation_id = ? AND at = ?", conversation, at)
    return {row["kind"] for row in rows}


def handoffs(stack: Stack, customer: Customer) -> list[str]:
    """The reasons of the customer's hand-off tickets, oldest first."""
    query = "SELECT reason FROM tickets WHERE conversation_id = ? AND kind = 'handoff' ORDER BY id"
    return [row["reason"] for row in stack.rows(query, customer.conversation)]
