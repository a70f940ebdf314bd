"""Which order is meant, by fewer words than its whole name, and a change of mind about the kind of help."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from actions import build_actions
from actions.endpoint import build_executor
from actions.faq import FixedAnswerer
from actions.forms_access import FormsAccess
from actions.tasks import instead_of
from actions.turn import Turn
from tests.actions.conftest import ORDER_NAMED, Run
from tests.actions.talk import Talk
from tests.desk import Clock
from tests.shop.site import token

pytestmark = pytest.mark.anyio

CHEN, LI, ZHAO, ZHOU = "demo-chen", "demo-li", "demo-zhao", "demo-zhou"
SignIn = Callable[[str], Awaitable[Talk]]


@pytest.fixture
def known(answerer: FixedAnswerer, forms: FormsAccess, clock: Clock) -> SignIn:
    """Sign a demo customer in, as the host site does."""

    async def sign_in(customer: str) -> Talk:
        await forms.shop.present("c", token(customer, clock()))
        return Talk(build_executor(build_actions(answerer, forms)))

    return sign_in


async def test_a_shorter_name_of_the_product_is_enough(known: SignIn) -> None:
    talk = await known(CHEN)
    await talk.open("return_form", "耳机不喜欢想退掉", "request_return")
    assert talk.slots["form_state"]["values"]["order"] == "YS2600010002"


@pytest.mark.parametrize(
    ("customer", "form", "words", "order"),
    [
        (ZHOU, "return_form", "收腰裙子那个", "YS2600040004"),
        (ZHAO, "refund_form", "还有取消那单呢", "YS2600030003"),
    ],
)
async def test_a_piece_of_the_title_or_the_state_names_the_order(
    known: SignIn, customer: str, form: str, words: str, order: str
) -> None:
    talk = await known(customer)
    opened = await talk.open(form, "帮我看看", "faq")
    assert opened.names == ["utter_ask_which_order"]
    await talk.say(words)
    assert talk.slots["form_state"]["recent"] == order


async def test_another_product_than_that_of_the_last_order_is_not_taken_for_it(known: SignIn) -> None:
    talk = await known(LI)
    await talk.open("order_status_form", "YS2600020001 到哪了", "ask_order_status")
    answer = await talk.open("cancel_form", "羽绒服那个帮我取消", "cancel_order")
    assert "utter_ask_which_order" in answer.names or "utter_order_unmatched" in answer.names


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("等下，我是想修不是想换", "request_repair"),
        ("不是换，我想维修", "request_repair"),
        ("裙子不换了，直接退钱", "request_return"),
        ("不退了，给我换一个吧", "request_exchange"),
        ("我不想要了，退掉", None),
        ("不是退货，为什么要换", None),
        ("不退运费吗", None),
        ("不修改了", None),
        ("不换了", None),
    ],
)
def test_what_is_wished_instead(words: str, wish: str | None) -> None:
    assert instead_of(Turn(words, "nlu_fallback")) == wish


async def test_who_wants_a_repair_instead_is_not_asked_to_confirm_the_exchange(known: SignIn) -> None:
    talk = await known(CHEN)
    await talk.open("exchange_form", "蓝牙耳机我要换货", "request_exchange")
    await talk.say("左耳不出声，有质量问题")
    while "utter_ask_case_confirm" not in (answer := await talk.say("左耳没有声音")).names:
        assert talk.form == "exchange_form", answer.responses
        if "换同款新的" in answer.buttons:
            await talk.click("同款")
    switched = await talk.say("等下，我是想修不是想换", "deny")
    assert not switched.responses
    assert talk.followup == "repair_form"
    answer = await talk.open("repair_form", "等下，我是想修不是想换", "deny")
    assert answer.names == ["utter_ask_case_confirm"], "the product and the fault were told before"
    assert answer.fact("kind") == "维修"
    assert (await talk.yes()).fact("number").startswith("WX")


@pytest.mark.parametrize(
    ("form", "intent", "text", "words"),
    [
        ("repair_form", "request_repair", "吸尘器要维修", "不用再提交"),
        ("exchange_form", "request_exchange", "吸尘器坏了我要换新的", "想改成换货"),
    ],
)
async def test_a_case_in_hand_is_told_with_its_state_and_a_way_on(
    known: SignIn, form: str, intent: str, text: str, words: str
) -> None:
    talk = await known(ZHOU)
    await talk.open("repair_form", "YS2600040001 要维修", "request_repair")
    await talk.say("开不了机，充电灯也不亮")
    await talk.yes()
    answer = await talk.open(form, f"YS2600040001 {text}", intent)
    if answer.names == ["utter_ask_case_reason"]:
        answer = await talk.click("quality")
    assert answer.names == ["utter_agent_may"]
    assert words in answer.fact("sentence")
    assert "待审核" in answer.fact("sentence")
    assert answer.buttons[0] == "查我的订单"


@pytest.mark.parametrize("words", ["没收到单号", "充电器质量差", "取消订单"])
async def test_words_that_only_sound_like_an_order_name_none(known: SignIn, words: str) -> None:
    talk = await known(ZHAO)
    await talk.open("refund_form", "帮我看看", "faq")
    await talk.say(words, "faq")
    assert talk.slots["form_state"]["recent"] is None


async def test_what_has_an_open_case_is_not_offered_a_second(known: SignIn) -> None:
    talk = await known(ZHOU)
    answer = await talk.open("order_status_form", "YS2600040003 到哪了", "ask_order_status")
    assert answer.names == ["utter_status_signed", "utter_status_case"]
    assert not answer.buttons


async def test_that_will_do_ends_a_form_that_has_nothing_to_submit(known: SignIn) -> None:
    talk = await known(LI)
    await talk.open("order_status_form", "查一下我的订单", "ask_order_status")
    assert (await talk.say("就这样吧", "faq", 0.3)).names == ["utter_stop"]
    assert talk.form is None


async def test_an_order_in_a_state_is_no_other_task(known: SignIn) -> None:
    talk = await known(ZHAO)
    await talk.open("refund_form", "帮我看看", "faq")
    await talk.say("还有取消那单呢", "cancel_order")
    assert talk.followup is None
    assert talk.slots["form_state"]["recent"] == "YS2600030003"


def _product(text: str, word: str, kind: str = "product", value: str = "") -> dict[str, Any]:
    start = text.index(word)
    return {"entity": kind, "value": value or word, "start": start, "end": start + len(word)}


@pytest.mark.parametrize("text", ["我的订单号是YS2600019999", "那你重新查 YS2600010001", ORDER_NAMED])
@pytest.mark.parametrize("action", ["action_answer_faq", "action_ticket_status"])
async def test_an_order_number_in_a_sentence_is_looked_up(run: Run, action: str, text: str) -> None:
    number = text[text.index("YS") :]
    said, events = await run(
        action, text, "correct", entities=[_product(text, number, "order_number", number)]
    )
    assert not said
    assert [event["name"] for event in events if event["event"] == "followup"] == ["order_status_form"]


@pytest.mark.parametrize(("recent", "followed"), [("YS2600040003", ["order_status_form"]), (None, [])])
async def test_and_that_product_asks_for_an_order_where_orders_were_spoken_of(
    run: Run, recent: str | None, followed: list[str]
) -> None:
    text = "那手表呢"
    slots = {"form_state": {"recent": recent}}
    _, events = await run("action_answer_faq", text, "faq", entities=[_product(text, "手表")], slots=slots)
    assert [event["name"] for event in events if event["event"] == "followup"] == followed
