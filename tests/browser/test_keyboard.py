"""Everything can be done without a mouse."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.console import Console, Credentials
from tests.browser.visitor import Visitor
from tests.browser.widget import Widget

# More than the stops on the page.
STOPS = 80


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until the target has the focus."""
    for _ in range(STOPS):
        page.keyboard.press(key)
        if target.count() and target.evaluate("element => element.matches(':focus-visible')"):
            return
    raise AssertionError(f"{key} never reaches {target}")


def test_a_customer_needs_no_mouse(customer: Visitor) -> None:
    page, widget = customer.page, Widget(customer.page)
    page.goto("/")
    expect(widget.launcher).to_be_visible()
    tab_to(page, widget.launcher)
    customer.shot("keyboard-launcher")
    page.keyboard.press("Enter")
    expect(widget.field).to_be_focused()
    widget.wait_for_line()

    page.keyboard.type("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    expect(widget.field).to_have_value("第一行\n第二行")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("会员的事")
    page.keyboard.press("Enter")
    choice = widget.answer("会员的事").locator(".buttons button").first
    expect(choice).to_be_visible()
    tab_to(page, choice, "Shift+Tab")
    customer.shot("keyboard-choice")
    title = choice.inner_text()
    page.keyboard.press("Enter")
    expect(widget.answer(title)).to_have_count(1)

    tab_to(page, widget.human)
    page.keyboard.press("Space")
    expect(widget.status).to_contain_text("排队中")
    page.keyboard.press("Escape")
    expect(widget.window).to_be_hidden()
    expect(widget.launcher).to_be_focused()


def test_an_agent_needs_no_mouse(
    widget: Widget, agent: Visitor, xiaolin: Credentials, console: Console
) -> None:
    wish = "找个客服跟我讲"
    widget.ask(wish)
    page = agent.page
    expect(console.inbox.get_by_text(wish)).to_be_visible()
    page.keyboard.press("Alt+ArrowDown")
    expect(console.talk).to_be_visible()
    for _ in range(STOPS):
        if console.line(wish).count():
            break
        page.keyboard.press("Alt+ArrowDown")
        expect(console.ticket).to_be_visible()
    page.keyboard.press("Alt+KeyA")
    expect(widget.status).to_have_text("人工客服 小林 为您服务")
    expect(console.field).to_be_focused()
    page.keyboard.type("在的，请讲")
    page.keyboard.press("Enter")
    expect(widget.agent("在的，请讲")).to_be_visible()
    page.keyboard.press("Alt+KeyW")
    expect(console.trace).to_be_visible()
    page.keyboard.press("Alt+KeyH")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    agent.shot("console-shortcuts")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+KeyQ")
    expect(page.get_by_role("dialog", name="结束会话")).to_be_visible()
    agent.shot("console-resolve")
    tab_to(page, page.get_by_role("dialog").get_by_role("button", name="结束会话"))
    page.keyboard.press("Enter")
    expect(widget.status).to_have_text("智能客服为您服务")
