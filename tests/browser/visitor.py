"""One person at one browser: a page of their own, and everything that went wrong on it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, ViewportSize, expect, sync_playwright

from setup import browser

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "test-results"
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 375, "height": 667}
# The service answers in well under a second; the machine that runs the tests may be busy with others.
PATIENCE_MS = 20_000
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Visitor:
    """A page, and the errors that the browser reported on it, violations of the content policy too."""

    page: Page
    problems: list[str] = field(default_factory=list)

    def expect_problem(self, pattern: str) -> None:
        """Take back reports that match `pattern`, because the test itself caused them."""
        self.problems = [problem for problem in self.problems if not re.search(pattern, problem)]

    def shot(self, name: str) -> None:
        """Keep what is on the screen as test-results/NAME.png."""
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium without a screen."""
    program = browser.find(os.environ)
    if program is None:
        raise RuntimeError("there is no Chromium: make test installs one, or names the package")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def visit(
    chromium: Browser, base_url: str, viewport: ViewportSize = DESKTOP, *, touch: bool = False
) -> Iterator[Visitor]:
    """A person who never was here before. Raises AssertionError at the end if the browser saw an error."""
    context = chromium.new_context(
        base_url=base_url,
        viewport=viewport,
        has_touch=touch,
        is_mobile=touch,
        device_scale_factor=2 if touch else 1,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    visitor = Visitor(context.new_page())

    def heard(message: ConsoleMessage) -> None:
        # Nobody is signed in when the console opens, and the browser reports the 401 that says so.
        asked_who = message.location.get("url", "").endswith("/api/console/me") and "401" in message.text
        if message.type in ("error", "warning") and not asked_who:
            visitor.problems.append(f"{message.type}: {message.text}")

    def failed(error: Error) -> None:
        visitor.problems.append(f"uncaught: {error}")

    # A link may open beside the page: every page of the context is heard.
    context.on("console", heard)
    context.on("weberror", lambda raised: failed(raised.error))
    try:
        yield visitor
        assert visitor.problems == [], visitor.problems
    finally:
        context.close()
