"""The page of the hand-off rules as a maintainer uses it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


class PolicyPage:
    """The page, reached from the console of somebody who may edit the rules."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.body = page.get_by_role("main", name="转人工规则")
        self.trial = page.get_by_role("region", name="试算结果")
        self.note = page.get_by_label("说明（为什么改，必填）")
        self.save = page.get_by_role("button", name="保存并立即生效")
        self.history = page.get_by_role("region", name="修改记录")

    def open(self) -> None:
        """Choose it in the menu of one's account."""
        self.page.locator(".account summary").click()
        self.page.get_by_role("link", name="转人工规则").click()
        expect(self.body).to_be_visible()

    def number(self, title: str) -> Locator:
        """The field with this label."""
        return self.page.get_by_role("spinbutton", name=title)

    def try_out(self) -> None:
        """Replay the last days."""
        self.page.get_by_role("button", name="试算", exact=True).click()
        expect(self.trial).to_be_visible()

    def keep(self, note: str) -> None:
        """Save with a note."""
        self.note.fill(note)
        self.save.click()
        expect(self.body.get_by_text("已保存")).to_be_visible()

    def restore(self) -> None:
        """Go back to the defaults."""
        self.page.get_by_role("button", name="恢复默认设置").click()
        dialog = self.page.get_by_role("dialog", name="恢复默认设置")
        dialog.get_by_role("button", name="恢复默认").click()
        expect(self.body.get_by_text("已恢复默认设置")).to_be_visible()
