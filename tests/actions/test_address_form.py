"""A new address as customers write and correct it, down to what the shop stores."""

from __future__ import annotations

import pytest

from actions import build_actions
from actions.endpoint import build_executor
from actions.faq import FixedAnswerer
from actions.forms_access import FormsAccess
from tests.actions.talk import Answer, Talk
from tests.desk import Clock
from tests.shop.site import token

pytestmark = pytest.mark.anyio

ORDER = "YS2600020003"
OLD = "北京市海淀区中关村大街27号1101室"
NEW = "北京市海淀区中关村大街27号1102室"


@pytest.fixture
async def talk(answerer: FixedAnswerer, forms: FormsAccess, clock: Clock) -> Talk:
    await forms.shop.present("c", token("demo-li", clock()))
    return Talk(build_executor(build_actions(answerer, forms)))


async def opened(talk: Talk, address: str) -> Answer:
    return await talk.open("address_form", f"{ORDER} 改地址，改成{address}", "change_address")


async def test_a_whole_address_where_the_change_is_asked_for_replaces_the_old_one(talk: Talk) -> None:
    await opened(talk, OLD)
    assert (await talk.say("/deny", "deny", 1.0)).names == ["utter_change_what"]
    answer = await talk.say(NEW)
    assert answer.names == ["utter_ask_address_confirm"]
    assert answer.fact("address") == NEW
    assert (await talk.yes()).fact("address") == NEW


async def test_a_whole_address_at_the_confirmation_replaces_the_old_one(talk: Talk) -> None:
    await opened(talk, OLD)
    answer = await talk.say(NEW, "affirm", 0.9)
    assert answer.names == ["utter_ask_address_confirm"]
    assert answer.fact("address") == NEW


async def test_a_typed_title_of_a_button_is_a_click(talk: Talk) -> None:
    await opened(talk, OLD)
    assert (await talk.say("要改一下", "faq", 0.9)).names == ["utter_change_what"]
    assert (await talk.say("改地址", "faq", 0.9)).names == ["utter_ask_new_address"]
    assert (await talk.say(NEW)).fact("address") == NEW


@pytest.mark.parametrize("words", ["好了吧", "确认", "可以"])
async def test_asked_what_to_change_no_yes_submits_what_was_to_be_changed(talk: Talk, words: str) -> None:
    await opened(talk, OLD)
    await talk.say("/deny", "deny", 1.0)
    answer = await talk.say(words, "affirm", 0.99)
    assert answer.names == ["utter_ask_address_confirm"]
    assert (await talk.yes()).names == ["utter_address_done"]


@pytest.mark.parametrize("words", ["继续", "好了吧", "行，知道了", "可以了吗"])
async def test_a_nod_after_a_question_is_no_confirmation(talk: Talk, words: str) -> None:
    await opened(talk, OLD)
    answer = await talk.say(words, "affirm", 0.99)
    assert answer.names == ["utter_ask_address_confirm_again"]
    assert answer.fact("address") == OLD


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("不对，门牌写错了，是1102室", NEW),
        ("不是1101，是1102室", NEW),
        ("不对，是29号", "北京市海淀区中关村大街29号1101室"),
        ("再加个 3单元", f"{OLD}3单元"),
    ],
)
async def test_a_part_of_the_house_is_put_right(talk: Talk, words: str, address: str) -> None:
    await opened(talk, OLD)
    answer = await talk.say(words, "correct")
    assert answer.names == ["utter_ask_address_confirm"]
    assert answer.fact("address") == address


async def test_a_correction_that_says_nothing_keeps_what_was_given(talk: Talk) -> None:
    await opened(talk, OLD)
    assert (await talk.say("不对，门牌写错了", "correct")).names == ["utter_change_what"]
    assert (await talk.say("就这样吧", "affirm")).fact("address") == OLD


@pytest.mark.parametrize(
    ("words", "address", "recipient"),
    [
        (
            "浙江省杭州市西湖区文三路478号3幢502，王丽，15412345678",
            "浙江省杭州市西湖区文三路478号3幢502",
            "收件人改为王丽，电话改为 15412345678",
        ),
        (
            "寄到我公司去：北京市朝阳区建国路93号院8号楼1203，收件人张敏，电话15487654321",
            "北京市朝阳区建国路93号院8号楼1203",
            "收件人改为张敏，电话改为 15487654321",
        ),
        (
            "刘洋 15412345678 上海市浦东新区张江路665号3楼",
            "上海市浦东新区张江路665号3楼",
            "收件人改为刘洋，电话改为 15412345678",
        ),
        (
            "那重新来：广东省深圳市南山区科技园南路18号5栋601",
            "广东省深圳市南山区科技园南路18号5栋601",
            "收件人和电话不变",
        ),
        (
            "江苏省 南京市 鼓楼区 中山北路26号 3单元502室，谢谢",
            "江苏省南京市鼓楼区中山北路26号3单元502室",
            "收件人和电话不变",
        ),
        (
            "杭州市西湖区高新路6号金园小区2栋，电话不变",
            "杭州市西湖区高新路6号金园小区2栋",
            "收件人和电话不变",
        ),
    ],
)
async def test_address_recipient_and_phone_in_one_message(
    talk: Talk, words: str, address: str, recipient: str
) -> None:
    await talk.open("address_form", f"{ORDER} 改地址", "change_address")
    answer = await talk.say(words)
    assert answer.names == ["utter_ask_address_confirm"]
    assert (answer.fact("address"), answer.fact("recipient")) == (address, recipient)


async def test_recipient_and_phone_are_changed_at_the_confirmation_and_reach_the_shop(
    talk: Talk, forms: FormsAccess
) -> None:
    await opened(talk, OLD)
    await talk.say("电话也要改，15400009999")
    answer = await talk.say("收件人改成刘洋")
    assert answer.fact("recipient") == "收件人改为刘洋，电话改为 15400009999"
    await talk.yes()
    changed = (await (await forms.shop.require("c")).order(ORDER)).recipient
    assert (changed.name, changed.phone) == ("刘*", "154****9999")


async def test_a_recipient_may_stay_after_all(talk: Talk) -> None:
    await opened(talk, OLD)
    await talk.say("/deny", "deny", 1.0)
    assert (await talk.say("改收件人")).names == ["utter_ask_new_recipient"]
    assert (await talk.say("不变")).fact("recipient") == "收件人和电话不变"


async def test_a_number_that_proves_who_asks_is_not_the_recipients(
    answerer: FixedAnswerer, forms: FormsAccess
) -> None:
    talk = Talk(build_executor(build_actions(answerer, forms)))
    await opened(talk, OLD)
    answer = await talk.say("手机号 15400021357")
    assert answer.fact("recipient") == "收件人和电话不变"


async def test_a_road_without_a_house_is_not_taken(talk: Talk) -> None:
    await talk.open("address_form", f"{ORDER} 改地址", "change_address")
    assert (await talk.say("上海市浦东新区张江路")).names == ["utter_address_incomplete"]
    assert (await talk.say("上海市浦东新区张江路665号德宏大厦3楼")).names == ["utter_ask_address_confirm"]
