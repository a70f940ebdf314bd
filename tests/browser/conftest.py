"""A browser for each file of tests, and people who use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest
from playwright.sync_api import Browser

from tests.browser.console import Console, Credentials
from tests.browser.visitor import Visitor, open_browser, visit
from tests.browser.widget import Widget
from tests.stack.stack import Stack

Enter = Callable[[AbstractContextManager[Visitor]], Visitor]


# Not for the whole session: the browser's event loop would be in the way of asynchronous tests.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def enter() -> Iterator[Enter]:
    """Makes a visitor who stays until the end of the test, which fails if the browser reported errors."""
    with ExitStack() as people:
        yield people.enter_context


@pytest.fixture
def customer(enter: Enter, chromium: Browser, stack: Stack) -> Visitor:
    """Somebody at the shop's page."""
    return enter(visit(chromium, stack.url))


@pytest.fixture
def widget(customer: Visitor) -> Widget:
    """The customer's chat window, open and connected."""
    widget = Widget(customer.page)
    widget.open()
    return widget


@pytest.fixture(scope="session")
def xiaolin(stack: Stack) -> Credentials:
    """An agent's account with the first password that the command line printed."""
    return new_account(stack, "xiaolin", "小林")


@pytest.fixture
def agent(enter: Enter, chromium: Browser, stack: Stack) -> Visitor:
    """Somebody at another browser, where nobody is signed in to the console."""
    return enter(visit(chromium, stack.url))


@pytest.fixture
def console(agent: Visitor, xiaolin: Credentials) -> Console:
    """The console of an agent who is at work."""
    console = Console(agent.page)
    console.open()
    console.sign_in(xiaolin)
    return console


def new_account(stack: Stack, name: str, display_name: str, role: str = "agent") -> Credentials:
    """Create an account on the command line."""
    printed = stack.bot("agent", "add", name, display_name, "--role", role)
    assert printed.returncode == 0, printed.stderr
    return Credentials(name, printed.stdout.split("初始密码：")[1].split("（")[0])
