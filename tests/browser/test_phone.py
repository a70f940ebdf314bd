"""A phone of 375 px."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Enter
from tests.browser.console import Console, Credentials
from tests.browser.visitor import PHONE, visit
from tests.browser.widget import Widget
from tests.stack.stack import Stack


def assert_fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], f"{page.url} is {width} px wide"


def test_a_customer_with_a_phone(enter: Enter, chromium: Browser, stack: Stack) -> None:
    customer = enter(visit(chromium, stack.url, PHONE, touch=True))
    page, widget = customer.page, Widget(customer.page)
    page.goto("/")
    expect(widget.launcher).to_be_visible()
    assert_fits(page)
    customer.shot("phone-shop")
    widget.launcher.tap()
    widget.wait_for_line()
    assert widget.window.bounding_box() == {"x": 0, "y": 0, **PHONE}
    customer.shot("phone-widget")
    widget.ask("会员的事")
    choice = widget.answer("会员的事").locator(".buttons button").first
    title = choice.inner_text()
    for button in (choice, widget.human):
        box = button.bounding_box()
        assert box
        assert box["height"] >= 32
        assert box["x"] + box["width"] <= PHONE["width"]
    customer.shot("phone-clarification")
    choice.tap()
    expect(widget.answer(title)).to_have_count(1)
    widget.human.tap()
    expect(widget.status).to_contain_text("排队中")
    customer.shot("phone-queue")
    assert_fits(page)
    page.get_by_role("button", name="收起窗口").tap()
    expect(widget.window).to_be_hidden()
    page.goto("/help/returns")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_fits(page)


def test_an_agent_with_a_phone(
    widget: Widget, enter: Enter, chromium: Browser, stack: Stack, xiaolin: Credentials
) -> None:
    wish = "麻烦叫一位客服来接我"
    widget.ask(wish)
    agent = enter(visit(chromium, stack.url, PHONE, touch=True))
    console = Console(agent.page)
    console.open()
    console.sign_in(xiaolin)
    assert_fits(agent.page)
    ticket = console.inbox.get_by_role("button").filter(has_text=wish)
    expect(ticket).to_be_visible()
    agent.shot("phone-console")
    ticket.tap()
    expect(console.line(wish)).to_be_visible()
    assert_fits(agent.page)
    console.reply("来了，请讲")
    expect(widget.agent("来了，请讲")).to_be_visible()
    agent.shot("phone-console-chat")
    agent.page.get_by_role("button", name="详情", exact=True).tap()
    expect(console.ticket).to_be_visible()
    assert_fits(agent.page)
    agent.shot("phone-console-ticket")
