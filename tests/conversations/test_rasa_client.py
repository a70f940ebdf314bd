"""The call to Rasa: what is sent, what is understood, and that whatever goes wrong has one name."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.rasa_client import RasaClient, read_turn
from bot.errors import PartUnavailable
from bot.messages import Candidate, DecisionRecord, Effects, HandoffRequest, Link, TicketRequest
from bot.serving import free_port

PARSE = {
    "intent": {"name": "faq", "confidence": 0.9},
    "ranking": [{"name": "faq", "confidence": 0.9}, {"name": "request_human", "confidence": 0.05}],
    "entities": [],
}
RECORD = DecisionRecord("answer", "e1", 0.9, 0.95, (Candidate("e1", "问", 0.9, 1.2),), 3.0, "r1")


def answer(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "messages": list(messages),
        "parse": PARSE,
        "actions": [],
        "active_loop": None,
        "replayed": False,
        **more,
    }


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def ask(url: str, times: int = 1) -> Any:
    rasa = RasaClient(url, "secret-token", 0.3)
    try:
        for number in range(1, times + 1):
            turn = await rasa.turn("c1-1", f"c1:{number}", "你好", command=False, metadata={"misses": 0})
        return turn
    finally:
        await rasa.close()


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """The address of a server that answers every turn with `handler`."""
    app = web.Application()
    app.router.add_post("/webhooks/desk/webhook", handler)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.mark.anyio
async def test_a_turn_is_sent_as_agreed() -> None:
    seen: list[tuple[str, Any]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request.headers["authorization"], await request.json()))
        return web.json_response(answer({"text": "您好", "buttons": [], "custom": {}}))

    async with serving(handler) as url:
        turn = await ask(url)
    assert [reply.text for reply in turn.replies] == ["您好"]
    assert (turn.intent, turn.intent_confidence, turn.request) == ("faq", 0.9, 0.05)
    body = {
        "sender": "c1-1",
        "message_id": "c1:1",
        "text": "你好",
        "command": False,
        "metadata": {"misses": 0},
    }
    assert seen == [("Bearer secret-token", body)]


@pytest.mark.anyio
async def test_a_connection_that_ended_while_it_was_kept_alive_is_opened_again() -> None:
    seen: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((await request.json())["message_id"])
        if len(seen) == 2:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(answer({"text": "您好"}))

    async with serving(handler) as url:
        await ask(url, times=2)
    assert seen == ["c1:1", "c1:2", "c1:2"]


def test_effects_come_back_whole() -> None:
    effects = Effects(
        RECORD,
        HandoffRequest("complaint", "n"),
        TicketRequest("callback", "s", {"phone": "1"}),
        (Link("t", "/u"),),
        rich="**好**",
        channels={"wechat": "妥"},
        images=(Link("图", "/p.png"),),
    )
    turn = read_turn(answer({"text": "好", "buttons": [], "custom": effects.to_custom()}))
    assert (turn.decision, turn.handoff) == (RECORD, "complaint")
    assert turn.tickets == (TicketRequest("callback", "s", {"phone": "1"}),)
    assert turn.replies[0].links == (Link("t", "/u"),)
    assert (turn.replies[0].rich, turn.replies[0].images) == ("**好**", (Link("图", "/p.png"),))
    assert turn.replies[0].on("wechat").text == "妥"


def test_messages_without_text_add_to_the_one_before() -> None:
    button = {"title": "转人工", "payload": "/request_human"}
    turn = read_turn(answer({"text": "好"}, {"text": None, "buttons": [button]}, {"custom": {}}))
    assert len(turn.replies) == 1
    assert [(b.title, b.kind) for b in turn.replies[0].buttons] == [("转人工", "human")]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"error": {}}'),
        (401, b""),
        (200, b"<html>"),
        (200, b"\xff\xfe"),
        (200, b"[]"),
        (200, b"null"),
        (200, b'{"messages": []}'),
        (200, json.dumps(answer({"custom": {"decision": {"nonsense": 1}}})).encode()),
        (200, json.dumps(answer({"custom": {"handoff": {"reason": "boredom"}}})).encode()),
        (200, json.dumps(answer({"text": "x", "buttons": [{"title": "no payload"}]})).encode()),
    ],
)
async def test_whatever_goes_wrong_has_one_name(status: int, body: bytes) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=status, body=body)

    async with serving(handler) as url:
        with pytest.raises(PartUnavailable):
            await ask(url)


@pytest.mark.anyio
async def test_nobody_there_and_nobody_answering_have_that_name_too() -> None:
    async def hang(_request: web.Request) -> web.Response:
        await asyncio.sleep(60)
        raise AssertionError("nobody waits that long")

    with pytest.raises(PartUnavailable, match="ClientConnectorError"):
        await ask(f"http://127.0.0.1:{free_port()}")
    async with serving(hang) as url:
        with pytest.raises(PartUnavailable, match="Timeout"):
            await ask(url)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "parse", "text", "buttons", "custom", "intent", "name"]), inner
        )
    ),
)


@given(JSON)
def test_any_json_is_a_turn_or_the_one_error(body: Any) -> None:
    try:
        read_turn(body)
    except PartUnavailable:
        return
