"""The agents' console as an agent uses it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect


@dataclass
class Credentials:
    """An account; a first password is replaced at the first sign-in."""

    name: str
    password: str
    first: bool = True


class Console:
    """The console on the page, signed in or not."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.inbox = page.get_by_role("navigation", name="工单与会话")
        self.talk = page.get_by_role("main", name="当前会话")
        self.log = page.get_by_role("log", name="对话内容")
        self.detail = page.get_by_role("complementary", name="详情")
        self.ticket = page.get_by_role("region", name="工单", exact=True)
        self.trace = page.get_by_role("region", name="回答依据")
        self.field = page.get_by_role("textbox", name="回复客户")

    def open(self) -> None:
        """Load the page of somebody who is not signed in."""
        self.page.goto("/console/")
        expect(self.page.get_by_role("heading", name="客服工作台")).to_be_visible()

    def sign_in(self, credentials: Credentials) -> None:
        """Sign in; a first password is changed on the way."""
        self.enter(credentials)
        if credentials.first:
            self.change_password(credentials, f"{credentials.name}-的新密码-2026")
        expect(self.inbox).to_be_visible()

    def enter(self, credentials: Credentials) -> None:
        """Fill in the sign-in page and send it."""
        self.page.get_by_label("用户名").fill(credentials.name)
        self.page.get_by_label("密码").fill(credentials.password)
        self.page.get_by_role("button", name="登录").click()

    def change_password(self, credentials: Credentials, fresh: str) -> None:
        """Replace the first password, as the page that follows the first sign-in asks."""
        expect(self.page.get_by_role("heading", name="设置新密码")).to_be_visible()
        self.page.get_by_label("初始密码").fill(credentials.password)
        self.page.get_by_label("新密码（至少").fill(fresh)
        self.page.get_by_label("再次输入新密码").fill(fresh)
        self.page.get_by_role("button", name="保存新密码").click()
        expect(self.inbox).to_be_visible()
        credentials.password, credentials.first = fresh, False

    def item(self, number: str) -> Locator:
        """The ticket's line in the list."""
        return self.inbox.get_by_role("button").filter(has_text=number)

    def open_ticket(self, number: str) -> None:
        """Choose a ticket, and wait for its conversation and its details."""
        self.item(number).click()
        expect(self.ticket).to_contain_text(number)
        expect(self.log).to_be_visible()

    def line(self, text: str) -> Locator:
        """The message of the open conversation that contains the text."""
        return self.log.locator(".line", has_text=text)

    def explain(self, answer: str) -> None:
        """Ask why the bot answered so."""
        self.line(answer).get_by_role("button", name="为什么这样回答").click()
        expect(self.trace).to_be_visible()

    def take(self) -> None:
        """Take the conversation over."""
        self.talk.get_by_role("button", name="接入").click()
        expect(self.line("已接入")).to_be_visible()

    def reply(self, text: str) -> None:
        """Answer the customer."""
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.log.locator(".line-agent", has_text=text).last).to_be_visible()

    def resolve(self, note: str) -> None:
        """End the conversation with a note for colleagues."""
        self.talk.get_by_role("button", name="结束会话").click()
        dialog = self.page.get_by_role("dialog", name="结束会话")
        dialog.get_by_label("处理结果").fill(note)
        dialog.get_by_role("button", name="结束会话").click()
        expect(dialog).to_be_hidden()
