"""A client id is one message, however often, from wherever and after whatever it is sent."""

from __future__ import annotations

from contextlib import closing

from tests.stack.conftest import Arrive
from tests.stack.customer import Customer
from tests.stack.records import all_handled, assert_promises
from tests.stack.stack import Stack


def test_the_same_message_from_two_windows_at_once(stack: Stack, arrive: Arrive) -> None:
    customer = arrive(stack)
    with closing(Customer(stack.url, customer.token).connect()) as window:
        for number in range(10):
            for side in (customer, window, customer, window):
                side.send("运费怎么算", f"same-{number}")
        for number in range(10):
            assert customer.acked(f"same-{number}") == window.acked(f"same-{number}")
        all_handled(stack, [customer])
        for side in (customer, window):
            side.settle()
        assert customer.messages == window.messages
        assert len([m for m in customer.messages if m["sender"] == "customer"]) == 10
    assert_promises(stack, [customer])


def test_the_same_message_after_a_lost_line(stack: Stack, arrive: Arrive) -> None:
    customer = arrive(stack)
    customer.say("你好")
    client_id = customer.send("运费怎么算")
    customer.close()
    customer.connect()
    # The widget cannot know whether it arrived, so it says it again.
    customer.send("运费怎么算", client_id)
    seq = customer.acked(client_id)
    all_handled(stack, [customer])
    customer.settle()
    assert [m["sender"] for m in customer.messages] == ["customer", "bot", "customer", "bot"]
    for text in ("运费怎么算", "换一句话"):
        customer.acks.clear()
        customer.send(text, client_id)
        assert customer.acked(client_id) == seq
    customer.settle()
    assert len(customer.messages) == 4
    assert customer.messages[2]["text"] == "运费怎么算"
    assert_promises(stack, [customer])


def test_the_same_press_twice(stack: Stack, arrive: Arrive) -> None:
    customer = arrive(stack)
    for _ in range(3):
        customer.send_frame(type="human", client_id="press")
    customer.acked("press")
    all_handled(stack, [customer])
    customer.settle()
    assert [m["text"] for m in customer.messages if m["sender"] == "customer"] == ["转人工"]
    assert len(customer.messages) == 2
    assert_promises(stack, [customer])


def test_a_new_window_reads_everything_from_the_start(stack: Stack, arrive: Arrive) -> None:
    customer = arrive(stack)
    for line in ("你好", "运费怎么算", "转人工"):
        customer.say(line)
    with closing(Customer(stack.url, customer.token).connect()) as window:
        assert window.conversation == customer.conversation
        assert window.messages == customer.messages
        assert window.status == customer.status
