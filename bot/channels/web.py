"""The website widget: a session over HTTP, then one WebSocket that resumes where it stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Body, Request, Response, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from bot.boundary import error_json
from bot.channels.frames import (
    AskedHuman,
    Clicked,
    Frame,
    Hello,
    Ping,
    Rated,
    Read,
    Typed,
    client_id_of,
    parse_frame,
)
from bot.channels.tokens import Tokens
from bot.conversations.conversations import Conversations, Status
from bot.conversations.transcript import Message
from bot.errors import BotError, InvalidInput, NotAuthenticated, PartUnavailable, TooManyRequests
from bot.events import Hint, Hints, StoredMessage
from bot.limits import Rate

logger = logging.getLogger(__name__)

HELLO_SECONDS = 10.0
SOCKETS_PER_CONVERSATION = 8
# Frames that a browser may be behind before the connection is given up; it resumes from the database.
BACKLOG = 500
FORGED_TOKEN, TOO_SLOW, TOO_MANY, OVERLOADED = 4401, 4408, 4429, 1013
# Takes the host site's word on who a conversation is, and says whether the customer is known then. The empty
# word: nobody is signed in there. Raises IdentityTokenRefused.
Identify = Callable[[str, str], Awaitable[bool]]
# A frame, a seq after which to welcome, or the news that something was stored. One writer takes them in
# order, so that a message is never sent twice or out of order.
_Outgoing = dict[str, Any] | int | Hint


@dataclass(frozen=True)
class Welcome:
    """What the widget shows before anything is said."""

    title: str
    greeting: str
    quick_replies: tuple[str, ...]

    @classmethod
    def of_shop(cls, name: str) -> Welcome:
        """The welcome of the shop `name`."""
        return cls(
            title=f"{name}客服",
            greeting=f"您好，我是{name}的智能客服小杉。订单、退换货、发票、优惠都可以问我，也可以随时点“转人工”。",
            quick_replies=("多久能发货", "怎么申请退货", "退款多久到账", "怎么开发票"),
        )


class WebChannel:
    """Serves `/api/widget/session` and `/api/widget/socket` of docs/protocol.md."""

    name = "web"

    def __init__(
        self,
        conversations: Conversations,
        hints: Hints,
        tokens: Tokens,
        welcome: Welcome,
        *,
        messages_per_second: float,
        identify: Identify | None = None,
    ) -> None:
        self.conversations = conversations
        self.hints = hints
        self.tokens = tokens
        self._welcome = welcome
        self._identify = identify
        self.messages = Rate(messages_per_second, max(1.0, messages_per_second * 5))
        # Typing signs, watermarks, pings and broken frames.
        self.signs = Rate(10, 40)
        self._sessions = Rate(5, 100)
        self._sockets: Counter[str] = Counter()

    def routes(self) -> APIRouter:
        """See `Channel`."""
        router = APIRouter(prefix="/api/widget")
        # The widget runs on pages of other origins; it carries no cookie, the token is in the body.
        anywhere = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}

        @router.options("/session")
        async def preflight() -> Response:
            allowed = {"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "Content-Type"}
            return Response(
                status_code=204, headers={**anywhere, **allowed, "Access-Control-Max-Age": "86400"}
            )

        @router.post("/session")
        async def session(
            request: Request, response: Response, body: Annotated[Any, Body()] = None
        ) -> dict[str, Any]:
            self._sessions.check(request.client.host if request.client else "")
            response.headers.update(anywhere)
            return await self.open_session(body)

        @router.websocket("/socket")
        async def socket(websocket: WebSocket) -> None:
            await websocket.accept()
            await _Connection(self, websocket).serve()

        return router

    async def open_session(self, body: object) -> dict[str, Any]:
        """A new conversation, or the one of the token in `body`, with the host site's word on who is there.

        Raises InvalidInput, NotAuthenticated. A word that cannot be trusted leaves the customer unknown.
        """
        if body is not None and not isinstance(body, dict):
            raise InvalidInput("the body must be a JSON object")
        token = (body or {}).get("token")
        conversation = self.tokens.verify(token) if token is not None else self.tokens.new_conversation()
        identity = (body or {}).get("identity")
        if identity is not None and not isinstance(identity, str):
            raise InvalidInput("identity must be a string")
        known = identity is not None and await self._identified(conversation, identity)
        return {
            "token": self.tokens.sign(conversation),
            "conversation": conversation,
            "known": known,
            "title": self._welcome.title,
            "greeting": self._welcome.greeting,
            "quick_replies": [{"title": title} for title in self._welcome.quick_replies],
        }

    async def _identified(self, conversation: str, identity: str) -> bool:
        if self._identify is None:
            return False
        try:
            return await self._identify(conversation, identity)
        except NotAuthenticated as error:
            logger.warning("the identity of %s is refused: %s", conversation, error)
            return False

    @contextlib.contextmanager
    def admitted(self, conversation: str) -> Iterator[None]:
        """Count the connection inside the `with` block. Raises TooManyRequests."""
        if self._sockets[conversation] >= SOCKETS_PER_CONVERSATION:
            raise TooManyRequests(f"a conversation may have {SOCKETS_PER_CONVERSATION} connections")
        self._sockets[conversation] += 1
        try:
            yield
        finally:
            self._sockets[conversation] -= 1
            if not self._sockets[conversation]:
                del self._sockets[conversation]


class _Connection:
    """One browser's socket."""

    def __init__(self, channel: WebChannel, websocket: WebSocket) -> None:
        self._channel = channel
        self._conversations = channel.conversations
        self._websocket = websocket
        self._outgoing: asyncio.Queue[_Outgoing] = asyncio.Queue(BACKLOG)
        self._conversation = ""
        self._sent = 0
        self._status: Status | None = None
        self._overrun = False

    async def serve(self) -> None:
        """Until either side hangs up."""
        with contextlib.suppress(WebSocketDisconnect):
            hello = await self._greeted()
            if hello is None:
                return
            try:
                with (
                    self._channel.admitted(self._conversation),
                    self._channel.hints.watch(self._conversation, self._hear),
                ):
                    self._put(hello.after)
                    await self._talk()
            except TooManyRequests as error:
                await self._refuse(error, TOO_MANY)

    async def _greeted(self) -> Hello | None:
        """The first frame; None when there was no proper one and the line is closed."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                while True:
                    text = await self._receive()
                    try:
                        frame = parse_frame(text)
                        if not isinstance(frame, Hello):
                            raise InvalidInput("the first frame must be hello")
                        self._conversation = self._channel.tokens.verify(frame.token)
                        return frame
                    except NotAuthenticated as error:
                        await self._refuse(error, FORGED_TOKEN)
                        return None
                    except BotError as error:
                        await self._send(_error(error, client_id_of(text)))
                        await asyncio.sleep(0.05)
        except TimeoutError:
            await self._refuse(InvalidInput(f"no hello within {HELLO_SECONDS:g} s"), TOO_SLOW)
            return None

    async def _talk(self) -> None:
        async with anyio.create_task_group() as both:
            both.start_soon(self._until_hung_up, self._write, both.cancel_scope)
            await self._until_hung_up(self._read, both.cancel_scope)
        if self._websocket.application_state == WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await self._websocket.close(OVERLOADED)

    async def _until_hung_up(self, work: Callable[[], Awaitable[None]], both: anyio.CancelScope) -> None:
        try:
            await work()
        except WebSocketDisconnect:
            pass
        except Exception:
            logger.exception("a socket of %s failed", self._conversation)
        finally:
            both.cancel()

    async def _read(self) -> None:
        while True:
            text = await self._receive()
            try:
                await self._obey(parse_frame(text))
            except BotError as error:
                self._put(_error(error, client_id_of(text)))
                if not self._channel.signs.allows(self._conversation):
                    await asyncio.sleep(0.5)
            except Exception:
                logger.exception("a frame of %s could not be handled", self._conversation)
                self._put(_error(BotError("an unexpected error, see the log"), client_id_of(text)))

    async def _obey(self, frame: Frame) -> None:
        channel, conversation = self._channel, self._conversation
        if isinstance(frame, Typed | Clicked | AskedHuman):
            channel.messages.check(conversation)
            self._ack(await self._stored(frame))
        elif isinstance(frame, Rated):
            channel.messages.check(conversation)
            said = await self._conversations.judge(
                conversation, channel.name, frame.client_id, frame.of, helpful=frame.helpful
            )
            self._put({"type": "ack", "client_id": frame.client_id, "seq": said.seq if said else None})
        elif isinstance(frame, Ping):
            self._put({"type": "pong"})
        elif isinstance(frame, Hello):
            if channel.tokens.verify(frame.token) != conversation:
                raise InvalidInput("another conversation needs another connection")
            self._put(frame.after)
        elif channel.signs.allows(conversation):
            if isinstance(frame, Read):
                await self._conversations.saw(conversation, frame.seq)
            else:
                self._conversations.typing(conversation, "customer", on=True)

    async def _stored(self, frame: Typed | Clicked | AskedHuman) -> Message:
        desk, conversation, name = self._conversations, self._conversation, self._channel.name
        match frame:
            case Typed(client_id, text):
                return await desk.receive(conversation, name, client_id, text)
            case Clicked(client_id, of, choice):
                return await desk.choose(conversation, name, client_id, of, choice)
            case AskedHuman(client_id):
                return await desk.ask_human(conversation, name, client_id)

    async def _write(self) -> None:
        while not self._overrun:
            frame = await self._outgoing.get()
            if isinstance(frame, dict):
                await self._send(frame)
            elif isinstance(frame, int):
                await self._welcome(frame)
            else:
                await self._tell(frame.messages)

    async def _welcome(self, after: int) -> None:
        opening = await self._conversations.opening(self._conversation, after)
        self._sent = opening.messages[-1].seq if opening.messages else after
        self._status = opening.status
        await self._send(
            {
                "type": "welcome",
                "conversation": self._conversation,
                "status": asdict(opening.status),
                "messages": [message.public() for message in opening.messages],
                "more": opening.more,
            }
        )

    async def _tell(self, messages: Sequence[StoredMessage]) -> None:
        """Send what was just stored, straight from memory if it is what comes next."""
        if messages and messages[0].seq <= self._sent + 1:
            for message in messages:
                if message.seq > self._sent:
                    await self._send({"type": "message", "message": message.public()})
                    self._sent = message.seq
        else:
            await self._catch_up()

    async def _catch_up(self) -> None:
        """Send everything that is stored and was not sent: the database is the outbox."""
        more = True
        while more:
            try:
                opening = await self._conversations.opening(self._conversation, self._sent)
            except PartUnavailable as error:
                await self._send(_error(error, None))
                return
            for message in opening.messages:
                await self._send({"type": "message", "message": message.public()})
                self._sent = message.seq
            if opening.status != self._status:
                self._status = opening.status
                await self._send({"type": "status", "status": asdict(opening.status)})
            more = opening.more

    def _hear(self, hint: Hint) -> None:
        if hint.what == "stored":
            self._put(hint)
        elif hint.what == "rated":
            self._put({"type": "feedback", "of": hint.of, "helpful": hint.on})
        elif hint.what == "trouble":
            self._put(_error(PartUnavailable("the message is stored and will be handled"), None))
        elif hint.what == "typing" and hint.who in ("bot", "agent"):
            self._put({"type": "typing", "who": hint.who, "on": hint.on})

    def _ack(self, message: Message) -> None:
        self._put({"type": "ack", "client_id": message.client_id, "seq": message.seq})

    def _put(self, frame: _Outgoing) -> None:
        try:
            self._outgoing.put_nowait(frame)
        except asyncio.QueueFull:
            self._overrun = True

    async def _receive(self) -> str | None:
        event = await self._websocket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        text: str | None = event.get("text")
        return text

    async def _send(self, frame: dict[str, Any]) -> None:
        try:
            await self._websocket.send_json(frame)
        except RuntimeError as error:
            # The line was closed while the frame was on its way; it resumes from the database.
            raise WebSocketDisconnect(1006) from error

    async def _refuse(self, error: BotError, code: int) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await self._send(_error(error, None))
            await self._websocket.close(code)


def _error(error: BotError, client_id: str | None) -> dict[str, Any]:
    frame: dict[str, Any] = {"type": "error", "error": error_json(error)}
    return frame if client_id is None else {**frame, "client_id": client_id}
