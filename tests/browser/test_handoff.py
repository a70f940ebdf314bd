"""A customer reaches a human, who sees the whole story."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import new_account
from tests.browser.console import Console
from tests.browser.visitor import Visitor
from tests.browser.widget import Widget
from tests.stack.stack import Stack

NUMBER = re.compile(r"T\d{8}-\d{4}")
ANGRY = "我要投诉！！！东西是坏的，客服还骂人"


def ticket_number(widget: Widget, said: str) -> str:
    """The number that the customer was told after these words."""
    notice = widget.answer(said).locator(".bubble").first
    expect(notice).to_contain_text(NUMBER)
    found = NUMBER.search(notice.inner_text())
    assert found
    return found[0]


def test_an_angry_customer_is_served_by_a_human_and_then_by_the_bot_again(
    widget: Widget, customer: Visitor, agent: Visitor, stack: Stack
) -> None:
    widget.ask("人工客服晚上十点还在吗")
    widget.ask(ANGRY)
    number = ticket_number(widget, ANGRY)
    expect(widget.status).to_contain_text("排队中")
    expect(widget.human).to_be_disabled()
    customer.shot("angry-customer")

    # The first sign-in asks for a password of one's own.
    account = new_account(stack, "xiaozhou", "小周")
    console = Console(agent.page)
    console.open()
    agent.shot("console-sign-in")
    console.enter(account)
    expect(agent.page.get_by_role("heading", name="设置新密码")).to_be_visible()
    agent.shot("console-first-password")
    console.change_password(account, "小周自己换的新密码-2026")

    # The ticket tells the story, the conversation shows it, the trace explains it.
    console.open_ticket(number)
    expect(console.ticket).to_contain_text("投诉")
    expect(console.ticket).to_contain_text("愤怒")
    expect(console.ticket.locator("mark")).not_to_have_count(0)
    expect(console.ticket).to_contain_text(ANGRY)
    expect(
        console.ticket.get_by_text("机器人做过").locator("xpath=following-sibling::dd[1]")
    ).to_contain_text("回答了")
    expect(console.line(ANGRY)).to_be_visible()
    agent.shot("console-ticket")
    answered = widget.answer("人工客服晚上十点还在吗").locator(".bubble").first.inner_text()
    console.explain(answered)
    expect(console.trace).to_contain_text("直接回答")
    expect(console.trace).to_contain_text("候选答案")
    expect(console.trace.locator(".candidates li")).not_to_have_count(0)
    agent.shot("console-trace")

    # Both chat, and see each other typing.
    console.take()
    expect(widget.notices.last).to_have_text("人工客服小周已接入")
    expect(widget.status).to_have_text("人工客服 小周 为您服务")
    # What asks the bot is of no use now.
    expect(widget.log.get_by_role("button", name="不等了")).to_be_disabled()
    console.field.press_sequentially("您好，我是小周")
    expect(widget.log.get_by_text("客服正在输入")).to_be_attached()
    customer.shot("agent-types")
    console.field.fill("")
    console.reply("您好，我是小周，先跟您说声抱歉。方便说下是哪一单吗？")
    expect(widget.agent("先跟您说声抱歉")).to_be_visible()
    expect(widget.typing).to_have_count(0)
    widget.field.press_sequentially("就是昨天收到的那件外套")
    expect(console.log.get_by_text("客户正在输入")).to_be_visible()
    agent.shot("customer-types")
    widget.field.press("Enter")
    expect(console.line("就是昨天收到的那件外套")).to_be_visible()
    expect(console.log.get_by_text("客户正在输入")).to_have_count(0)
    console.reply("查到了，今天就给您补发一件新的，坏的不用寄回。")
    expect(widget.agent("今天就给您补发")).to_be_visible()
    # The bot keeps out of it.
    expect(widget.answer("就是昨天收到的那件外套")).to_have_count(0)
    customer.shot("chat-with-an-agent")
    agent.shot("console-chat")

    console.resolve("已补发一件新的，无需寄回")
    expect(widget.notices.last).to_contain_text("小周已结束服务")
    expect(widget.status).to_have_text("智能客服为您服务")
    expect(console.item(number)).to_have_count(0)
    console.inbox.get_by_role("button", name="已解决").click()
    expect(console.item(number)).to_be_visible()
    agent.shot("console-resolved")

    # A new episode: the bot answers.
    expect(widget.ask("积分攒到明年会不会被清零")).to_have_count(1)
    customer.shot("bot-is-back")
    expect(console.line("积分攒到明年会不会被清零")).to_be_visible()


def test_the_button_brings_a_human(widget: Widget, customer: Visitor, console: Console) -> None:
    widget.human.click()
    number = ticket_number(widget, "转人工")
    expect(widget.status).to_contain_text("排队中")
    customer.shot("human-button")
    expect(console.item(number)).to_be_visible()


def test_the_ticket_appears_at_once_and_a_reply_takes_the_conversation(
    widget: Widget, console: Console, agent: Visitor
) -> None:
    widget.ask("快递单上可以不写我的真名和电话吗")
    widget.ask("转人工")
    number = ticket_number(widget, "转人工")
    expect(console.item(number)).to_contain_text("快递单上可以不写我的真名和电话吗")
    console.open_ticket(number)
    console.reply("您好，面单默认就是隐藏号码的。")
    expect(widget.notices.last).to_have_text("人工客服小林已接入")
    expect(widget.agent("面单默认就是隐藏号码的")).to_be_visible()
    agent.shot("console-reply-takes")


def test_a_customer_who_does_not_want_to_wait_goes_on_with_the_bot(widget: Widget) -> None:
    widget.ask("给我转人工吧")
    widget.log.get_by_role("button", name="不等了").click()
    expect(widget.status).to_have_text("智能客服为您服务")
    expect(widget.ask("两张满减券一单里能同时用不")).to_have_count(1)


@pytest.mark.parametrize("wish", ["转人工", "别跟我说这些了，叫个真人过来"])
def test_a_typed_wish_brings_a_human(widget: Widget, wish: str) -> None:
    widget.ask(wish)
    ticket_number(widget, wish)
    expect(widget.status).to_contain_text("排队中")
