"""Tasks on a customer's own orders, against the demo shop: from the first word to what the shop did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from actions import build_actions
from actions.endpoint import build_executor
from actions.faq import FixedAnswerer
from actions.forms_access import FormsAccess
from bot.errors import SystemUnavailable
from tests.actions.talk import Answer, Talk
from tests.desk import Clock
from tests.shop.site import token

pytestmark = pytest.mark.anyio

CHEN, LI, WU = "demo-chen", "demo-li", "demo-wu"
OPENINGS = [
    ("order_status_form", "ask_order_status", "我的快递到哪了"),
    ("refund_form", "ask_refund_progress", "我的退款到哪了"),
    ("return_form", "request_return", "我要退货"),
    ("exchange_form", "request_exchange", "我要换货"),
    ("repair_form", "request_repair", "帮我修一下"),
    ("cancel_form", "cancel_order", "帮我取消订单"),
    ("address_form", "change_address", "帮我改地址"),
    ("urge_form", "urge_shipping", "催一下发货"),
    ("invoice_form", "request_invoice", "给我开发票"),
]


@pytest.fixture
def talk(answerer: FixedAnswerer, forms: FormsAccess) -> Talk:
    return Talk(build_executor(build_actions(answerer, forms)))


SignIn = Callable[[str], Awaitable[Talk]]


@pytest.fixture
def known(talk: Talk, forms: FormsAccess, clock: Clock) -> SignIn:
    """Sign a demo customer in, as the host site does."""

    async def sign_in(customer: str) -> Talk:
        await forms.shop.present("c", token(customer, clock()))
        return talk

    return sign_in


@pytest.mark.parametrize(("form", "intent", "text"), OPENINGS)
async def test_nothing_is_told_before_the_customer_is_known(
    talk: Talk, form: str, intent: str, text: str
) -> None:
    answer = await talk.open(form, f"{text} YS2600010001", intent)
    assert answer.names == ["utter_ask_identity_digits"]
    assert "云杉" not in str(answer.responses)


async def test_order_number_and_digits_open_the_order(talk: Talk) -> None:
    await talk.open("order_status_form", "我的快递到哪了", "ask_order_status")
    answer = await talk.prove("YS2600010001", "2468")
    assert answer.names == ["utter_status_shipped"]
    assert answer.fact("order") == "YS2600010001"
    assert talk.form is None


async def test_number_and_digits_in_one_message(talk: Talk) -> None:
    answer = await talk.open("order_status_form", "查 YS2600010001 尾号2468", "ask_order_status")
    assert answer.names == ["utter_status_shipped"]


async def test_three_wrong_tries_end_with_a_human(talk: Talk) -> None:
    await talk.open("order_status_form", "查物流", "ask_order_status")
    for left in ("2", "1"):
        answer = await talk.prove("YS2600010001", "0000")
        assert answer.names == ["utter_identity_wrong"]
        assert answer.fact("left") == left
    assert (await talk.prove("YS2600010001", "1111")).handoff == "not_verified"
    again = await talk.open("refund_form", "我的退款呢", "ask_refund_progress")
    assert again.handoff == "not_verified"


async def test_after_wrong_digits_the_digits_alone_are_enough(talk: Talk) -> None:
    await talk.open("order_status_form", "查物流", "ask_order_status")
    assert (await talk.prove("YS2600010001", "9999")).names == ["utter_identity_wrong"]
    assert (await talk.say("8888")).fact("left") == "1"
    assert (await talk.say("是2468")).names == ["utter_status_shipped"]


async def test_after_a_wrong_number_the_right_one_is_taken(talk: Talk) -> None:
    await talk.open("order_status_form", "查物流", "ask_order_status")
    await talk.prove("YS2600010009", "2468")
    assert (await talk.say("YS2600010001")).names == ["utter_ask_identity_digits"]
    assert (await talk.say("2468")).names == ["utter_status_shipped"]


@pytest.mark.parametrize(
    ("words", "response"),
    [
        ("我忘了订单号", "utter_identity_order_forgotten"),
        ("忘了", "utter_identity_order_forgotten"),
        ("没有啊，我手机换了登录不上", "utter_identity_order_forgotten"),
        ("订单号在哪里看", "utter_identity_order_forgotten"),
        ("那用手机号查行不行", "utter_identity_order_by_phone"),
        ("报名字可以吗", "utter_identity_order_by_phone"),
    ],
)
async def test_who_has_no_order_number_is_helped_and_has_not_failed(
    talk: Talk, words: str, response: str
) -> None:
    await talk.open("order_status_form", "查物流", "ask_order_status")
    assert (await talk.say(words)).names == [response]
    seen = [(await talk.say(other)).names for other in ("唔唔", "唔唔唔")]
    assert seen == [["utter_ask_identity_order_again"], ["utter_explain_identity_order"]]


@pytest.mark.parametrize("words", ["密码忘了怎么办", "快递找不到了", "我要换手机号", "没收到短信"])
async def test_other_things_that_are_lost_are_no_lost_number(talk: Talk, words: str) -> None:
    await talk.open("order_status_form", "查物流", "ask_order_status")
    assert (await talk.say(words)).names == ["utter_ask_identity_order_again"]


async def test_the_phone_that_was_to_be_the_key_is_not_asked_for_again(talk: Talk) -> None:
    await talk.open("order_status_form", "查物流", "ask_order_status")
    answer = await talk.say("那用手机号查行不行 15412342468")
    assert answer.names == ["utter_identity_order_by_phone"]
    assert (await talk.say("YS2600010001")).names == ["utter_status_shipped"]


async def test_who_forgot_the_phone_is_helped(talk: Talk) -> None:
    await talk.open("order_status_form", "查 YS2600010001", "ask_order_status")
    assert (await talk.say("手机号换了，记不得了")).names == ["utter_identity_digits_forgotten"]
    assert (await talk.say("2468")).names == ["utter_status_shipped"]


@pytest.mark.parametrize(("form", "intent", "text"), OPENINGS)
async def test_nobody_reads_the_order_of_another(known: SignIn, form: str, intent: str, text: str) -> None:
    talk = await known(CHEN)
    answer = await talk.open(form, f"{text} YS2600020001", intent)
    told = str(answer.responses)
    assert "运动鞋" not in told
    assert "李" not in told


async def test_a_number_that_is_not_theirs_is_not_taken_for_another(known: SignIn) -> None:
    talk = await known(CHEN)
    answer = await talk.open("order_status_form", "查一下 YS2600020001", "ask_order_status")
    assert answer.names == ["utter_order_not_found"]
    assert (await talk.say("YS2600010001")).names == ["utter_status_shipped"]


async def test_an_order_that_nobody_placed_is_not_found(known: SignIn) -> None:
    talk = await known(LI)
    await talk.open("order_status_form", "查一下我的订单", "ask_order_status")
    assert (await talk.say("牛仔裤那单")).names == ["utter_order_unmatched"]
    told = (await talk.say("2020年1月1日下的单")).names
    assert told == ["utter_order_unmatched", "utter_explain_which_order"]


async def test_a_known_visitor_is_not_asked_and_chooses_by_word_or_button(known: SignIn) -> None:
    talk = await known(LI)
    answer = await talk.open("order_status_form", "查一下我的订单", "ask_order_status")
    assert answer.names == ["utter_ask_which_order"]
    assert len(answer.buttons) == 3
    assert (await talk.say("电饭煲那单")).names == ["utter_status_pending_payment"]
    await talk.open("order_status_form", "再查一单", "ask_order_status")


async def test_the_order_spoken_of_is_not_asked_for_again(known: SignIn) -> None:
    talk = await known(LI)
    await talk.open("order_status_form", "YS2600020003 到哪了", "ask_order_status")
    answer = await talk.open("urge_form", "那帮我催一下", "urge_shipping")
    assert answer.names == ["utter_urge_dispatch"]
    assert answer.fact("order") == "YS2600020003"


async def test_return_with_reason_summary_and_number(known: SignIn) -> None:
    talk = await known(CHEN)
    await talk.open("return_form", "我要退蓝牙耳机", "request_return")
    answer = await talk.say("有质量问题，充不进电")
    assert answer.names == ["utter_ask_case_note"]
    answer = await talk.say("左耳充不进电，换线也不行")
    assert answer.names == ["utter_ask_case_confirm"]
    assert "运费由我们承担" in answer.fact("terms")
    assert answer.buttons == ["确认", "要改一下", "不办了"]
    answer = await talk.yes()
    assert answer.names == ["utter_case_done_shop"]
    assert answer.fact("number").startswith("TH")


async def test_the_same_message_twice_opens_one_case(known: SignIn, forms: FormsAccess) -> None:
    talk = await known(CHEN)
    await talk.open("return_form", "耳机不想要了要退 YS2600010002", "request_return")
    form, slots = talk.form, dict(talk.slots)
    first = (await talk.say("/affirm", "affirm", message_id="c:9")).fact("number")
    talk.form, talk.slots = form, slots
    assert (await talk.say("/affirm", "affirm", message_id="c:9")).fact("number") == first
    customer = await forms.shop.require("c")
    assert len((await customer.order("YS2600010002")).cases) == 1


async def test_an_earlier_answer_is_corrected_at_the_summary(known: SignIn) -> None:
    talk = await known(CHEN)
    await talk.open("return_form", "耳机不想要了，退货 YS2600010002", "request_return")
    answer = await talk.say("不对，是质量问题", "correct")
    assert answer.names == ["utter_ask_case_note"]
    answer = await talk.say("没有", "deny")
    assert "质量问题" in answer.fact("why")


async def test_another_order_drops_what_hung_on_the_first(known: SignIn) -> None:
    talk = await known(LI)
    await talk.open("exchange_form", "YS2600020001 换个尺码", "request_exchange")
    await talk.click("40")
    answer = await talk.say("不对，是 YS2600020003", "correct")
    assert answer.names == ["utter_ask_case_variant"]
    assert set(answer.buttons) <= {"银色", "深灰"}


async def test_going_back_and_changing_by_button(known: SignIn) -> None:
    talk = await known(CHEN)
    await talk.open("return_form", "退货 YS2600010002", "request_return")
    await talk.click("unwanted")
    answer = await talk.say("上一步", "go_back")
    assert answer.names == ["utter_ask_case_reason"]
    await talk.click("wrong_fit")
    answer = await talk.say("不对", "deny")
    assert answer.names == ["utter_change_what"]
    assert "改原因" in answer.buttons
    assert (await talk.click("change:case_reason")).names == ["utter_ask_case_reason"]


async def test_what_is_on_its_way_is_not_returned_whichever_product(known: SignIn) -> None:
    talk = await known(CHEN)
    answer = await talk.open("return_form", "退货 YS2600010001", "request_return")
    assert "包裹还在路上" in answer.texts[0]
    assert answer.buttons == ["查我的订单"]


async def test_underwear_is_not_returned_without_a_fault(known: SignIn) -> None:
    talk = await known(WU)
    await talk.open("return_form", "内裤不想要了，退掉 YS2600050004", "request_return")
    assert talk.form is None


async def test_what_is_not_sent_is_repacked_instead_of_exchanged(known: SignIn) -> None:
    talk = await known(LI)
    answer = await talk.open("exchange_form", "YS2600020001 换个尺码", "request_exchange")
    assert answer.names == ["utter_ask_case_variant"]
    wish = answer.buttons[0]
    await talk.click(wish)
    answer = await talk.yes()
    assert answer.names == ["utter_variant_done"]
    assert answer.fact("variant") == wish


async def test_cancel_with_refund(known: SignIn) -> None:
    talk = await known(LI)
    await talk.open("cancel_form", "取消 YS2600020001", "cancel_order")
    await talk.click("拍错了")
    answer = await talk.yes()
    assert answer.names == ["utter_cancel_done"]
    assert answer.fact("amount").endswith("元")


async def test_what_is_on_its_way_is_not_cancelled_and_a_person_is_offered(known: SignIn) -> None:
    talk = await known(CHEN)
    answer = await talk.open("cancel_form", "取消 YS2600010001", "cancel_order")
    assert answer.names == ["utter_agent_may"]
    assert talk.form is None


async def test_address_is_asked_until_it_is_whole(known: SignIn) -> None:
    talk = await known(LI)
    await talk.open("address_form", "改地址 YS2600020001", "change_address")
    assert (await talk.say("文三路90号")).names == ["utter_address_incomplete"]
    answer = await talk.say("浙江省杭州市西湖区文三路90号2幢301室")
    assert answer.fact("address") == "浙江省杭州市西湖区文三路90号2幢301室"
    assert (await talk.yes()).names == ["utter_address_done"]


async def test_invoice_for_a_company(known: SignIn) -> None:
    talk = await known(CHEN)
    await talk.open("invoice_form", "开发票 YS2600010003", "request_invoice")
    await talk.click("company")
    await talk.say("抬头是杭州云杉贸易有限公司")
    await talk.say("91330106MA2ABCDE1X")
    answer = await talk.say("不用了", "deny")
    assert "税号 91330106MA2ABCDE1X" in answer.fact("title")
    assert (await talk.yes()).names == ["utter_invoice_done"]


@pytest.mark.parametrize(("form", "intent", "text"), OPENINGS)
async def test_a_value_is_asked_twice_then_explained_then_handed_off(
    talk: Talk, form: str, intent: str, text: str
) -> None:
    await talk.open(form, text, intent)
    seen = [(await talk.say(words)).names for words in ("蓝色的", "唔唔唔")]
    assert seen == [["utter_ask_identity_order_again"], ["utter_explain_identity_order"]]
    assert (await talk.say("呃呃呃")).handoff == "form_failed"


async def test_who_goes_on_with_it_learns_what_is_known(known: SignIn) -> None:
    talk = await known(CHEN)
    await talk.open("return_form", "蓝牙耳机我要退货，不想要了", "request_return")
    for words in ("呃", "呃呃", "呃呃呃"):
        answer = await talk.say(words)
    assert answer.handoff == "form_failed"
    for known_value in ("申请退货", "订单：YS2600010002", "溪声 Mini 蓝牙耳机", "原因：不喜欢或不想要了"):
        assert known_value in answer.note


async def test_nobody_is_told_the_digits_of_a_proof(talk: Talk) -> None:
    await talk.open("order_status_form", "查物流", "ask_order_status")
    for _ in range(3):
        answer = await talk.prove("YS2600010001", "0000")
    assert answer.note == "查我的订单。订单号：YS2600010001"


async def test_what_cannot_be_is_explained_with_an_example_before_a_human_comes(known: SignIn) -> None:
    talk = await known(WU)
    await talk.open("address_form", "YS2600050003 改收货地址", "change_address")
    assert (await talk.say("文三路90号")).names == ["utter_address_incomplete"]
    assert (await talk.say("西湖区文三路")).names == ["utter_address_incomplete", "utter_explain_new_address"]
    assert (await talk.say("文三路90号那里")).handoff == "form_failed"


async def test_a_question_beside_the_task_is_answered_and_the_form_opens(known: SignIn) -> None:
    talk = await known(CHEN)
    answer = await talk.open("return_form", "蓝牙耳机我要退货，寄东西要给钱吗", "request_return")
    assert answer.texts == ["满 99 元包邮。"]
    assert answer.names == ["utter_ask_case_reason"]
    assert talk.form == "return_form"


async def test_a_question_in_between_is_answered_and_the_form_goes_on(known: SignIn) -> None:
    talk = await known(LI)
    await talk.open("cancel_form", "取消订单", "cancel_order")
    answer = await talk.say("运费怎么算？", "faq")
    assert answer.texts == ["满 99 元包邮。"]
    assert answer.names == ["utter_ask_which_order"]


async def test_another_task_is_taken_up(known: SignIn) -> None:
    talk = await known(LI)
    await talk.open("cancel_form", "取消 YS2600020001", "cancel_order")
    answer = await talk.say("帮我改一下收货地址", "change_address")
    assert not answer.responses
    assert talk.followup == "address_form"


async def test_a_shop_that_does_not_answer_ends_with_a_human(
    known: SignIn, forms: FormsAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await known(LI)

    async def broken(_conversation: str) -> None:
        raise SystemUnavailable("the shop did not answer")

    monkeypatch.setattr(type(forms.shop), "known", lambda _self, name: broken(name))
    answer = await talk.open("order_status_form", "查物流", "ask_order_status")
    assert answer.handoff == "failing_part"
    assert talk.form is None


async def test_refund_progress_and_none(known: SignIn) -> None:
    talk = await known("demo-zhao")
    answer = await talk.open("refund_form", "YS2600030002 的退款", "ask_refund_progress")
    assert answer.names == ["utter_refund_refunded"]
    talk = await known(LI)
    assert (await talk.open("refund_form", "我的退款呢", "ask_refund_progress")).names == [
        "utter_refund_none"
    ]


async def test_a_proof_that_is_over_is_asked_for_again(known: SignIn, clock: Clock) -> None:
    talk = await known(LI)
    await talk.open("cancel_form", "取消 YS2600020001", "cancel_order")
    clock.now += timedelta(hours=3)
    answer: Answer = await talk.yes()
    assert "utter_cancel_done" not in answer.names
