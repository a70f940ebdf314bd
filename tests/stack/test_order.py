"""Messages of one conversation are handled in order; conversations do not wait for each other."""

from __future__ import annotations

import json

from tests.stack.conftest import Arrive
from tests.stack.records import all_handled, assert_promises
from tests.stack.stack import Stack

QUESTIONS = ("运费怎么算", "你好", "怎么申请退货", "谢谢你", "发票怎么开")


def test_fifty_conversations_of_five_messages_at_once(stack: Stack, arrive: Arrive) -> None:
    customers = [arrive(stack) for _ in range(50)]
    sent = {
        customer: [customer.send(f"第{number}个问题，{text}") for number, text in enumerate(QUESTIONS)]
        for customer in customers
    }
    acked = {customer: [customer.acked(client_id) for client_id in ids] for customer, ids in sent.items()}
    all_handled(stack, customers)
    for customer, seqs in acked.items():
        assert seqs == sorted(seqs)
        customer.settle()
        assert not customer.errors
        stored = stack.rows(
            "SELECT seq FROM messages WHERE conversation_id = ? ORDER BY seq", customer.conversation
        )
        assert [message["seq"] for message in customer.messages] == [row["seq"] for row in stored]
        heard = [
            json.loads(row["data"])["text"]
            for row in stack.tracked(customer.conversation)
            if row["type_name"] == "user"
        ]
        assert heard == [f"第{number}个问题，{text}" for number, text in enumerate(QUESTIONS)]
    assert_promises(stack, customers)


def test_a_long_conversation_does_not_hold_up_the_others(stack: Stack, arrive: Arrive) -> None:
    busy = arrive(stack)
    others = [arrive(stack) for _ in range(8)]
    for number in range(40):
        last = busy.send(f"问题{number}，运费怎么算")
    firsts = {other: other.send("怎么申请退货") for other in others}
    for other, first in firsts.items():
        assert other.acked(first)
    assert busy.acked(last)
    all_handled(stack, [busy, *others])
    query = "SELECT max(id) AS id FROM messages WHERE conversation_id = ? AND sender = 'bot'"
    end = stack.rows(query, busy.conversation)[0]["id"]
    assert all(stack.rows(query, other.conversation)[0]["id"] < end for other in others)
    assert_promises(stack, [busy, *others])
