"""A maintainer changes when the bot gives way, after a look at what the change would have done."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Enter, new_account
from tests.browser.console import Console, Credentials
from tests.browser.policy import PolicyPage
from tests.browser.test_keyboard import tab_to
from tests.browser.test_phone import assert_fits
from tests.browser.visitor import PHONE, Visitor, visit
from tests.browser.widget import Widget
from tests.stack.stack import Stack

QUESTION = "给公司报销，抬头那里我该填些啥"
REPEATS = "同一个问题问到第几次，直接转人工"


@pytest.fixture(scope="session")
def xiaomei(stack: Stack) -> Credentials:
    """A maintainer's account."""
    return new_account(stack, "xiaomei", "小梅", "maintainer")


def test_a_rule_is_tried_saved_used_and_restored(
    widget: Widget, agent: Visitor, xiaomei: Credentials, enter: Enter, chromium: Browser, stack: Stack
) -> None:
    widget.ask(QUESTION)
    widget.ask(f"{QUESTION}？")
    expect(widget.status).to_have_text("智能客服为您服务")

    console, policy = Console(agent.page), PolicyPage(agent.page)
    console.open()
    console.sign_in(xiaomei)
    policy.open()
    expect(policy.history).to_contain_text("还没有人改过")
    agent.shot("policy")

    policy.number(REPEATS).fill("1")
    expect(policy.body.get_by_role("alert")).to_have_text("只能是2次到10次。")
    expect(policy.page.get_by_role("button", name="试算", exact=True)).to_be_disabled()
    agent.shot("policy-out-of-range")
    policy.number(REPEATS).fill("2")
    policy.try_out()
    expect(policy.trial).to_contain_text("反复问同一个问题")
    expect(policy.trial).to_contain_text(QUESTION)
    policy.trial.scroll_into_view_if_needed()
    agent.shot("policy-trial")
    expect(policy.save).to_be_disabled()
    policy.keep("问第二遍就转，试一周")
    expect(policy.history).to_contain_text("小梅")
    expect(policy.history).to_contain_text("3次 → 2次")

    other = Widget(enter(visit(chromium, stack.url)).page)
    other.open()
    other.ask(QUESTION)
    other.ask(f"{QUESTION}？")
    expect(other.status).to_contain_text("排队中")

    policy.restore()
    expect(policy.number(REPEATS)).to_have_value("3")
    expect(policy.history).to_contain_text("恢复默认")
    policy.history.scroll_into_view_if_needed()
    agent.shot("policy-history")


def test_the_page_needs_no_mouse_and_fits_a_phone(
    enter: Enter, chromium: Browser, stack: Stack, xiaomei: Credentials
) -> None:
    maintainer = enter(visit(chromium, stack.url, PHONE, touch=True))
    page, console, policy = maintainer.page, Console(maintainer.page), PolicyPage(maintainer.page)
    console.open()
    console.sign_in(xiaomei)
    page.goto("/console/#/policy")
    expect(policy.body).to_be_visible()
    assert_fits(page)
    maintainer.shot("phone-policy")
    tab_to(page, policy.number(REPEATS))
    page.keyboard.press("ArrowUp")
    expect(policy.number(REPEATS)).to_have_value("4")
    anger = page.get_by_role("checkbox", name="情绪愤怒")
    tab_to(page, anger)
    page.keyboard.press("Space")
    expect(anger).not_to_be_checked()
    trial = page.get_by_role("button", name="试算", exact=True)
    tab_to(page, trial)
    page.keyboard.press("Enter")
    expect(policy.trial).to_be_visible()
    assert_fits(page)
    maintainer.shot("phone-policy-trial")
    tab_to(page, policy.note)
    page.keyboard.type("键盘也能改")
    page.keyboard.press("Enter")
    expect(policy.body.get_by_text("已保存")).to_be_visible()
    assert_fits(page)
    policy.restore()


def test_an_agent_does_not_see_the_rules(console: Console, agent: Visitor) -> None:
    agent.page.locator(".account summary").click()
    expect(agent.page.get_by_role("button", name="修改密码")).to_be_visible()
    expect(agent.page.get_by_role("link", name="转人工规则")).to_have_count(0)
    agent.page.goto("/console/#/policy")
    expect(console.inbox).to_be_visible()
