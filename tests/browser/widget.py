"""The chat window as a customer uses it."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, Page, expect


class Widget:
    """The widget on the page; it may be closed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = page.get_by_role("button", name="在线客服")
        self.window = page.get_by_role("dialog", name="云杉商城客服")
        self.log = page.get_by_role("log", name="聊天记录")
        self.field = page.get_by_role("textbox", name="输入消息")
        self.human = self.window.locator(".toolbar").get_by_role("button", name="人工")
        self.status = page.locator(".title-status")
        self.notices = self.log.locator(".system")
        self.typing = self.log.locator(".typing")

    def open(self, path: str = "/") -> None:
        """Load the page, open the window and wait for the line to the service."""
        self.page.goto(path)
        self.launcher.click()
        self.wait_for_line()

    def wait_for_line(self) -> None:
        """Until the window is connected and shows what was said before."""
        expect(self.log.get_by_text("我是云杉商城的智能客服")).to_be_visible()
        expect(self.log).to_have_attribute("aria-busy", "false")

    def send(self, text: str) -> None:
        """Type and press Enter, then see one's own message stored."""
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.said(text).last).to_be_visible()

    def ask(self, text: str) -> Locator:
        """Send, wait for the bot, and return its answer."""
        self.send(text)
        answer = self.answer(text)
        expect(answer.first).to_be_visible()
        return answer

    def said(self, text: str) -> Locator:
        """One's own messages of exactly this text."""
        return self.log.locator(f".row-customer:has(.bubble:text-is({json.dumps(text, ensure_ascii=False)}))")

    def answer(self, question: str) -> Locator:
        """What the bot said after the question, its typing sign not counted."""
        asked = f".row-customer:has(.bubble:text-is({json.dumps(question, ensure_ascii=False)}))"
        return self.log.locator(f"{asked} ~ .row-bot:not(:has(.typing))")

    def agent(self, text: str) -> Locator:
        """A message of the human agent."""
        return self.log.locator(".row-agent", has_text=text)

    def transcript(self) -> list[str]:
        """Every message that the window shows, one after the other, the greeting included."""
        return self.log.locator(".system, .row:not(:has(.typing)) .bubble").all_inner_texts()
