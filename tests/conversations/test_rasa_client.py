"""The call to Rasa: what is sent, what is understood, and that whatever goes wrong has one name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.rasa_client import RasaClient, read_turn
from bot.errors import PartUnavailable
from bot.messages import Candidate, DecisionRecord, Effects, HandoffRequest, Link, TicketRequest

PARSE = {"intent": {"name": "faq", "confidence": 0.9}, "ranking": [], "entities": []}
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


def client(handler: Callable[[httpx.Request], httpx.Response]) -> RasaClient:
    return RasaClient("http://rasa", "secret-token", 1.0, transport=httpx.MockTransport(handler))


async def ask(rasa: RasaClient) -> Any:
    try:
        return await rasa.turn("c1-1", "c1:1", "你好", command=False, metadata={"misses": 0})
    finally:
        await rasa.close()


@pytest.mark.anyio
async def test_a_turn_is_sent_as_agreed() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=answer({"text": "您好", "buttons": [], "custom": {}}))

    turn = await ask(client(handler))
    assert [reply.text for reply in turn.replies] == ["您好"]
    assert (turn.intent, turn.intent_confidence) == ("faq", 0.9)
    assert seen[0].headers["authorization"] == "Bearer secret-token"
    assert json.loads(seen[0].content) == {
        "sender": "c1-1",
        "message_id": "c1:1",
        "text": "你好",
        "command": False,
        "metadata": {"misses": 0},
    }


def test_effects_come_back_whole() -> None:
    effects = Effects(
        RECORD,
        HandoffRequest("complaint", "n"),
        TicketRequest("callback", "s", {"phone": "1"}),
        (Link("t", "/u"),),
    )
    turn = read_turn(answer({"text": "好", "buttons": [], "custom": effects.to_custom()}))
    assert (turn.decision, turn.handoff) == (RECORD, "complaint")
    assert turn.tickets == (TicketRequest("callback", "s", {"phone": "1"}),)
    assert turn.replies[0].links == (Link("t", "/u"),)


def test_messages_without_text_add_to_the_one_before() -> None:
    button = {"title": "转人工", "payload": "/request_human"}
    turn = read_turn(answer({"text": "好"}, {"text": None, "buttons": [button]}, {"custom": {}}))
    assert len(turn.replies) == 1
    assert [(b.title, b.kind) for b in turn.replies[0].buttons] == [("转人工", "human")]


def _refuse(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def _hang(_request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("too slow")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "handler",
    [
        _refuse,
        _hang,
        lambda _r: httpx.Response(500, json={"error": {}}),
        lambda _r: httpx.Response(401),
        lambda _r: httpx.Response(200, content=b"<html>"),
        lambda _r: httpx.Response(200, content=b"\xff\xfe"),
        lambda _r: httpx.Response(200, json=[]),
        lambda _r: httpx.Response(200, json=None),
        lambda _r: httpx.Response(200, json={"messages": []}),
        lambda _r: httpx.Response(200, json=answer({"custom": {"decision": {"nonsense": 1}}})),
        lambda _r: httpx.Response(200, json=answer({"custom": {"handoff": {"reason": "boredom"}}})),
        lambda _r: httpx.Response(200, json=answer({"text": "x", "buttons": [{"title": "no payload"}]})),
    ],
)
async def test_whatever_goes_wrong_has_one_name(handler: Callable[[httpx.Request], httpx.Response]) -> None:
    with pytest.raises(PartUnavailable):
        await ask(client(handler))


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
