"""The one call to Rasa in a turn, and what came of it as values."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

import aiohttp

from bot.conversations.transcript import HUMAN_PAYLOAD
from bot.errors import PartUnavailable
from bot.handoff.policy import REASONS, REQUEST_INTENT, Reason
from bot.messages import Button, DecisionRecord, Effects, Reply, TicketNote, TicketRequest

CONNECT_SECONDS = 1.0
# Rasa closes an idle connection after five.
KEEP_SECONDS = 4.0
# Rasa works on one core. More calls at a time would not be answered sooner, but some of them too late.
CONCURRENT = 8


@dataclass(frozen=True)
class RasaTurn:
    """What Rasa made of one message.

    `handoff` is the reason for which an action asks for a human, `told` what it has to say to the agent.
    `request` is the probability, 0..1, of the intent of a wish for a human, whatever comes first.
    """

    replies: tuple[Reply, ...]
    intent: str | None
    intent_confidence: float
    request: float = 0.0
    entities: tuple[Mapping[str, Any], ...] = ()
    actions: tuple[str, ...] = ()
    active_loop: str | None = None
    decision: DecisionRecord | None = None
    handoff: Reason | None = None
    told: str = ""
    tickets: tuple[TicketRequest, ...] = ()
    notes: tuple[TicketNote, ...] = ()
    rating: int | None = None
    replayed: bool = False
    ms: float = 0.0


class Dialogue(Protocol):
    """What the turn needs of Rasa."""

    async def turn(
        self, sender: str, message_id: str, text: str, *, command: bool, metadata: Mapping[str, Any]
    ) -> RasaTurn:
        """Handle one message, at most once for each `message_id`.

        `command`: `text` is the payload of a stored button. Raises PartUnavailable.
        """


class RasaClient:
    """Speaks to the channel `desk` of the Rasa process over at most `CONCURRENT` kept-alive connections.

    `url` is the base address, `timeout` the seconds that a whole turn may take once its turn has come.
    `vectors` gives the field of that name in docs/protocol.md for a message that was encoded already. Opens
    its connections at the first call, inside the running event loop.
    """

    def __init__(
        self,
        url: str,
        token: str,
        timeout: float,
        vectors: Callable[[str], Mapping[str, Any] | None] = lambda _text: None,
    ) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(CONNECT_SECONDS, timeout))
        self._vectors = vectors
        self._session: aiohttp.ClientSession | None = None
        # Waiting for a connection is waiting for one's turn, which is no failure and has no time limit.
        self._slots = asyncio.Semaphore(CONCURRENT)

    async def turn(
        self, sender: str, message_id: str, text: str, *, command: bool, metadata: Mapping[str, Any]
    ) -> RasaTurn:
        """See `Dialogue.turn`."""
        started = time.perf_counter()
        body = {
            "sender": sender,
            "message_id": message_id,
            "text": text,
            "command": command,
            "metadata": dict(metadata),
        }
        vectors = None if command else self._vectors(text)
        if vectors is not None:
            body["vectors"] = vectors
        try:
            async with self._slots:
                answer = json.loads(await self._post(json.dumps(body).encode()))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PartUnavailable(f"Rasa did not answer: {type(error).__name__} {error}") from error
        except ValueError as error:
            raise PartUnavailable("Rasa's answer is not JSON") from error
        return read_turn(answer, ms=(time.perf_counter() - started) * 1000)

    async def _post(self, body: bytes) -> bytes:
        url = f"{self._url}/webhooks/desk/webhook"
        try:
            return await self._once(url, body)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError):
            # A kept-alive connection ended just now. Rasa handles a message id once, so asking again is safe.
            return await self._once(url, body)

    async def _once(self, url: str, body: bytes) -> bytes:
        async with self._connected().post(url, data=body, headers=self._headers) as response:
            response.raise_for_status()
            return await response.read()

    async def healthy(self) -> bool:
        """Whether the Rasa process answers and has loaded a model."""
        limit = aiohttp.ClientTimeout(CONNECT_SECONDS * 2)
        try:
            async with self._connected().get(f"{self._url}/webhooks/desk/health", timeout=limit) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            connections = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_SECONDS)
            # A proxy named in the environment has no business between two processes of one machine.
            self._session = aiohttp.ClientSession(
                connector=connections, timeout=self._timeout, trust_env=False
            )
        return self._session


def read_turn(answer: Any, ms: float = 0.0) -> RasaTurn:
    """The channel's JSON as a value. Raises PartUnavailable when it does not have the agreed shape."""
    try:
        effects = [Effects.from_custom(message.get("custom") or {}) for message in answer["messages"]]
        handoffs = [effect.handoff for effect in effects if effect.handoff]
        unknown = [asked.reason for asked in handoffs if asked.reason not in REASONS]
        if unknown:
            raise ValueError(f"unknown hand-off reason {unknown[0]!r}")
        intent = answer["parse"].get("intent") or {}
        ranking = answer["parse"].get("ranking") or ()
        return RasaTurn(
            replies=_replies(answer["messages"], effects),
            intent=intent.get("name"),
            intent_confidence=float(intent.get("confidence") or 0.0),
            request=next((float(one["confidence"]) for one in ranking if one["name"] == REQUEST_INTENT), 0.0),
            entities=tuple(
                {key: entity.get(key) for key in ("entity", "value", "start", "end")}
                for entity in answer["parse"].get("entities") or ()
            ),
            actions=tuple(str(action) for action in answer.get("actions") or ()),
            active_loop=answer.get("active_loop"),
            decision=next((effect.decision for effect in reversed(effects) if effect.decision), None),
            handoff=cast("Reason", handoffs[0].reason) if handoffs else None,
            told=handoffs[0].note if handoffs else "",
            tickets=tuple(effect.ticket for effect in effects if effect.ticket),
            notes=tuple(effect.note for effect in effects if effect.note),
            rating=next((effect.rating for effect in effects if effect.rating is not None), None),
            replayed=bool(answer.get("replayed")),
            ms=ms,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PartUnavailable(f"Rasa's answer has another shape than agreed: {error!r}") from error


def _replies(messages: list[Mapping[str, Any]], effects: list[Effects]) -> tuple[Reply, ...]:
    replies: list[Reply] = []
    for message, effect in zip(messages, effects, strict=True):
        text = (message.get("text") or "").strip()
        buttons = tuple(
            Button(
                title=str(button["title"]),
                payload=str(button["payload"]),
                kind="human" if button["payload"] == HUMAN_PAYLOAD else "choice",
            )
            for button in message.get("buttons") or ()
        )
        if text:
            answer = effect.decision if effect.decision and effect.decision.decision == "answer" else None
            replies.append(
                Reply(
                    text,
                    buttons,
                    effect.links,
                    answer.entry if answer else None,
                    effect.rich,
                    effect.channels,
                    effect.images,
                )
            )
        elif replies and (buttons or effect.links):
            last = replies[-1]
            replies[-1] = replace(last, buttons=last.buttons + buttons, links=last.links + effect.links)
    return tuple(replies)
