"""What an invoice is made out to, as customers say it and take it back."""

from __future__ import annotations

import pytest

from actions import build_actions
from actions.endpoint import build_executor
from actions.faq import FixedAnswerer
from actions.forms_access import FormsAccess
from tests.actions.talk import Talk
from tests.desk import Clock
from tests.shop.site import token

pytestmark = pytest.mark.anyio

FIRM = "北京星河广告有限公司"


@pytest.fixture
async def talk(answerer: FixedAnswerer, forms: FormsAccess, clock: Clock) -> Talk:
    await forms.shop.present("c", token("demo-chen", clock()))
    return Talk(build_executor(build_actions(answerer, forms)))


async def opened(talk: Talk, words: str) -> list[str]:
    return (await talk.open("invoice_form", words, "request_invoice")).names


async def test_whom_it_is_for_is_heard_in_the_message_that_opens_the_form(talk: Talk) -> None:
    assert await opened(talk, "开发票给公司") == ["utter_ask_invoice_title"]


@pytest.mark.parametrize("words", ["我要开发票，抬头{}", "发票开给{}", "给我开个公司发票，名称是{}"])
async def test_the_name_is_heard_in_the_message_that_opens_the_form(talk: Talk, words: str) -> None:
    assert await opened(talk, words.format(FIRM)) == ["utter_ask_invoice_tax"]


async def test_a_firm_answers_who_it_is_for_and_how_it_is_called(talk: Talk) -> None:
    await opened(talk, "我要开发票")
    assert (await talk.say(FIRM)).names == ["utter_ask_invoice_tax"]
    await talk.say("没有税号", "deny")
    assert (await talk.say("发我邮箱zhangsan@qq.com")).fact("title") == FIRM


@pytest.mark.parametrize(
    "words",
    [
        "不对，抬头改成公司的，{}",
        "不对，发票开给{}",
        "改成公司抬头，公司全称是{}",
        "应该是公司的，{}",
    ],
)
async def test_a_personal_invoice_becomes_a_firms_with_its_name(talk: Talk, words: str) -> None:
    await opened(talk, "开个人发票，发到 chen@qq.com")
    answer = await talk.say(words.format(FIRM), "correct")
    assert answer.names == ["utter_ask_invoice_tax"]
    answer = await talk.say("没有税号", "deny")
    assert (answer.fact("title"), answer.fact("email")) == (FIRM, "发到 chen@qq.com")


async def test_the_name_is_put_right_at_the_confirmation(talk: Talk) -> None:
    await opened(talk, f"发票开给{FIRM}，没有税号，不用发邮箱")
    answer = await talk.say("不对，抬头是北京星海广告有限公司", "correct")
    assert answer.names == ["utter_ask_invoice_confirm"]
    assert answer.fact("title") == "北京星海广告有限公司"


@pytest.mark.parametrize(("words", "intent"), [("没有税号", "faq"), ("税号没有", "deny")])
async def test_no_tax_number_is_no_name_and_is_not_asked_for_again(
    talk: Talk, words: str, intent: str
) -> None:
    await opened(talk, "开公司发票，发到 chen@qq.com")
    assert (await talk.say(words, intent)).names == ["utter_invoice_without_tax"]
    answer = await talk.say(FIRM)
    assert answer.names == ["utter_ask_invoice_confirm"]
    assert answer.fact("title") == FIRM


@pytest.mark.parametrize("words", ["对的", "好的"])
async def test_a_nod_is_neither_a_name_nor_a_refusal(talk: Talk, words: str) -> None:
    await opened(talk, "开公司发票")
    assert (await talk.say(words, "affirm")).names == ["utter_ask_invoice_title_again"]
    await talk.say(FIRM)
    assert (await talk.say(words, "affirm")).names == ["utter_invoice_which_tax"]
    await talk.say("不用了", "deny")
    assert (await talk.say(words, "affirm")).names == ["utter_invoice_which_email"]
    assert "utter_ask_invoice_email_again" in (await talk.say("caiwu@yunfan")).names


async def test_an_address_that_is_not_wanted_after_all_is_taken_out(talk: Talk) -> None:
    await opened(talk, "开个人发票，发到 chen@qq.com")
    answer = await talk.say("不用发邮箱了", "deny")
    assert answer.names == ["utter_ask_invoice_confirm"]
    assert "下载" in answer.fact("email")
