"""The page of the hand-off policy over HTTP: who may, what is refused, and that a save counts at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.console.accounts import Accounts, Role
from bot.database import Database
from tests.service import Service, open_service

API = "/api/console/policy"


@dataclass
class Staff:
    """The service, and somebody of a role who has signed in to it."""

    service: Service
    folder: Path

    def sign_in(self, role: Role) -> dict[str, str]:
        database = Database(f"sqlite:///{self.folder / 'bot.db'}")
        password = asyncio.run(Accounts(database).add(role, "小梅", role))
        database.close()
        return self.service.sign_in(role, password)

    def look(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.service.client.get(API).json()
        return shown

    def post(self, path: str, headers: dict[str, str], **body: Any) -> Any:
        return self.service.client.post(f"{API}{path}", json=body, headers=headers)


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Staff]:
    with open_service(tmp_path / "var", misses_handoff=4) as service:
        yield Staff(service, tmp_path / "var")


def test_strangers_and_agents_are_kept_out(staff: Staff) -> None:
    assert staff.service.client.get(API).status_code == 401
    headers = staff.sign_in("agent")
    for answer in (
        staff.service.client.get(API),
        staff.post("", headers, values={}, note="试", based_on=0),
        staff.post("/reset", headers, note="试", based_on=0),
        staff.post("/preview", headers, values={}, days=7),
    ):
        assert answer.status_code == 403
        assert answer.json()["error"]["message"] == "您没有权限进行此操作。"


@pytest.mark.parametrize("headers", [{}, {"X-Bot-CSRF": "guessed"}])
def test_changes_need_the_page(staff: Staff, headers: dict[str, str]) -> None:
    staff.sign_in("maintainer")
    values = staff.look()["values"]
    for path in ("", "/reset", "/preview"):
        body = {"values": values, "note": "试", "based_on": 0, "days": 7}
        assert staff.post(path, headers, **body).status_code == 403
    assert staff.look()["revision"] == 0


def test_the_page_explains_itself(staff: Staff) -> None:
    staff.sign_in("maintainer")
    shown = staff.look()
    assert (shown["revision"], shown["history"]) == (0, [])
    assert shown["values"] == shown["defaults"]
    assert shown["values"]["misses_handoff"] == 4
    assert {"level": "black", "title": "黑金会员"} in shown["levels"]
    names = {field["name"] for field in shown["fields"]}
    assert names | {"important_levels", "switched_off"} == set(shown["values"])
    assert all(field["title"] and field["help"].endswith("。") for field in shown["fields"])
    assert not next(r for r in shown["reasons"] if r["reason"] == "requested")["switchable"]


def test_a_save_counts_from_the_next_message_on(staff: Staff) -> None:
    headers = staff.sign_in("maintainer")
    values = {**staff.look()["values"], "misses_offer": 1, "misses_handoff": 1}
    saved = staff.post("", headers, values=values, note="一次没答上就转", based_on=0).json()
    assert (saved["revision"], saved["values"]) == (1, values)
    assert saved["history"][0]["author"] == "小梅"
    with staff.service.socket() as browser:
        browser.say("听不懂的话")
        assert "工单号" in browser.message("bot")["text"]
    restored = staff.post("/reset", headers, note="恢复默认", based_on=1).json()
    assert (restored["revision"], restored["values"]) == (2, restored["defaults"])
    assert restored["history"][0]["reset"]
    with staff.service.socket() as browser:
        browser.say("听不懂的话")
        assert "工单号" not in browser.message("bot")["text"]


def test_the_administrator_may_everything(staff: Staff) -> None:
    headers = staff.service.sign_in()
    body = {"values": staff.look()["values"], "note": "看看", "based_on": 0}
    assert staff.post("", headers, **body).status_code == 200


def test_what_is_out_of_range_is_refused_in_words(staff: Staff) -> None:
    headers = staff.sign_in("maintainer")
    values = {**staff.look()["values"], "anger": 2, "switched_off": ["requested"]}
    for path in ("", "/preview"):
        extra = {"days": 7} if path else {"note": "试", "based_on": 0}
        answer = staff.post(path, headers, values=values, **extra)
        assert answer.status_code == 422
        error = answer.json()["error"]
        assert error["code"] == "policy_refused"
        assert error["message"] == ("“愤怒到多强，直接转人工”只能是0%到100%。“requested”不是可以关闭的原因。")
    assert staff.look()["revision"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {"values": [], "note": "试", "based_on": 0}),
        ("", {"values": {}, "note": "试"}),
        ("", {"values": {}, "note": "长" * 201, "based_on": 0}),
        ("/reset", {"note": "", "based_on": 0}),
        ("/reset", {"note": "试", "based_on": -1}),
        ("/preview", {"values": {}, "days": 0}),
        ("/preview", {"values": {}, "days": 32}),
        ("/preview", {"values": {}, "days": 7, "more": 1}),
    ],
)
def test_other_bodies_are_refused(staff: Staff, path: str, body: dict[str, Any]) -> None:
    assert staff.post(path, staff.sign_in("maintainer"), **body).status_code == 422


def test_the_second_of_two_editors_is_told(staff: Staff) -> None:
    headers = staff.sign_in("maintainer")
    values = staff.look()["values"]
    assert staff.post("", headers, values=values, note="第一个", based_on=0).status_code == 200
    answer = staff.post("", headers, values=values, note="第二个", based_on=0)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")


def test_a_preview_tells_what_would_have_been(staff: Staff) -> None:
    headers = staff.sign_in("maintainer")
    with staff.service.socket() as browser:
        for text in ("你好", "听不懂，电话13812345678", "还是听不懂"):
            browser.say(text)
            browser.message("bot")
    with staff.service.socket() as browser:
        browser.say("转人工")
        browser.message("bot")
    standard = staff.look()["values"]
    same = staff.post("/preview", headers, values=standard, days=7).json()
    assert (same["episodes"], same["turns"], same["examples"]) == (2, 4, [])
    assert same["before"] == same["after"] == {"handed_off": 1, "offered": 1, "reasons": {"requested": 1}}
    strict = {**standard, "misses_offer": 1, "misses_handoff": 1}
    told = staff.post("/preview", headers, values=strict, days=1).json()
    assert told["before"] == same["before"]
    assert told["after"] == {"handed_off": 2, "offered": 0, "reasons": {"requested": 1, "misses": 1}}
    assert (told["sooner"], told["spared"]) == (1, 0)
    (example,) = told["examples"]
    assert example["text"] == "听不懂，电话138****5678"
    assert example["before"] == {"step": "offer", "reason": None}
    assert example["after"] == {"step": "handoff", "reason": "misses"}
    assert staff.look()["revision"] == 0
