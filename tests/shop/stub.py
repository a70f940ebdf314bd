"""A host's shop for tests: the contract of docs/shop-api.md over the embedded shop, and ways to break it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import uvicorn
from fastapi import Body, FastAPI, Header, Request, Response
from pydantic import TypeAdapter

from bot.errors import BotError, NotAllowed, OrderNotFound
from bot.shop.embedded_shop import EmbeddedShop
from bot.shop.http_shop import (
    CASE,
    CASE_REQUEST,
    CUSTOMER,
    INVOICE,
    INVOICE_REQUEST,
    ORDER,
    ORDERS,
    RECIPIENT,
    URGE,
    CustomerAnswer,
    OrdersAnswer,
)

TOKEN = "the shop's token for the bot"
JsonBody = Annotated[dict[str, Any], Body()]
OWN = "/v1/customers/{customer}"
ONE = OWN + "/orders/{number}"
Key = Annotated[str, Header(alias="Idempotency-Key")]
# A fault may answer in the shop's place; with None the shop answers.
Fault = Callable[[], Awaitable[Response | None]]


@dataclass
class Host:
    """The running stub. `fault` meets the next `faults` requests; `seen` is method and path of each."""

    url: str = ""
    _shop: EmbeddedShop | None = None
    fault: Fault | None = None
    faults: int = 0
    seen: list[str] = field(default_factory=list)

    @property
    def shop(self) -> EmbeddedShop:
        assert self._shop is not None
        return self._shop

    def open(self, shop: EmbeddedShop) -> None:
        """Answer for this shop from now on."""
        self._shop = shop
        self.heal()

    def answer(
        self,
        body: bytes | str,
        status: int = 200,
        *,
        times: int = 1_000,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer the next requests with this body."""

        async def fault() -> Response:
            return Response(body, status, headers=headers, media_type="application/json")

        self.fault, self.faults = fault, times

    def delay(self, seconds: float, *, times: int = 1_000) -> None:
        """Wait before the shop's own answer."""

        async def fault() -> None:
            await asyncio.sleep(seconds)

        self.fault, self.faults = fault, times

    def heal(self) -> None:
        self.fault, self.faults, self.seen = None, 0, []


def answered(shape: TypeAdapter[Any], value: Any) -> Response:
    return Response(shape.dump_json(value), media_type="application/json")


def read(shape: TypeAdapter[Any], body: dict[str, Any]) -> Any:
    return shape.validate_json(json.dumps(body))


def refused(error: BotError) -> Response:
    body: dict[str, Any] = {"code": error.code}
    if isinstance(error, NotAllowed):
        body |= {"reason": error.reason, "sentence": error.sentence, "agent_may": error.agent_may}
    else:
        assert isinstance(error, OrderNotFound)
    return Response(json.dumps({"error": body}), error.status, media_type="application/json")


def build_stub(host: Host) -> FastAPI:
    """The contract's calls."""
    app = FastAPI()

    @app.middleware("http")
    async def interfere(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        host.seen.append(f"{request.method} {request.url.path}")
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Response(status_code=401)
        if host.fault is not None and host.faults > 0:
            host.faults -= 1
            instead = await host.fault()
            if instead is not None:
                return instead
        return await proceed(request)

    @app.exception_handler(BotError)
    async def refuse(_request: Request, error: BotError) -> Response:
        return refused(error)

    add_reads(app, host)
    add_changes(app, host)
    return app


def add_reads(app: FastAPI, host: Host) -> None:
    @app.post("/v1/identity")
    async def identity(body: JsonBody) -> Response:
        found = await host.shop.customer_by_order(body["order"], body["last_four"])
        return answered(CUSTOMER, CustomerAnswer(found))

    @app.get(OWN)
    async def customer(customer: str) -> Response:
        return answered(CUSTOMER, CustomerAnswer(await host.shop.customer(customer)))

    @app.get(f"{OWN}/orders")
    async def orders(customer: str) -> Response:
        return answered(ORDERS, OrdersAnswer(await host.shop.orders(customer)))

    @app.get(ONE)
    async def order(customer: str, number: str) -> Response:
        return answered(ORDER, await host.shop.order(customer, number))


def add_changes(app: FastAPI, host: Host) -> None:
    @app.post(f"{ONE}/cancel")
    async def cancel(customer: str, number: str, body: JsonBody, key: Key) -> Response:
        return answered(ORDER, await host.shop.cancel(customer, number, body["reason"], key))

    @app.post(f"{ONE}/address")
    async def address(customer: str, number: str, body: JsonBody, key: Key) -> Response:
        return answered(ORDER, await host.shop.change_address(customer, number, read(RECIPIENT, body), key))

    @app.post(f"{ONE}/variant")
    async def variant(customer: str, number: str, body: JsonBody, key: Key) -> Response:
        changed = await host.shop.change_variant(customer, number, body["line"], body["variant"], key)
        return answered(ORDER, changed)

    @app.post(f"{ONE}/urge")
    async def urge(customer: str, number: str, key: Key) -> Response:
        return answered(URGE, await host.shop.urge(customer, number, key))

    @app.post(f"{ONE}/invoice")
    async def invoice(customer: str, number: str, body: JsonBody, key: Key) -> Response:
        request = read(INVOICE_REQUEST, body)
        return answered(INVOICE, await host.shop.request_invoice(customer, number, request, key))

    @app.post(f"{ONE}/cases")
    async def cases(customer: str, number: str, body: JsonBody, key: Key) -> Response:
        return answered(CASE, await host.shop.open_case(customer, number, read(CASE_REQUEST, body), key))


@contextmanager
def serve() -> Iterator[Host]:
    """The stub on a free loopback port, in a thread of its own."""
    host = Host()
    config = uvicorn.Config(build_stub(host), host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    host.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield host
    server.should_exit = True
    thread.join(timeout=10)


@asynccontextmanager
async def raw_server(answer: bytes, *, pause: float = 0.0) -> AsyncIterator[str]:
    """A server that answers anything with these bytes, one by one where there is a pause, and hangs up."""

    talks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            for piece in [answer[i : i + 1] for i in range(len(answer))] if pause else [answer]:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await asyncio.gather(*talks)
    await server.wait_closed()
