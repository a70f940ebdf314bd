"""The one call to Rasa in a turn, and what came of it as values."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import httpx

from bot.conversations.transcript import HUMAN_PAYLOAD
from bot.errors import PartUnavailable
from bot.handoff.policy import REASONS, Reason
from bot.messages import Button, DecisionRecord, Effects, Reply, TicketRequest

CONNECT_SECONDS = 1.0
# Rasa works on one core. More calls at a time would not be answered sooner, but some of them too late.
CONCURRENT = 8


@dataclass(frozen=True)
class RasaTurn:
    """What Rasa made of one message. `handoff` is the reason for which an action asks for a human."""

    replies: tuple[Reply, ...]
    intent: str | None
    intent_confidence: float
    entities: tuple[Mapping[str, Any], ...] = ()
    actions: tuple[str, ...] = ()
    active_loop: str | None = None
    decision: DecisionRecord | None = None
    handoff: Reason | None = None
    tickets: tuple[TicketRequest, ...] = ()
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
    """Speaks to the channel `desk` of the Rasa process over one pool of kept-alive connections.

    `url` is the base address, `timeout` the seconds that a whole turn may take.
    """

    def __init__(
        self, url: str, token: str, timeout: float, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            # Waiting for a connection is waiting for one's turn, which is no failure.
            timeout=httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout), pool=None),
            limits=httpx.Limits(max_connections=CONCURRENT, max_keepalive_connections=CONCURRENT),
            # A proxy named in the environment has no business between two processes of one machine.
            trust_env=False,
            transport=transport,
        )
        # Its own connection: a busy Rasa is not an unhealthy one.
        self._health = httpx.AsyncClient(
            base_url=url, timeout=CONNECT_SECONDS * 2, trust_env=False, transport=transport
        )

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
        try:
            response = await self._http.post("/webhooks/desk/webhook", json=body)
            response.raise_for_status()
            answer = response.json()
        except httpx.HTTPError as error:
            raise PartUnavailable(f"Rasa did not answer: {type(error).__name__} {error}") from error
        except ValueError as error:
            raise PartUnavailable("Rasa's answer is not JSON") from error
        return read_turn(answer, ms=(time.perf_counter() - started) * 1000)

    async def healthy(self) -> bool:
        """Whether the Rasa process answers and has loaded a model."""
        try:
            return (await self._health.get("/webhooks/desk/health")).status_code == 200
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        await self._health.aclose()


def read_turn(answer: Any, ms: float = 0.0) -> RasaTurn:
    """The channel's JSON as a value. Raises PartUnavailable when it does not have the agreed shape."""
    try:
        effects = [Effects.from_custom(message.get("custom") or {}) for message in answer["messages"]]
        handoffs = [effect.handoff.reason for effect in effects if effect.handoff]
        unknown = [reason for reason in handoffs if reason not in REASONS]
        if unknown:
            raise ValueError(f"unknown hand-off reason {unknown[0]!r}")
        intent = answer["parse"].get("intent") or {}
        return RasaTurn(
            replies=_replies(answer["messages"], effects),
            intent=intent.get("name"),
            intent_confidence=float(intent.get("confidence") or 0.0),
            entities=tuple(
                {key: entity.get(key) for key in ("entity", "value", "start", "end")}
                for entity in answer["parse"].get("entities") or ()
            ),
            actions=tuple(str(action) for action in answer.get("actions") or ()),
            active_loop=answer.get("active_loop"),
            decision=next((effect.decision for effect in reversed(effects) if effect.decision), None),
            handoff=cast("Reason", handoffs[0]) if handoffs else None,
            tickets=tuple(effect.ticket for effect in effects if effect.ticket),
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
            replies.append(Reply(text, buttons, effect.links))
        elif replies and (buttons or effect.links):
            last = replies[-1]
            replies[-1] = Reply(last.text, last.buttons + buttons, last.links + effect.links)
    return tuple(replies)
