"""A customer says whether an answer helped."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import Visitor
from tests.browser.widget import Widget

# Written for this test; none of them stands in the FAQ.
ANSWERED = "两张满减券一单里能同时用不"
ANSWERED_TOO = "积分攒到明年会不会被清零"


def asked(answer: Locator) -> Locator:
    return answer.get_by_role("group", name="这个回答有帮助吗")


def test_an_answer_helped_and_it_is_still_known_after_a_reload(widget: Widget, customer: Visitor) -> None:
    answer = widget.ask(ANSWERED)
    expect(asked(answer).get_by_role("button")).to_have_text(["有帮助", "没解决"])
    customer.shot("feedback-asked")
    before = widget.transcript()
    asked(answer).get_by_role("button", name="有帮助").click()
    expect(answer.get_by_text("已反馈：有帮助")).to_be_visible()
    expect(asked(answer)).to_have_count(0)
    expect(widget.field).to_be_focused()
    customer.page.reload()
    widget.wait_for_line()
    expect(widget.answer(ANSWERED).get_by_text("已反馈：有帮助")).to_be_visible()
    assert widget.transcript() == before
    customer.shot("feedback-helpful")


def test_an_answer_did_not_help_and_the_bot_goes_on(widget: Widget, customer: Visitor) -> None:
    pressed = widget.ask(ANSWERED)
    asked(pressed).get_by_role("button", name="没解决").click()
    expect(widget.said("没解决")).to_have_count(1)
    after = widget.answer("没解决")
    expect(after.get_by_role("button", name="转人工")).to_be_visible()
    expect(pressed.first.get_by_text("已反馈：没解决")).to_be_visible()
    customer.shot("feedback-unhelpful")


def test_it_is_asked_under_the_newest_answer_only(widget: Widget) -> None:
    first = widget.ask(ANSWERED)
    second = widget.ask(ANSWERED_TOO)
    expect(asked(second)).to_have_count(1)
    expect(asked(first.first)).to_have_count(0)


def test_no_mouse_is_needed(widget: Widget, customer: Visitor) -> None:
    button = asked(widget.ask(ANSWERED)).get_by_role("button", name="有帮助")
    tab_to(customer.page, button, "Shift+Tab")
    customer.page.keyboard.press("Enter")
    expect(widget.answer(ANSWERED).get_by_text("已反馈：有帮助")).to_be_visible()
