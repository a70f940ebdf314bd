"""The channel `desk` on a real Rasa process: each message once, the token, no typed commands."""

from __future__ import annotations

import pytest

from tests.nlu.conftest import Customer


def test_a_turn_tells_messages_parse_and_actions(customer: Customer) -> None:
    turn = customer.say("你好")
    assert turn["messages"][0]["text"]
    assert turn["parse"]["intent"]["name"] == "greet"
    assert turn["parse"]["ranking"][0]["name"] == "greet"
    assert turn["actions"] == ["utter_greet"]
    assert turn["active_loop"] is None
    assert turn["replayed"] is False


def test_buttons_links_and_effects_come_through(customer: Customer) -> None:
    turn = customer.say("运费怎么算")
    assert turn["messages"][0]["text"] == "满 99 元包邮。"
    assert turn["messages"][0]["custom"]["decision"]["entry"] == "shipping-fee"
    button = customer.say("你是机器人吗")["messages"][0]["buttons"][0]
    assert button == {"title": "转人工", "payload": "/request_human", "kind": "human"}


def test_the_same_message_is_handled_once(customer: Customer) -> None:
    first = customer.say("你好", "m-1")
    customer.say("给我回个电话吧", "m-2")
    again = customer.say("你好", "m-1")
    assert again == {**first, "replayed": True}
    assert customer.say("运费怎么算", "m-3")["active_loop"] == "callback_form"


def test_a_replay_survives_a_kill(customer: Customer) -> None:
    first = customer.say("给我回个电话吧", "m-1")
    customer.rasa.kill()
    customer.rasa.start()
    assert customer.say("给我回个电话吧", "m-1") == {**first, "replayed": True}
    turn = customer.say("13800138000", "m-2")
    assert turn["active_loop"] == "callback_form"
    assert (
        customer.say("明天下午三点", "m-3")["messages"][0]["custom"]["ticket"]["fields"]["phone"]
        == "13800138000"
    )


@pytest.mark.parametrize(
    "text", ["/restart", "/request_human", '/choose_entry{"entry": "shipping-fee"}', " /stop"]
)
def test_typed_slash_is_no_command(customer: Customer, text: str) -> None:
    turn = customer.say(text)
    assert turn["parse"]["intent"]["confidence"] < 1.0
    assert turn["parse"]["intent"]["name"] not in ("restart", "choose_entry")


@pytest.mark.parametrize("choice", ["shipping-fee", "shipping-fee@20261122-010654-a6968d79"])
def test_a_button_is_a_command(customer: Customer, choice: str) -> None:
    turn = customer.say(f'/choose_entry{{"entry": "{choice}"}}', command=True)
    assert turn["actions"] == ["action_choose_entry"]
    assert turn["messages"][0]["text"] == "满 99 元包邮。"


@pytest.mark.parametrize("token", ["", "wrong", "a-token-that-only-this-test-knows-not"])
def test_without_the_token_nothing_is_said(customer: Customer, token: str) -> None:
    response = customer.post({"sender": "c", "message_id": "m", "text": "你好"}, token)
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "not_authenticated"


@pytest.mark.parametrize(
    "change",
    [
        {"sender": ""},
        {"message_id": None},
        {"text": "  "},
        {"text": 7},
        {"command": "yes"},
        {"metadata": [1]},
    ],
)
def test_a_broken_body_names_the_field(customer: Customer, change: dict[str, object]) -> None:
    response = customer.post({"sender": "c", "message_id": "m", "text": "你好", **change})
    assert response.status_code == 422
    assert next(iter(change)) in response.json()["error"]["detail"]


def test_a_failed_action_fails_the_turn_and_it_can_be_tried_again(customer: Customer) -> None:
    desk = customer.rasa.desk
    desk.broken = True
    try:
        response = customer.send("运费怎么算", "m-1")
    finally:
        desk.broken = False
    assert response.status_code == 503
    assert response.json()["error"] == {
        "code": "actions_failed",
        "message": "系统暂时繁忙，请稍后再试。",
        "detail": "action_answer_faq",
    }
    turn = customer.say("运费怎么算", "m-1")
    assert turn["replayed"] is False
    assert turn["messages"][0]["text"] == "满 99 元包邮。"


def test_two_customers_do_not_mix(customer: Customer) -> None:
    other = Customer(customer.rasa, customer.sender + "-other")
    customer.say("给我回个电话吧")
    assert other.say("13800138000")["active_loop"] is None
