"""Rules and forms on real Rasa with the real actions."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.nlu.conftest import Customer


def effect(turn: dict[str, Any], name: str) -> Any:
    return next((m["custom"][name] for m in turn["messages"] if name in m["custom"]), None)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("您好呀", "utter_greet"),
        ("谢谢你", "utter_thanks"),
        ("再见啦", "utter_goodbye"),
        ("转人工", "action_handoff"),
        ("给我转接人工客服", "action_handoff"),
        ("运费怎么算", "action_answer_faq"),
        ("帮我查一下物流", "order_status_form"),
        ("我要退货", "return_form"),
    ],
)
def test_rules(customer: Customer, text: str, action: str) -> None:
    assert action in customer.say(text)["actions"]


def test_handoff_is_an_effect(customer: Customer) -> None:
    assert effect(customer.say("转人工"), "handoff") == {"reason": "requested", "note": ""}


def test_callback_with_a_question_in_between(customer: Customer) -> None:
    assert customer.say("给我回个电话吧")["active_loop"] == "callback_form"
    turn = customer.say("运费怎么算")
    assert turn["messages"][0]["text"] == "满 99 元包邮。"
    assert turn["active_loop"] == "callback_form"
    customer.say("138 0013 8000")
    turn = customer.say("明天下午三点以后")
    assert turn["active_loop"] is None
    fields = effect(turn, "ticket")["fields"]
    assert fields["phone"] == "13800138000"
    assert fields["time"].endswith("15:00以后")
    assert customer.say("谢谢你")["actions"] == ["utter_thanks"]


def test_everything_said_at_once_needs_no_question(customer: Customer) -> None:
    turn = customer.say("请给我打电话，13800138000，明天下午三点")
    assert turn["active_loop"] is None
    assert effect(turn, "ticket")["category"] == "callback"
    assert customer.say("你好")["actions"] == ["utter_greet"]


def test_a_second_callback_starts_afresh(customer: Customer) -> None:
    customer.say("请给我打电话，13800138000，明天下午三点")
    turn = customer.say("给我回个电话吧")
    assert turn["active_loop"] == "callback_form"
    assert effect(turn, "ticket") is None


@pytest.mark.parametrize("steps", [0, 1])
@pytest.mark.parametrize("opening", ["给我回个电话吧", "我要投诉"])
def test_a_human_at_every_step_of_a_form(customer: Customer, opening: str, steps: int) -> None:
    customer.say(opening)
    answers = {"给我回个电话吧": ["13800138000"], "我要投诉": ["收到的杯子是碎的"]}[opening]
    for answer in answers[:steps]:
        customer.say(answer)
    turn = customer.say("转人工")
    assert effect(turn, "handoff")["reason"] == "requested"
    assert turn["active_loop"] is None


def test_stop_leaves_the_form(customer: Customer) -> None:
    customer.say("给我回个电话吧")
    turn = customer.say("算了不用了")
    assert turn["active_loop"] is None
    assert turn["messages"][0]["text"]


def test_nonsense_in_a_form_ends_with_a_human(customer: Customer) -> None:
    customer.say("给我回个电话吧")
    turns = [customer.say(text) for text in ("蓝色的", "嗯嗯啊啊", "不清楚呀呀")]
    assert len({turn["messages"][0]["text"] for turn in turns[:2]}) == 2
    assert effect(turns[-1], "handoff")["reason"] == "form_failed"
    assert turns[-1]["active_loop"] is None


def test_complaint_is_heard_and_handed_over(customer: Customer) -> None:
    customer.say("我要投诉")
    customer.say("收到的杯子是碎的，没有人管")
    turn = customer.say("/deny", command=True)
    assert effect(turn, "handoff") == {"reason": "complaint", "note": "收到的杯子是碎的，没有人管"}
    assert turn["active_loop"] is None


def test_a_form_on_an_order_asks_who_it_is_first(customer: Customer) -> None:
    turn = customer.say("我的快递到哪了")
    assert turn["active_loop"] == "order_status_form"
    customer.say("YS2600010001")
    turn = customer.say("2468")
    assert turn["active_loop"] is None
    assert "云杉短款羽绒服" in turn["messages"][0]["text"]


def test_one_task_gives_way_to_another(customer: Customer) -> None:
    assert customer.say("我要退货")["active_loop"] == "return_form"
    turn = customer.say("/request_callback", command=True)
    assert turn["active_loop"] == "callback_form"
    assert len(turn["messages"]) == 1


def test_a_button_of_a_form_that_is_over(customer: Customer) -> None:
    turn = customer.say('/inform{"value": "YS2600010001"}', command=True)
    assert turn["actions"] == ["utter_choice_gone"]


def test_no_wording_twice_while_there_are_others(customer: Customer) -> None:
    texts = [customer.say("你好")["messages"][0]["text"] for _ in range(8)]
    assert len(set(texts[:4])) == 4
    assert all(a != b for a, b in pairwise(texts))


def test_entities_are_found(customer: Customer) -> None:
    entities = customer.say("ys 2026 1105 12 这单的羽绒服昨天就该到了，我电话13800138000")["parse"][
        "entities"
    ]
    assert [(e["entity"], e["value"]) for e in entities] == [
        ("order_number", "YS2026110512"),
        ("product", "羽绒服"),
        ("date", "昨天"),
        ("phone", "13800138000"),
    ]
