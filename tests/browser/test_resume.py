"""Nothing is lost and nothing is doubled when the page or the service goes away."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.browser.widget import Widget
from tests.stack.stack import Stack


def test_a_reload_keeps_the_conversation(widget: Widget, customer: Visitor) -> None:
    widget.ask("两张满减券一单里能同时用不")
    before = widget.transcript()
    customer.page.reload()
    widget.wait_for_line()
    assert widget.transcript() == before
    expect(widget.ask("积分攒到明年会不会被清零")).to_have_count(1)


def test_the_conversation_goes_on_in_another_tab(widget: Widget, customer: Visitor) -> None:
    widget.ask("两张满减券一单里能同时用不")
    other = Widget(customer.page.context.new_page())
    other.open("/my/orders")
    expect(other.said("两张满减券一单里能同时用不")).to_have_count(1)
    assert other.transcript() == widget.transcript()
    other.ask("积分攒到明年会不会被清零")
    expect(widget.answer("积分攒到明年会不会被清零")).to_have_count(1)


def test_a_restart_of_the_service_loses_and_doubles_nothing(
    widget: Widget, customer: Visitor, stack: Stack
) -> None:
    widget.ask("两张满减券一单里能同时用不")
    stack.kill()
    try:
        expect(widget.window.get_by_text("重新连接")).to_be_visible()
        widget.send("积分攒到明年会不会被清零")
        expect(widget.log.get_by_text("等待发送")).to_be_visible()
        customer.shot("service-is-away")
    finally:
        # The other tests use it, too.
        stack.start()
    expect(widget.answer("积分攒到明年会不会被清零")).to_have_count(1)
    expect(widget.window.get_by_text("重新连接")).to_have_count(0)
    after = widget.transcript()
    assert len(after) == len(set(after)) == 5, after
    customer.page.reload()
    widget.wait_for_line()
    assert widget.transcript() == after
    customer.shot("service-is-back")
    # The browser reports every try to reach a service that is not there.
    customer.expect_problem("ERR_CONNECTION_REFUSED|WebSocket connection")
