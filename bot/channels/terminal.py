"""A customer at the terminal: the widget's protocol without a browser."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bot.errors import PartUnavailable

HELP = "直接输入问题并回车；输入数字选择选项；/human 转人工；/quit 退出。"
ANSWER_SECONDS = 15.0
_NAMES = {"bot": "小杉", "agent": "人工客服", "system": "系统"}


@dataclass
class Screen:
    """Turns frames into lines, and lines into frames; remembers the last buttons."""

    write: Callable[[str], None]
    seen: int = 0
    buttons: list[dict[str, Any]] = field(default_factory=list)
    of: int = 0
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, frame: dict[str, Any]) -> None:
        """Print what a person wants to see of a frame."""
        if frame["type"] == "error":
            self.write(f"（{frame['error']['message']}）")
        for message in frame.get("messages") or ([frame["message"]] if frame["type"] == "message" else []):
            self._show_message(message)

    def _show_message(self, message: dict[str, Any]) -> None:
        if message["seq"] <= self.seen:
            return
        self.seen = message["seq"]
        if message["sender"] == "customer":
            return
        self.answered.set()
        name = message["agent"] or _NAMES[message["sender"]]
        self.write(f"{name}：{message['text']}")
        for link in (*message["images"], *message["links"]):
            self.write(f"    {link['title']}：{link['url']}")
        for number, button in enumerate(message["buttons"], start=1):
            self.write(f"    {number}. {button['title']}")
        self.buttons, self.of = message["buttons"], message["seq"]

    def frame(self, line: str) -> dict[str, Any]:
        """The frame for what was typed."""
        client_id = uuid.uuid4().hex
        if line == "/human":
            return {"type": "human", "client_id": client_id}
        if line.isdecimal() and 1 <= int(line) <= len(self.buttons):
            choice = self.buttons[int(line) - 1]["id"]
            return {"type": "choice", "client_id": client_id, "of": self.of, "choice": choice}
        return {"type": "message", "client_id": client_id, "text": line}


async def chat(
    url: str, read: Callable[[], Awaitable[str]], write: Callable[[str], None], *, paced: bool = False
) -> None:
    """Talk to the service at `url` until `read` gives an empty string or /quit.

    `paced`: the lines come from a file, so each waits for the answer to the one before.

    Raises PartUnavailable when the service cannot be reached or hangs up.
    """
    screen = Screen(write)
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
            session = (await http.post(f"{url}/api/widget/session")).raise_for_status().json()
        write(f"{session['greeting']}\n{HELP}")
        async with connect(f"ws{url.removeprefix('http')}/api/widget/socket", proxy=None) as socket:
            await socket.send(json.dumps({"type": "hello", "token": session["token"], "after": 0}))
            listening = asyncio.create_task(_listen(socket, screen))
            try:
                await _converse(socket, screen, listening, read, paced)
            finally:
                listening.cancel()
    except (httpx.HTTPError, OSError, ConnectionClosed) as error:
        raise PartUnavailable(f"the service at {url} cannot be reached: {error}") from error


async def _converse(
    socket: ClientConnection,
    screen: Screen,
    listening: asyncio.Task[None],
    read: Callable[[], Awaitable[str]],
    paced: bool,
) -> None:
    while (line := await read()) and line.strip() != "/quit":
        if listening.done():
            await listening
        if line.strip():
            screen.answered.clear()
            await socket.send(json.dumps(screen.frame(line.strip())))
            if paced:
                # With a human in charge there may be no answer at all.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(screen.answered.wait(), ANSWER_SECONDS)


async def _listen(socket: ClientConnection, screen: Screen) -> None:
    async for text in socket:
        screen.show(json.loads(text))


async def read_line() -> str:
    """A line of standard input with its end; empty at the end of the input."""
    return await asyncio.to_thread(sys.stdin.readline)
