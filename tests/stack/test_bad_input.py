"""Whatever comes in over the real socket and HTTP: a normal turn or a clear sentence, nothing lost."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.stack.agent import Agent
from tests.stack.conftest import Arrive
from tests.stack.customer import Customer
from tests.stack.records import all_handled, assert_promises, handoffs
from tests.stack.stack import Stack

CHINESE = re.compile("[一-龥]")

ORDINARY = {
    "emoji only": "😡🙏👍🏽👨‍👩‍👧",
    "script": "<script>alert('运费')</script><img src=x onerror=alert(1)>",
    "a template": "{{7*7}} ${7*7} %s %n {0} {text}",
    "a query": "'; DROP TABLE messages; --",
    "one long word": "a" * 2000,
    "one long line": "退" * 2000,
    "zero width inside": "运\u200b费\u200d怎\u2060么算",
    "control characters inside": "运\x00费\x07怎\x1b[31m么\u2028算",
    "a lone surrogate": "运费\ud83d怎么算",
    "right to left": "\u202e运费怎么算",
    "another script": "لا أفهم هذا ສະບາຍດີ",
    "combining marks": "e" + "\u0301" * 500,
    "a JSON text": '{"type":"message","text":"运费怎么算"}',
    "restart": "/restart",
    "a command": '/choose_entry{"entry":"returns-how"}',
    "a session start": "/session_start",
    "a slash": "/",
    "two lines": "运费怎么算\n\n\n发票怎么开\r\n",
    "full width": "ＡＢＣ１２３？！",
}

REFUSED = {
    "empty": ("", "message_empty"),
    "blank": (" \n\t\u3000 ", "message_empty"),
    "nothing to see": ("\u200b\u200d\ufeff\u2060", "message_empty"),
    "control characters only": ("\x00\x01\x7f", "message_empty"),
    "a character too long": ("退" * 2001, "message_too_long"),
    "100 kB": ("a" * 100_000, "message_too_long"),
    "a number": (17, "invalid_input"),
    "null": (None, "invalid_input"),
    "a list": (["运费"], "invalid_input"),
}

BROKEN_FRAMES: dict[str, str | bytes] = {
    "no JSON": "运费怎么算",
    "half a frame": '{"type": "message", "client_id"',
    "a list": "[]",
    "a string": '"message"',
    "deep": "[" * 50_000,
    "no type": "{}",
    "an unknown type": '{"type": "shutdown"}',
    "a type that is a list": '{"type": ["message"]}',
    "bytes": b"\x00\xff\xfe",
    "JSON in bytes": b'{"type": "ping"}',
    "no client id": '{"type": "message", "text": "hi"}',
    "a client id with spaces": '{"type": "message", "client_id": "a b", "text": "hi"}',
    "a client id that is too long": json.dumps({"type": "human", "client_id": "x" * 65}),
    "a seq below zero": '{"type": "read", "seq": -1}',
    "a seq beyond all": '{"type": "read", "seq": 1e300}',
    "hello with another's token": '{"type": "hello", "token": "forged", "after": 0}',
}


def assert_clear(error: dict[str, Any], code: str | None = None) -> None:
    """The one shape of errors: a Chinese sentence for people, English for the developer."""
    assert set(error) == {"code", "message", "detail"}
    assert code is None or error["code"] == code
    assert error["code"] != "internal"
    assert CHINESE.search(error["message"])
    assert error["detail"]


def assert_alive(stack: Stack, customer: Customer) -> None:
    """The socket is open, the conversation works, and the log has no stack trace."""
    assert customer.say("运费怎么算")[-1]["sender"] == "bot"
    assert_promises(stack, [customer])


@pytest.mark.parametrize("text", list(ORDINARY.values()), ids=list(ORDINARY))
def test_a_strange_text_is_a_normal_turn(stack: Stack, arrive: Arrive, text: str) -> None:
    customer = arrive(stack)
    assert customer.say(text)[-1]["sender"] == "bot"
    assert customer.errors == []
    assert "failing_part" not in handoffs(stack, customer)
    assert_promises(stack, [customer])


@pytest.mark.parametrize(
    "text", ["/restart", "/session_start", "/back", '/choose_entry{"entry":"returns-how"}']
)
def test_a_typed_command_does_not_move_a_form(stack: Stack, arrive: Arrive, text: str) -> None:
    customer = arrive(stack)
    customer.say("给我回个电话吧")
    for line in (text, "13800138000"):
        customer.acked(customer.send(line))
    all_handled(stack, [customer])
    names = [row["type_name"] for row in stack.tracked(customer.conversation)]
    assert "restart" not in names
    assert names.count("session_started") == 1
    heard = [
        json.loads(row["data"]) for row in stack.tracked(customer.conversation) if row["type_name"] == "user"
    ]
    assert not [user for user in heard if user["parse_data"]["intent"]["name"] in ("restart", "choose_entry")]
    assert_promises(stack, [customer])


@pytest.mark.parametrize(("text", "code"), list(REFUSED.values()), ids=list(REFUSED))
def test_what_is_no_message_is_refused_by_name(stack: Stack, arrive: Arrive, text: object, code: str) -> None:
    customer = arrive(stack)
    customer.send_frame(type="message", client_id="c1", text=text)
    customer.wait(lambda: customer.errors, "an error")
    assert customer.errors[0]["client_id"] == "c1"
    assert_clear(customer.errors[0]["error"], code)
    assert customer.messages == []
    assert_alive(stack, customer)


@pytest.mark.parametrize("frame", list(BROKEN_FRAMES.values()), ids=list(BROKEN_FRAMES))
def test_a_broken_frame_is_refused_and_the_line_stays(
    stack: Stack, arrive: Arrive, frame: str | bytes
) -> None:
    customer = arrive(stack)
    customer.socket.send(frame)
    customer.wait(lambda: customer.errors, "an error")
    assert_clear(customer.errors[0]["error"])
    assert_alive(stack, customer)


def test_a_choice_that_was_never_offered(stack: Stack, arrive: Arrive) -> None:
    customer, other = arrive(stack), arrive(stack)
    notice = other.say("转人工")[-1]
    customer.say("你好")
    for of, choice in ((1, "b1"), (2, "b99"), (999, "b1"), (notice["seq"], notice["buttons"][0]["id"])):
        customer.errors.clear()
        customer.send_frame(type="choice", client_id=uuid.uuid4().hex, of=of, choice=choice)
        customer.wait(lambda: customer.errors, "an error")
        assert_clear(customer.errors[0]["error"], "unknown_choice")
    assert_alive(stack, customer)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    frame=st.one_of(
        st.text(max_size=50),
        st.binary(max_size=50),
        st.dictionaries(
            st.sampled_from(["type", "client_id", "text", "of", "choice", "seq", "token", "after"]),
            st.one_of(
                st.sampled_from(["message", "choice", "human", "typing", "read", "ping", "hello", "c1"]),
                st.text(max_size=20),
                st.integers(),
                st.floats(),
                st.none(),
                st.lists(st.integers(), max_size=2),
            ),
        ).map(json.dumps),
    )
)
def test_no_frame_closes_the_line(stack: Stack, talkative: Customer, frame: str | bytes) -> None:
    talkative.socket.send(frame.encode("utf-8", "replace").decode() if isinstance(frame, str) else frame)
    talkative.settle()
    for error in talkative.errors:
        assert_clear(error["error"])
    talkative.errors.clear()


@pytest.fixture
def talkative(stack: Stack, arrive: Arrive) -> Customer:
    return arrive(stack)


@pytest.mark.parametrize("token", ["", "forged", "x" * 600, "dzEyMw.c2lnbmF0dXJl", "../../etc/passwd"])
def test_a_forged_token_is_told_and_cut_off(stack: Stack, token: str) -> None:
    with connect(f"ws{stack.url.removeprefix('http')}/api/widget/socket", proxy=None) as socket:
        socket.send(json.dumps({"type": "hello", "token": token, "after": 0}))
        first = json.loads(socket.recv(timeout=10))
        assert first["type"] == "error"
        assert_clear(first["error"])
        if first["error"]["code"] == "not_authenticated":
            with pytest.raises(ConnectionClosed):
                socket.recv(timeout=10)
            assert socket.close_code == 4401
        else:
            # The wrong form is no hello at all, and the line waits for one.
            assert first["error"]["code"] == "invalid_input"


def test_another_customers_conversation_stays_closed(stack: Stack, arrive: Arrive) -> None:
    mine, theirs = arrive(stack), arrive(stack)
    theirs.say("你好")
    with connect(f"ws{stack.url.removeprefix('http')}/api/widget/socket", proxy=None) as socket:
        swapped = (
            mine.token.split(".")[0][:-4] + theirs.token.split(".")[0][-4:] + "." + mine.token.split(".")[1]
        )
        socket.send(json.dumps({"type": "hello", "token": swapped, "after": 0}))
        assert_clear(json.loads(socket.recv(timeout=10))["error"], "not_authenticated")
    mine.send_frame(type="hello", token=theirs.token, after=0)
    mine.wait(lambda: mine.errors, "an error")
    assert_clear(mine.errors[0]["error"], "invalid_input")


HTTP_CALLS: list[tuple[str, str, dict[str, Any], int]] = [
    ("POST", "/api/widget/session", {"content": b"{"}, 422),
    (
        "POST",
        "/api/widget/session",
        {"content": b"\xff\xfe", "headers": {"Content-Type": "application/json"}},
        422,
    ),
    ("POST", "/api/widget/session", {"json": ["token"]}, 422),
    ("POST", "/api/widget/session", {"json": {"token": 17}}, 401),
    ("POST", "/api/widget/session", {"json": {"token": "forged"}}, 401),
    ("DELETE", "/api/widget/session", {}, 405),
    ("GET", "/api/widget/nothing", {}, 404),
    ("POST", "/internal/ask", {"json": {"text": "运费"}}, 401),
    ("POST", "/internal/actions", {"json": {}, "headers": {"Authorization": "Bearer wrong"}}, 401),
    ("POST", "/internal/ask", {"json": {"text": "运费"}, "headers": {"X-Forwarded-For": "1.2.3.4"}}, 404),
    ("GET", "/api/console/tickets", {}, 401),
    ("POST", "/api/console/login", {"json": {"name": "admin"}}, 422),
    ("POST", "/api/console/login", {"json": {"name": "admin", "password": "x" * 5000}}, 422),
    ("POST", "/api/console/login", {"json": {"name": "nobody", "password": "wrong-password"}}, 401),
]


@pytest.mark.parametrize(("method", "path", "rest", "status"), HTTP_CALLS)
def test_http_refuses_in_the_one_shape(
    stack: Stack, method: str, path: str, rest: dict[str, Any], status: int
) -> None:
    answer = httpx.request(method, f"{stack.url}{path}", timeout=10, trust_env=False, **rest)
    assert answer.status_code == status, answer.text
    assert_clear(answer.json()["error"])


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/tickets/T20991231-9999", None, 404),
        ("GET", "/tickets/%00", None, 404),
        ("GET", "/tickets?state=burning", None, 422),
        ("GET", "/tickets?before=yesterday", None, 404),
        ("GET", "/conversations/wnobody", None, 404),
        ("GET", "/conversations?owner=me", None, 422),
        ("POST", "/conversations/wnobody/take", {}, 404),
        ("POST", "/conversations/wnobody/reply", {"client_id": "a", "text": "您好"}, 404),
        ("POST", "/conversations/wnobody/reply", {"client_id": "a", "text": ""}, 422),
        ("POST", "/conversations/wnobody/reply", {"client_id": "a b", "text": "您好"}, 422),
        ("POST", "/conversations/wnobody/reply", {"text": "您好", "owner": "me"}, 422),
        ("POST", "/conversations/wnobody/resolve", {"note": "x" * 3000}, 422),
        ("GET", "/events?after=-1", None, 422),
    ],
)
def test_the_console_refuses_in_the_one_shape(
    administrator: Agent, method: str, path: str, body: object, status: int
) -> None:
    answer = administrator.http.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert_clear(answer.json()["error"])


def test_nothing_of_this_was_an_accident(stack: Stack, arrive: Arrive) -> None:
    """After all of the above: no stack trace in the log, and fifty bad frames cost a customer nothing."""
    customer = arrive(stack)
    for _ in range(50):
        customer.socket.send("{")
    sent = customer.send("运费怎么算")
    customer.acked(sent)
    all_handled(stack, [customer])
    customer.settle()
    assert len(customer.errors) == 50
    assert len(customer.texts()) == 1
    assert "Traceback" not in stack.log
