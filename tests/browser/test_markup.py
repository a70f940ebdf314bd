"""Whatever anybody types is text, never part of the page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.console import Console
from tests.browser.test_handoff import ticket_number
from tests.browser.visitor import Visitor
from tests.browser.widget import Widget

MARKUP = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    "<b>加粗</b> javascript:alert(1) {{ 7*7 }} ${7*7} 转人工"
)


def assert_harmless(page: Page) -> None:
    """No element came from the typed text, and no script of it ran."""
    assert "owned" not in page.title()
    for element in ("img[src=x]", "script:text('owned')", "b:text-is('加粗')", "a[href^='javascript']"):
        expect(page.locator(element), element).to_have_count(0)


def test_markup_is_shown_as_text(widget: Widget, console: Console, customer: Visitor, agent: Visitor) -> None:
    widget.ask(MARKUP)
    expect(widget.said(MARKUP)).to_have_count(1)
    assert_harmless(customer.page)
    customer.shot("markup-widget")
    number = ticket_number(widget, MARKUP)
    console.open_ticket(number)
    expect(console.line("<b>加粗</b>")).to_be_visible()
    expect(console.ticket).to_contain_text("<script>")
    assert_harmless(agent.page)
    agent.shot("markup-console")
    console.reply(MARKUP)
    expect(widget.agent("<b>加粗</b>")).to_be_visible()
    assert_harmless(customer.page)
    customer.page.reload()
    widget.wait_for_line()
    expect(widget.agent("<b>加粗</b>")).to_be_visible()
    assert_harmless(customer.page)
