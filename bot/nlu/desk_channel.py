"""The input channel `desk`: one message in, the whole turn out, each message handled once.

Body and answer are described in docs/protocol.md. Only the service speaks to it, over loopback.
"""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, UserUttered
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.faq.normalize import normalize
from bot.nlu.handed_vectors import HANDED
from bot.nlu.model_swap import ModelUnusable, swap_model

TOKEN_VARIABLE = "BOT_INTERNAL_TOKEN"
_SHORTEST_TOKEN = 16
_HIDDEN_ACTIONS = {ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME}
_PARSE_KEYS = ("intent", "entities")

logger = logging.getLogger(__name__)


class BadBody(Exception):
    """The body breaks the protocol; the text names the field and the rule."""


class ActionsFailed(Exception):
    """Custom actions failed, so the turn was not saved and may be tried again."""


@dataclass(frozen=True)
class DeskMessage:
    """One message of a customer. `command`: the text is the payload of a button that the server stored.

    `vectors` are those of the text in the FAQ's spelling, if the service has them.
    """

    sender: str
    message_id: str
    text: str
    command: bool
    metadata: Mapping[str, Any]
    vectors: Any = None

    @classmethod
    def of(cls, body: Any) -> DeskMessage:
        """Read a request body; raises BadBody."""
        if not isinstance(body, dict):
            raise BadBody("the body must be a JSON object")
        for name in ("sender", "message_id"):
            value = body.get(name)
            if not isinstance(value, str) or not 1 <= len(value) <= 255:
                raise BadBody(f"{name} must be a string of 1 to 255 characters")
        if not isinstance(body.get("text"), str) or not body["text"].strip():
            raise BadBody("text must be a string with a visible character")
        command, metadata = body.get("command", False), body.get("metadata") or {}
        if not isinstance(command, bool):
            raise BadBody("command must be true or false")
        if not isinstance(metadata, dict):
            raise BadBody("metadata must be an object")
        return cls(
            body["sender"], body["message_id"], body["text"].strip(), command, metadata, body.get("vectors")
        )


class DeskOutput(OutputChannel):
    """Sends nothing: the answer is read from the tracker's events, for a new turn and a replay alike."""

    def __init__(self) -> None:
        self.failed_actions: list[str] = []

    @classmethod
    def name(cls) -> str:
        return "desk"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        return None


def turn_of(events: Sequence[Event], message_id: str) -> dict[str, Any] | None:
    """What came of the message: `messages`, `parse`, `actions`, `active_loop`; None if never handled."""
    start = next(
        (i for i, e in enumerate(events) if isinstance(e, UserUttered) and e.message_id == message_id),
        None,
    )
    if start is None:
        return None
    end = next((i for i in range(start + 1, len(events)) if isinstance(events[i], UserUttered)), len(events))
    heard, after = events[start], list(islice(events, start + 1, end))
    loops = [event.name for event in islice(events, end) if isinstance(event, ActiveLoop)]
    return {
        "messages": [_message(event) for event in after if isinstance(event, BotUttered)],
        "parse": {
            **{key: heard.parse_data.get(key) for key in _PARSE_KEYS},
            "ranking": heard.parse_data.get("intent_ranking", []),
        },
        "actions": [
            event.action_name
            for event in after
            if isinstance(event, ActionExecuted) and event.action_name not in _HIDDEN_ACTIONS
        ],
        "active_loop": loops[-1] if loops else None,
    }


def _message(event: BotUttered) -> dict[str, Any]:
    return {
        "text": event.text or "",
        "buttons": event.data.get("buttons") or [],
        "custom": event.data.get("custom") or {},
    }


