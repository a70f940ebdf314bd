"""The FAQ studio as a maintainer uses it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

# A build of a small FAQ takes seconds, on a busy machine a minute.
BUILD_MS = 240_000


class Studio:
    """The studio's pages, for somebody who may maintain the FAQ and has signed in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.editor = page.get_by_role("region", name="编辑词条")
        self.answer = self.editor.get_by_role("textbox", name="答案", exact=False).first
        self.similar = self.editor.get_by_role("textbox", name="相似问")
        self.preview = page.get_by_role("region", name="预览")
        self.note = page.get_by_label("说明（改了什么、为什么）")
        self.replayed = page.get_by_role("region", name="重放结果")

    def open(self) -> None:
        """Choose it in the menu of one's account."""
        self.page.locator(".account summary").click()
        self.page.get_by_role("link", name="FAQ 工作室").click()
        expect(self.tab("词条")).to_be_visible()

    def tab(self, title: str) -> Locator:
        """The content of a tab."""
        return self.page.get_by_role("main", name=title)

    def go(self, title: str) -> None:
        """Choose a tab."""
        self.page.get_by_role("navigation", name="FAQ 工作室").get_by_role("link", name=title).click()
        expect(self.tab(title)).to_be_visible()

    def save(self) -> None:
        """Save the entry that is open."""
        self.editor.get_by_role("button", name="保存", exact=True).click()
        expect(self.editor.get_by_text("已保存，还没有上线")).to_be_visible()

    def build(self) -> None:
        """Build a candidate and wait for it."""
        self.page.get_by_role("button", name="构建", exact=True).click()
        expect(self.page.get_by_text("构建完成")).to_be_visible(timeout=BUILD_MS)

    def replay(self) -> None:
        """Put what customers asked to the candidate."""
        self.page.get_by_role("button", name="用客户真实问题重放对比").click()
        expect(self.replayed).to_be_visible()

    def publish(self, note: str) -> str:
        """Publish the candidate; what the page says about it, with the seconds until it served."""
        self.note.fill(note)
        self.page.get_by_role("button", name="发布候选版本").click()
        said = self.page.get_by_text("已发布，")
        expect(said).to_be_visible()
        return said.inner_text()

    def roll_back(self) -> None:
        """Go back to the release before."""
        self.page.get_by_role("button", name="回退到上一个版本").click()
        self.page.get_by_role("dialog", name="回退").get_by_role("button", name="回退", exact=True).click()
        expect(self.page.get_by_text("已回退，")).to_be_visible()
