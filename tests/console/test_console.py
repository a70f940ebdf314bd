"""The console's interface as a browser, a colleague and a stranger use it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.console.accounts import SESSION_LIFE, Accounts
from bot.console.feed import feed
from bot.errors import NotAuthenticated, TooManyRequests, WeakPassword, WrongPassword
from tests.desk import Clock, Desk, open_database
from tests.service import Service, open_service

API = "/api/console"


@pytest.fixture
def signed_in(service: Service) -> tuple[Service, dict[str, str]]:
    return service, service.sign_in()


def test_the_first_password_is_told_once_and_must_be_changed(tmp_path: Path) -> None:
    with open_service(tmp_path) as first:
        assert len(first.said) == 1
        password = first.said[0].split("初始密码 ")[1].split("（")[0]
        login = first.client.post(f"{API}/login", json={"name": "admin", "password": password})
        assert login.json()["must_change_password"]
        assert first.client.get(f"{API}/tickets").status_code == 403
        headers = {"X-Bot-CSRF": login.json()["csrf"]}
        weak = first.client.post(f"{API}/password", json={"old": password, "new": "short"}, headers=headers)
        assert weak.json()["error"]["code"] == "weak_password"
        good = {"old": password, "new": "a-long-new-password"}
        assert first.client.post(f"{API}/password", json=good, headers=headers).status_code == 200
        assert first.client.get(f"{API}/tickets").status_code == 200
    with open_service(tmp_path) as second:
        assert second.said == []


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(service: Service) -> None:
    password = service.said[0].split("初始密码 ")[1].split("（")[0]
    login = service.client.post(f"{API}/login", json={"name": "admin", "password": password})
    cookie = login.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "me"),
        ("GET", "tickets"),
        ("GET", "tickets/T20261121-0001"),
        ("GET", "conversations"),
        ("GET", "conversations/c1"),
        ("GET", "events"),
        ("POST", "logout"),
        ("POST", "conversations/c1/take"),
    ],
)
def test_strangers_see_nothing(service: Service, method: str, path: str) -> None:
    service.client.cookies.set("bot_session", "made-up")
    answer = service.client.request(method, f"{API}/{path}")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_authenticated"


@pytest.mark.parametrize("headers", [{}, {"X-Bot-CSRF": ""}, {"X-Bot-CSRF": "guessed"}])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("logout", {}),
        ("password", {"old": "x", "new": "y"}),
        ("conversations/c1/take", {}),
        ("conversations/c1/reply", {"client_id": "a", "text": "b"}),
        ("conversations/c1/typing", {"on": True}),
        ("conversations/c1/resolve", {"note": ""}),
    ],
)
def test_changes_need_the_page(
    signed_in: tuple[Service, dict[str, str]], headers: dict[str, str], path: str, body: dict[str, Any]
) -> None:
    answer = signed_in[0].client.post(f"{API}/{path}", json=body, headers=headers)
    assert answer.status_code == 403


def test_signing_out_ends_the_session(signed_in: tuple[Service, dict[str, str]]) -> None:
    service, headers = signed_in
    assert service.client.get(f"{API}/me").status_code == 200
    assert service.client.post(f"{API}/logout", headers=headers).status_code == 200
    assert service.client.get(f"{API}/me").status_code == 401


def test_an_agent_takes_over_answers_and_resolves(signed_in: tuple[Service, dict[str, str]]) -> None:
    service, headers = signed_in
    with service.socket() as browser:
        browser.say("怎么退货")
        browser.message("bot")
        browser.say("转人工")
        number = browser.receive("status")["status"]["ticket"]
        (ticket,) = service.client.get(f"{API}/tickets").json()["tickets"]
        assert ticket["number"] == number
        assert ticket["state"] == "open"
        assert "怎么退货" in ticket["summary"]
        assert ticket["tried"] == ["回答了“怎么申请退货”（把握93%）"]
        conversation = ticket["conversation"]
        listed = service.client.get(f"{API}/conversations?owner=queue").json()["conversations"]
        assert [(c["id"], c["unread"], c["customer_online"]) for c in listed] == [(conversation, 2, True)]
        path = f"{API}/conversations/{conversation}"
        detail = service.client.get(path).json()
        traces = [m["trace"] and m["trace"]["decision"] for m in detail["messages"]]
        assert traces == [None, "answer", None, "handoff"]
        taken = service.client.post(f"{path}/take", headers=headers).json()["conversation"]
        assert (taken["owner"], taken["agent"], taken["unread"]) == ("human", "管理员", 0)
        assert browser.message("system")["text"] == "人工客服管理员已接入"
        assert browser.receive("status")["status"]["agent"] == "管理员"
        service.client.post(f"{path}/typing", json={"on": True}, headers=headers)
        assert browser.receive("typing", who="agent")["on"]
        # What is still unread at the end of the service would begin a new episode.
        browser.receive("ack", client_id=browser.say("好的谢谢"))
        body = {"client_id": "a1", "text": "您好，我来处理。"}
        sent = service.client.post(f"{path}/reply", json=body, headers=headers).json()["message"]
        assert service.client.post(f"{path}/reply", json=body, headers=headers).json()["message"] == sent
        assert browser.message("agent")["text"] == "您好，我来处理。"
        assert (
            service.client.post(f"{path}/resolve", json={"note": "已解决"}, headers=headers).status_code
            == 200
        )
        assert "已结束服务" in browser.message("system")["text"]
        again = service.client.post(f"{path}/resolve", json={"note": ""}, headers=headers)
        assert again.json()["error"]["code"] == "conflict"
        done = service.client.get(f"{API}/tickets/{number}").json()["ticket"]
        assert (done["state"], done["note"], done["assignee"]) == ("resolved", "已解决", "管理员")
        browser.say("怎么退货呢")
        assert browser.message("bot")["text"].startswith("关于")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("tickets/T20000101-0001", 404),
        ("conversations/unknown", 404),
        ("tickets?state=nonsense", 422),
        ("tickets?before=T20000101-0001", 404),
        ("conversations?owner=nonsense", 422),
        ("conversations?before=unknown", 404),
        ("events?after=-1", 422),
        ("events?after=x", 422),
        ("nowhere", 404),
    ],
)
def test_unknown_things_are_named_errors(
    signed_in: tuple[Service, dict[str, str]], path: str, status: int
) -> None:
    answer = signed_in[0].client.get(f"{API}/{path}")
    assert answer.status_code == status
    if path != "nowhere":
        assert set(answer.json()["error"]) == {"code", "message", "detail"}


@pytest.mark.parametrize(
    "content", ["", "not json", "[]", "{}", '{"client_id": 7, "text": "a"}', '{"text": "a"}']
)
def test_bad_bodies_are_refused(signed_in: tuple[Service, dict[str, str]], content: str) -> None:
    service, headers = signed_in
    sent = {**headers, "Content-Type": "application/json"}
    answer = service.client.post(f"{API}/conversations/c1/reply", content=content, headers=sent)
    assert answer.status_code == 422


def test_lists_come_in_pages(signed_in: tuple[Service, dict[str, str]]) -> None:
    service, _ = signed_in
    for _ in range(52):
        with service.socket() as browser:
            browser.send(type="human", client_id="h")
            browser.receive("status")
    for name, key in (("tickets", "number"), ("conversations", "id")):
        first = service.client.get(f"{API}/{name}").json()
        assert first["more"]
        last = first[name][-1][key]
        second = service.client.get(f"{API}/{name}?before={last}").json()
        assert not second["more"]
        seen = [item[key] for item in first[name] + second[name]]
        assert len(seen) == len(set(seen)) == 52


def test_guessing_passwords_is_slowed_down(service: Service) -> None:
    answers = [
        service.client.post(f"{API}/login", json={"name": "admin", "password": f"guess-{n}"})
        for n in range(12)
    ]
    codes = [answer.json()["error"]["code"] for answer in answers]
    assert codes[0] == "wrong_password"
    assert codes[-1] == "too_many_requests"


@pytest.mark.anyio
async def test_sessions_expire_and_end_with_the_password(tmp_path: Path) -> None:
    clock, said = Clock(), list[str]()
    accounts = Accounts(open_database(tmp_path / "bot.db"), clock=clock)
    await accounts.ensure_administrator(said.append)
    await accounts.ensure_administrator(said.append)
    assert len(said) == 1
    password = said[0].split("初始密码 ")[1].split("（")[0]
    first, second = [await accounts.sign_in("admin", password, "here") for _ in range(2)]
    with pytest.raises(WrongPassword):
        await accounts.sign_in("nobody", password, "here")
    with pytest.raises(WeakPassword):
        await accounts.change_password(first, password, password)
    with pytest.raises(WrongPassword):
        await accounts.change_password(first, "wrong", "a-long-new-password")
    await accounts.change_password(first, password, "a-long-new-password")
    assert not (await accounts.session(first.token)).agent.must_change_password
    with pytest.raises(NotAuthenticated):
        await accounts.session(second.token)
    clock.now += SESSION_LIFE + timedelta(seconds=1)
    with pytest.raises(NotAuthenticated):
        await accounts.session(first.token)
    outcomes = await asyncio.gather(
        *(accounts.sign_in("admin", "wrong", "there") for _ in range(10)), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {WrongPassword, TooManyRequests}


async def _events(stream: AsyncIterator[str], count: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    async with asyncio.timeout(10):
        async for part in stream:
            events += [json.loads(line[6:]) for line in part.splitlines() if line.startswith("data: ")]
            if len(events) >= count:
                return events
    return events


async def _still_there() -> None:
    return None


@pytest.mark.anyio
async def test_the_feed_resumes_after_an_event_and_goes_on_live(desk: Desk) -> None:
    await desk.say("怎么退货")
    stream = feed(desk.database, desk.hints, 0, _still_there, 1)
    stored = await _events(stream, 3)
    assert [(event["id"], event["kind"]) for event in stored] == [
        (1, "message.created"),
        (2, "message.created"),
        (None, "conversation.changed"),
    ]
    assert stored[1]["data"]["trace"]["decision"] == "answer"
    await desk.say("转人工")
    live = await _events(stream, 4)
    kinds = [event["kind"] for event in live if event["id"]]
    assert set(kinds) >= {"message.created"}
    resumed = await _events(feed(desk.database, desk.hints, 2, _still_there, 1), 5)
    assert [event["id"] for event in resumed] == [3, 4, 5, 6, None]
    assert [event["kind"] for event in resumed][1] == "ticket.created"


@pytest.mark.anyio
async def test_the_feed_ends_with_the_session(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.console.feed.HEARTBEAT_SECONDS", 0.02)

    async def gone() -> None:
        raise NotAuthenticated("signed out")

    assert await _events(feed(desk.database, desk.hints, None, gone, 1), 99) == []


@pytest.mark.anyio
async def test_typing_and_presence_are_told_without_an_id(desk: Desk) -> None:
    await desk.say("你好")
    stream = feed(desk.database, desk.hints, 2, _still_there, 1)
    assert await anext(stream) == "retry: 1000\n\n"
    listening = asyncio.create_task(_events(stream, 2))
    await asyncio.sleep(0.1)
    with desk.hints.watch("c1", lambda _hint: None):
        desk.conversations.typing("c1", "customer", on=True)
        events = await listening
    assert {event["kind"] for event in events} == {"typing", "conversation.changed"}
    assert {event["id"] for event in events} == {None}
    (view,) = [event["data"] for event in events if event["kind"] == "conversation.changed"]
    assert view["customer_online"]