async def handle(agent: Any, message: DeskMessage) -> dict[str, Any]:
    """One turn under the sender's lock; a message that the tracker holds already is read back.

    The steps are those of Rasa's MessageProcessor.handle_message, with one read of the tracker.
    Raises ActionsFailed.
    """
    processor, output = agent.processor, DeskOutput()
    async with agent.lock_store.lock(message.sender):
        tracker = await processor.fetch_tracker_and_update_session(
            message.sender, output, dict(message.metadata)
        )
        seen = turn_of(list(tracker.events), message.message_id)
        if seen is not None:
            return {**seen, "replayed": True}
        heard = UserMessage(
            message.text,
            output,
            message.sender,
            input_channel=DeskChannel.name(),
            message_id=message.message_id,
            metadata=dict(message.metadata),
        )
        if message.vectors is not None:
            HANDED.hand(normalize(message.text), message.vectors)
        heard.parse_data = await _parse(processor, heard, tracker, message.command)
        await processor._handle_message_with_tracker(heard, tracker)
        tracker = await processor.run_action_extract_slots(output, tracker)
        await processor._run_prediction_loop(output, tracker)
        if output.failed_actions:
            raise ActionsFailed(", ".join(output.failed_actions))
        await processor.save_tracker(tracker)
        turn = turn_of(list(tracker.events), message.message_id)
        if turn is None:
            raise ActionsFailed("the turn undid its own message")
        return {**turn, "replayed": False}


async def _parse(processor: Any, heard: UserMessage, tracker: Any, command: bool) -> dict[str, Any]:
    """Rasa reads a leading `/` as a command; in typed text its full-width twin is parsed instead."""
    text = heard.text
    if not command and text.startswith("/"):
        heard.text = "／" + text[1:]
    parsed: dict[str, Any] = {**await processor.parse_message(heard, tracker), "text": text}
    heard.text = text
    return parsed


class DeskChannel(InputChannel):
    """Serves `/webhooks/desk/webhook`, `/webhooks/desk/model` and `/webhooks/desk/health`.

    The bearer token comes from the environment variable BOT_INTERNAL_TOKEN.
    """

    def __init__(self, token: str) -> None:
        if len(token) < _SHORTEST_TOKEN:
            raise RasaException(
                f"{TOKEN_VARIABLE} must have at least {_SHORTEST_TOKEN} characters, got {len(token)}"
            )
        self._token = token.encode()

    @classmethod
    def name(cls) -> str:
        return "desk"

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> DeskChannel:
        return cls(os.environ.get(TOKEN_VARIABLE, ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Rasa's own `on_new_message` hides failures, so the agent is asked directly."""
        blueprint = Blueprint("desk")

        @blueprint.get("/health")
        async def health(request: Request) -> HTTPResponse:
            agent = _ready_agent(request)
            return json({"status": "ok", "model": agent.model_name}) if agent else _not_ready()

        @blueprint.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            return await self._receive(request)

        @blueprint.post("/model")
        async def change_model(request: Request) -> HTTPResponse:
            return await self._change_model(request)

        return blueprint

    async def _receive(self, request: Request) -> HTTPResponse:
        if not self._admits(request.headers.get("authorization", "")):
            return _not_authenticated()
        try:
            message = DeskMessage.of(request.json)
        except BadBody as error:
            return _error(422, "invalid_input", str(error))
        agent = _ready_agent(request)
        if agent is None:
            return _not_ready()
        try:
            return json(await handle(agent, message))
        except ActionsFailed as error:
            return _error(503, "actions_failed", str(error))
        except Exception:
            logger.exception("turn %s of %s failed", message.message_id, message.sender)
            return _error(500, "internal", "the turn failed, see Rasa's log")

    async def _change_model(self, request: Request) -> HTTPResponse:
        if not self._admits(request.headers.get("authorization", "")):
            return _not_authenticated()
        path = request.json.get("path") if isinstance(request.json, dict) else None
        if not isinstance(path, str) or not path:
            return _error(422, "invalid_input", f"path must name a model file, got {path!r}")
        agent = _ready_agent(request)
        if agent is None:
            return _not_ready()
        try:
            await swap_model(agent, Path(path))
        except ModelUnusable as error:
            return _error(422, "model_unusable", str(error))
        return json({"status": "ok", "model": agent.model_name})

    def _admits(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), self._token)


def _error(status: int, code: str, detail: str) -> HTTPResponse:
    return json(
        {"error": {"code": code, "message": "系统暂时繁忙，请稍后再试。", "detail": detail}}, status=status
    )


def _ready_agent(request: Request) -> Any:
    agent = getattr(request.app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def _not_ready() -> HTTPResponse:
    return _error(503, "not_ready", "no model is loaded")


def _not_authenticated() -> HTTPResponse:
    return _error(401, "not_authenticated", "the bearer token is missing or wrong")
