"""有帮助 and 没解决 over the widget's socket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.conversations.rasa_client import RasaTurn
from tests.dialogue import FakeDialogue, answered, missed
from tests.service import Service, open_service


def script(text: str, _metadata: Mapping[str, Any]) -> RasaTurn:
    if text == "/unhelpful":
        return replace(missed("换个说法，或转人工。"), intent="unhelpful")
    turn = answered()
    return replace(turn, replies=(replace(turn.replies[0], entry="returns-how"),))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with open_service(tmp_path / "var", FakeDialogue(script)) as opened:
        yield opened


def test_a_word_reaches_every_window_and_is_there_after_a_reload(service: Service) -> None:
    with service.socket() as browser, service.socket(browser.token) as other:
        browser.say("怎么退货")
        assert browser.message("bot")["feedback"] == "open"
        browser.send(type="feedback", client_id="f1", of=2, helpful=True)
        assert browser.receive("feedback") == {"type": "feedback", "of": 2, "helpful": True}
        assert browser.receive("ack") == {"type": "ack", "client_id": "f1", "seq": None}
        assert other.receive("feedback") == {"type": "feedback", "of": 2, "helpful": True}
    with service.socket(browser.token) as again:
        assert [message["feedback"] for message in again.welcome["messages"]] == [None, "helpful"]


def test_no_help_is_a_message_and_the_bot_goes_on(service: Service) -> None:
    with service.socket() as browser:
        browser.say("怎么退货")
        browser.message("bot")
        browser.send(type="feedback", client_id="f1", of=2, helpful=False)
        assert browser.message("customer")["text"] == "没解决"
        assert browser.message("bot")["text"] == "换个说法，或转人工。"
        conversation = browser.welcome["conversation"]
    service.sign_in()
    messages = service.client.get(f"/api/console/conversations/{conversation}").json()["messages"]
    assert [message["feedback"] for message in messages] == [None, "unhelpful", None, None]


@pytest.mark.parametrize(
    "change",
    [
        {"of": 1},
        {"of": 99},
        {"of": -1},
        {"of": "2"},
        {"of": True},
        {"helpful": 1},
        {"helpful": None},
        {"helpful": "yes"},
        {"client_id": ""},
    ],
)
def test_what_is_no_answer_cannot_be_rated(service: Service, change: dict[str, Any]) -> None:
    with service.socket() as browser:
        browser.say("怎么退货")
        browser.message("bot")
        browser.send(**{"type": "feedback", "client_id": "f1", "of": 2, "helpful": True, **change})
        error = browser.receive("error")["error"]["code"]
        known = change.get("of") is not True and change.get("of") in (1, 99)
        assert error == ("unknown_choice" if known else "invalid_input")
        browser.send(type="ping")
        browser.receive("pong")


def test_nobody_rates_in_another_conversation(service: Service) -> None:
    with service.socket() as browser, service.socket() as stranger:
        browser.say("怎么退货")
        browser.message("bot")
        stranger.send(type="feedback", client_id="f1", of=2, helpful=False)
        assert stranger.receive("error")["error"]["code"] == "unknown_choice"
