"""The website widget's protocol, spoken as a browser speaks it, and as an attacker does."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from bot.channels import web
from bot.channels.frames import parse_frame
from bot.errors import InvalidInput
from tests.service import Service, open_service


def test_a_session_welcomes_and_resumes(service: Service) -> None:
    first = service.client.post("/api/widget/session").json()
    assert set(first) == {"token", "conversation", "known", "title", "greeting", "quick_replies"}
    assert "云杉商城" in first["greeting"]
    again = service.client.post("/api/widget/session", json={"token": first["token"]}).json()
    assert again["conversation"] == first["conversation"]


@pytest.mark.parametrize("token", ["", "x", "InN0b2xlbiI.forged", 7, None, ["a"], "a" * 10_000])
def test_forged_tokens_open_nothing(service: Service, token: Any) -> None:
    answer = service.client.post("/api/widget/session", json={"token": token})
    assert answer.status_code == (200 if token is None else 401)
    with service.client.websocket_connect("/api/widget/socket") as session:
        session.send_json({"type": "hello", "token": token, "after": 0})
        frame = session.receive_json()
        assert frame["error"]["code"] in ("not_authenticated", "invalid_input")
        if isinstance(token, str) and len(token) <= 512:
            with pytest.raises(WebSocketDisconnect) as closed:
                session.receive_json()
            assert closed.value.code == 4401


def test_a_message_is_acknowledged_echoed_and_answered(service: Service) -> None:
    with service.socket() as browser:
        assert browser.welcome["status"] == {"owner": "bot", "agent": None, "ticket": None, "ahead": None}
        client_id = browser.say("怎么退货")
        answer = browser.message("bot")
        assert answer["seq"] == 2
        acks = [frame for frame in browser.frames if frame["type"] == "ack"]
        assert acks == [{"type": "ack", "client_id": client_id, "seq": 1}]
        assert not any(frame["type"] == "typing" for frame in browser.frames)


def test_a_bot_that_takes_a_moment_shows_that_it_writes(service: Service) -> None:
    gate = asyncio.Event()
    service.dialogue.gate = gate
    with service.socket() as browser:
        browser.say("怎么退货")
        assert browser.receive("typing")["on"] is True
        assert service.client.portal is not None
        service.client.portal.call(gate.set)
        browser.message("bot")
        typing = [(frame["who"], frame["on"]) for frame in browser.frames if frame["type"] == "typing"]
        assert typing == [("bot", True), ("bot", False)]


def test_payloads_of_buttons_stay_on_the_server(service: Service) -> None:
    with service.socket() as browser:
        browser.say("含糊")
        asked = browser.message("bot")
        assert [set(button) for button in asked["buttons"]] == [{"id", "title", "kind"}] * 3
        browser.send(type="choice", client_id="c", of=asked["seq"], choice=asked["buttons"][0]["id"])
        assert browser.message("bot")["text"] == "这是您选择的问题的答案。"
        assert "/choose_entry" not in json.dumps(browser.frames)


def test_the_human_button(service: Service) -> None:
    with service.socket() as browser:
        browser.send(type="human", client_id="h")
        notice = browser.message("bot")
        status = browser.receive("status")["status"]
        assert status["owner"] == "queue"
        assert status["ahead"] == 0
        assert status["ticket"] in notice["text"]


def test_a_reconnecting_browser_misses_nothing_and_sees_nothing_twice(service: Service) -> None:
    token = service.token()
    with service.socket(token) as browser:
        browser.say("第一句")
        browser.message("bot")
    with service.socket(token, after=1) as browser:
        assert [message["seq"] for message in browser.welcome["messages"]] == [2]
        browser.say("第二句")
        assert browser.message("customer")["seq"] == 3
        assert browser.message("bot")["seq"] == 4
        browser.send(type="hello", token=token, after=2)
        assert [message["seq"] for message in browser.receive("welcome")["messages"]] == [3, 4]


def test_a_restart_in_between_loses_nothing(tmp_path: Path) -> None:
    with open_service(tmp_path) as first:
        token = first.token()
        with first.socket(token) as browser:
            browser.say("第一句")
            browser.message("bot")
    with open_service(tmp_path) as second, second.socket(token) as browser:
        assert [message["seq"] for message in browser.welcome["messages"]] == [1, 2]


def test_long_transcripts_come_in_parts(service: Service) -> None:
    token = service.token()
    with service.socket(token) as browser:
        for number in range(120):
            browser.say(f"第{number}句")
        while browser.message("bot")["seq"] < 240:
            pass
    with service.socket(token) as browser:
        assert browser.welcome["more"]
        assert len(browser.welcome["messages"]) == 200
        browser.send(type="hello", token=token, after=200)
        rest = browser.receive("welcome")
        assert (len(rest["messages"]), rest["more"]) == (40, False)


def test_two_windows_of_one_customer_see_the_same(service: Service) -> None:
    token = service.token()
    with service.socket(token) as one, service.socket(token) as two:
        one.say("怎么退货")
        assert one.message("bot") == two.message("bot")


def test_the_same_client_id_is_one_message(service: Service) -> None:
    with service.socket() as browser:
        for text in ("一", "一", "二"):
            browser.send(type="message", client_id="same", text=text)
        for _ in range(3):
            assert browser.receive("ack") == {"type": "ack", "client_id": "same", "seq": 1}
        browser.say("完")
        assert browser.message("customer")["seq"] in (1, 2, 3)


BAD_FRAMES: list[str] = [
    "",
    "not json",
    "[]",
    "7",
    "null",
    '"hello"',
    "{}",
    '{"type": 7}',
    '{"type": "nonsense"}',
    '{"type": "message"}',
    '{"type": "message", "client_id": "x"}',
    '{"type": "message", "client_id": "", "text": "a"}',
    '{"type": "message", "client_id": "空 格", "text": "a"}',
    '{"type": "message", "client_id": "x", "text": null}',
    '{"type": "message", "client_id": "x", "text": "   "}',
    '{"type": "message", "client_id": "x", "text": "' + "长" * 2001 + '"}',
    '{"type": "message", "client_id": "x", "text": "' + "a" * 100_000 + '"}',
    '{"type": "choice", "client_id": "x", "of": 999, "choice": "b1"}',
    '{"type": "choice", "client_id": "x", "of": -1, "choice": "b1"}',
    '{"type": "choice", "client_id": "x", "of": true, "choice": "b1"}',
    '{"type": "choice", "client_id": "x", "of": 1e400, "choice": "b1"}',
    '{"type": "choice", "client_id": "x", "of": 99999999999999999999999, "choice": "b1"}',
    '{"type": "read"}',
    '{"type": "read", "seq": "1"}',
    '{"type": "hello", "token": "forged", "after": 0}',
    "[" * 60_000,
]


def test_bad_frames_are_answered_and_the_line_stays_open(service: Service) -> None:
    with service.socket() as browser:
        for frame in BAD_FRAMES:
            browser.session.send_text(frame)
            error = browser.receive("error")["error"]
            assert set(error) == {"code", "message", "detail"}
        browser.session.send_bytes(b"\x00\x01")
        browser.receive("error")
        browser.say("还在")
        assert browser.message("bot")["seq"] == 2


def test_the_error_names_the_message_that_it_is_about(service: Service) -> None:
    with service.socket() as browser:
        browser.send(type="message", client_id="too-long", text="长" * 2001)
        error = browser.receive("error")
        assert error["client_id"] == "too-long"
        assert error["error"]["code"] == "message_too_long"
        browser.send(type="choice", client_id="gone", of=1, choice="b1")
        error = browser.receive("error")
        assert (error["client_id"], error["error"]["code"]) == ("gone", "unknown_choice")


def test_bad_first_frames_are_answered_too(service: Service) -> None:
    token = service.token()
    with service.client.websocket_connect("/api/widget/socket") as session:
        for frame in ("nonsense", '{"type": "ping"}', '{"type": "message", "client_id": "x", "text": "a"}'):
            session.send_text(frame)
            assert session.receive_json()["type"] == "error"
        session.send_json({"type": "hello", "token": token})
        assert session.receive_json()["type"] == "welcome"


def test_a_silent_client_is_sent_away(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "HELLO_SECONDS", 0.05)
    with service.client.websocket_connect("/api/widget/socket") as session:
        assert session.receive_json()["type"] == "error"
        with pytest.raises(WebSocketDisconnect):
            session.receive_json()


def test_one_conversation_has_a_bounded_number_of_lines(service: Service) -> None:
    token = service.token()
    sessions: list[WebSocketTestSession] = []
    try:
        for _ in range(web.SOCKETS_PER_CONVERSATION):
            sessions.append(service.client.websocket_connect("/api/widget/socket").__enter__())
            sessions[-1].send_json({"type": "hello", "token": token})
            assert sessions[-1].receive_json()["type"] == "welcome"
        with service.client.websocket_connect("/api/widget/socket") as session:
            session.send_json({"type": "hello", "token": token})
            assert session.receive_json()["error"]["code"] == "too_many_requests"
    finally:
        for session in sessions:
            session.close()
            session.__exit__(None, None, None)


def test_a_flood_is_slowed_down_and_nothing_is_lost(tmp_path: Path) -> None:
    with open_service(tmp_path, message_rate=2.0) as service, service.socket() as browser:
        for _ in range(15):
            browser.say("刷屏")
        outcomes = [browser.receive("ack") for _ in range(10)]
        assert len(outcomes) == 10
        refused = [frame for frame in browser.frames if frame["type"] == "error"]
        while len(refused) < 5:
            refused.append(browser.receive("error"))
        assert {frame["error"]["code"] for frame in refused} == {"too_many_requests"}
        assert all(frame["client_id"] for frame in refused)


def test_script_is_text(service: Service) -> None:
    with service.socket() as browser:
        browser.say("<img src=x onerror=alert(1)>")
        assert browser.message("customer")["text"] == "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("body", ["not json", "[1]", '"x"', "7"])
def test_bad_session_bodies_are_refused(service: Service, body: str) -> None:
    answer = service.client.post(
        "/api/widget/session", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_input"


def test_other_sites_may_embed_the_widget(service: Service) -> None:
    preflight = service.client.options("/api/widget/session")
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in preflight.headers
    assert service.client.post("/api/widget/session").headers["access-control-allow-origin"] == "*"


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.sampled_from(["type", "client_id", "text", "of", "choice", "seq", "token", "after"]),
                    inner,
                )
            ),
        ).map(json.dumps),
    )
)
def test_any_frame_is_a_value_or_a_named_error(text: str) -> None:
    try:
        frame = parse_frame(text)
    except InvalidInput:
        return
    assert frame is not None


def test_typing_signs_of_customers_are_not_echoed(service: Service) -> None:
    with service.socket() as browser:
        browser.send(type="typing")
        browser.send(type="read", seq=5)
        browser.send(type="ping")
        browser.receive("pong")
        assert [frame["type"] for frame in browser.frames] == ["welcome", "pong"]
