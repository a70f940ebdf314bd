"""Takes the pictures of the README anew: `.venv/bin/python -m tests.browser.pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import new_account
from tests.browser.console import Console
from tests.browser.visitor import ROOT, open_browser, visit
from tests.browser.widget import Widget
from tests.stack.stack import Stack, running_stack

FOLDER = ROOT / "docs" / "images"
ANGRY = "我要投诉！！！东西是坏的，客服还骂人"


def take_widget(chromium: Browser, stack: Stack) -> None:
    """The demo shop with a clarification and the answer to the choice."""
    with visit(chromium, stack.url) as customer:
        widget = Widget(customer.page)
        widget.open()
        choices = widget.ask("会员的事").locator(".buttons button")
        # The last one before 转人工 stays in sight above the answer.
        choice = choices.nth(-2)
        title = choice.inner_text()
        choice.click()
        expect(widget.answer(title)).to_be_visible()
        expect(widget.typing).to_have_count(0)
        customer.page.screenshot(path=FOLDER / "widget.png", animations="disabled")


def take_console(chromium: Browser, stack: Stack) -> None:
    """The console with tickets, the conversation of an angry customer, and why the bot answered so."""
    account = new_account(stack, "xiaolin", "小林")
    with (
        visit(chromium, stack.url) as hesitant,
        visit(chromium, stack.url) as angry,
        visit(chromium, stack.url) as cheated,
        visit(chromium, stack.url) as agent,
    ):
        widget = Widget(hesitant.page)
        widget.open()
        widget.ask("给公司报销，抬头那里我该填些啥")
        widget.ask("转人工")
        widget = Widget(cheated.page)
        widget.open()
        widget.ask("有人冒充你们客服，骗我转了两千块钱")
        widget = Widget(angry.page)
        widget.open()
        question = "耳机用了三天就没声音了，怎么申请保修"
        answer = widget.ask(question).locator(".bubble").inner_text()
        widget.ask(ANGRY)

        console = Console(agent.page)
        console.open()
        console.sign_in(account)
        console.inbox.get_by_role("button").filter(has_text=question).click()
        console.explain(answer)
        agent.page.screenshot(path=FOLDER / "console.png", animations="disabled")


def main() -> None:
    """Run the product on a folder of its own and take every picture."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_stack(Path(folder)) as stack,
        open_browser() as chromium,
    ):
        take_widget(chromium, stack)
        take_console(chromium, stack)


if __name__ == "__main__":
    main()
