"""The host's own shop over HTTP; the contract is docs/shop-api.md."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from bot.errors import (
    BotError,
    ConfigurationError,
    NotAllowed,
    OrderNotFound,
    SystemUnavailable,
    WrongAnswer,
)
from bot.shop.after_sales import CaseRequest, ReturnCase
from bot.shop.breaker import Breaker
from bot.shop.customer import Customer, Recipient
from bot.shop.order import Invoice, InvoiceRequest, Order, Urge
from bot.shop.systems import NEWEST

T = TypeVar("T")
logger = logging.getLogger(__name__)

READ_ATTEMPTS = 2
LONGEST_ANSWER = 2_000_000
LONGEST_SENTENCE = 200


@dataclass(frozen=True, config=ConfigDict(strict=True))
class CustomerAnswer:
    """`customer` is null when there is nobody."""

    customer: Customer | None


@dataclass(frozen=True, config=ConfigDict(strict=True))
class OrdersAnswer:
    """Newest first."""

    orders: tuple[Order, ...]


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Refusal:
    """Why a call was refused; `sentence` is for the customer."""

    code: Literal["order_not_found", "not_allowed"]
    reason: str = ""
    sentence: str = ""
    agent_may: bool = False


@dataclass(frozen=True, config=ConfigDict(strict=True))
class RefusalAnswer:
    """The body of a 404 or 409."""

    error: Refusal


CUSTOMER = TypeAdapter(CustomerAnswer)
ORDERS = TypeAdapter(OrdersAnswer)
ORDER = TypeAdapter(Order)
URGE = TypeAdapter(Urge)
INVOICE = TypeAdapter(Invoice)
CASE = TypeAdapter(ReturnCase)
REFUSAL = TypeAdapter(RefusalAnswer)
RECIPIENT = TypeAdapter(Recipient)
INVOICE_REQUEST = TypeAdapter(InvoiceRequest)
CASE_REQUEST = TypeAdapter(CaseRequest)


class HttpShop:
    """`Orders`, `Customers` and `AfterSales` of `bot.shop.systems`, spoken to a host.

    `timeout` is in seconds and covers one attempt from first to last byte. Reads are tried twice, changes
    once. After five failures in a row calls are refused for ten seconds without asking. Redirects are not
    followed. Raises ConfigurationError for an unusable address.
    """

    def __init__(self, url: str, token: str, *, timeout: float, breaker: Breaker | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ConfigurationError(f"BOT_SHOP_URL is not an http or https address: {url!r}")
        self._timeout = timeout
        self._breaker = breaker or Breaker()
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
            timeout=timeout,
            # The shop's address is set by hand: a proxy of the machine must not see its customers.
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def customer(self, customer: str) -> Customer | None:
        """See `Customers`."""
        return (await self._read("GET", _path(customer), CUSTOMER)).customer

    async def customer_by_order(self, order: str, last_four: str) -> Customer | None:
        """See `Customers`."""
        body = {"order": order, "last_four": last_four}
        return (await self._read("POST", "/v1/identity", CUSTOMER, body)).customer

    async def orders(self, customer: str) -> tuple[Order, ...]:
        """See `Orders`."""
        answer = await self._read("GET", f"{_path(customer)}/orders?limit={NEWEST}", ORDERS)
        return answer.orders[:NEWEST]

    async def order(self, customer: str, number: str) -> Order:
        """See `Orders`."""
        return await self._read("GET", _path(customer, number), ORDER)

    async def cancel(self, customer: str, number: str, reason: str, key: str) -> Order:
        """See `Orders`."""
        return await self._change(_path(customer, number, "cancel"), ORDER, {"reason": reason}, key)

    async def change_address(self, customer: str, number: str, recipient: Recipient, key: str) -> Order:
        """See `Orders`."""
        body = RECIPIENT.dump_python(recipient, mode="json")
        return await self._change(_path(customer, number, "address"), ORDER, body, key)

    async def change_variant(self, customer: str, number: str, line: str, variant: str, key: str) -> Order:
        """See `Orders`."""
        body = {"line": line, "variant": variant}
        return await self._change(_path(customer, number, "variant"), ORDER, body, key)

    async def urge(self, customer: str, number: str, key: str) -> Urge:
        """See `Orders`."""
        return await self._change(_path(customer, number, "urge"), URGE, {}, key)

    async def request_invoice(self, customer: str, number: str, request: InvoiceRequest, key: str) -> Invoice:
        """See `Orders`."""
        body = INVOICE_REQUEST.dump_python(request, mode="json")
        return await self._change(_path(customer, number, "invoice"), INVOICE, body, key)

    async def open_case(self, customer: str, number: str, request: CaseRequest, key: str) -> ReturnCase:
        """See `AfterSales`."""
        body = CASE_REQUEST.dump_python(request, mode="json")
        return await self._change(_path(customer, number, "cases"), CASE, body, key)

    async def _read(self, method: str, path: str, shape: TypeAdapter[T], body: Any = None) -> T:
        for attempt in range(1, READ_ATTEMPTS + 1):
            try:
                return await self._call(method, path, shape, body, {})
            except SystemUnavailable:
                if attempt == READ_ATTEMPTS or not self._breaker.admits():
                    raise
        raise AssertionError("unreachable")

    async def _change(self, path: str, shape: TypeAdapter[T], body: Any, key: str) -> T:
        return await self._call("POST", path, shape, body, {"Idempotency-Key": key})

    async def _call(
        self, method: str, path: str, shape: TypeAdapter[T], body: Any, headers: dict[str, str]
    ) -> T:
        if not self._breaker.admits():
            raise SystemUnavailable("the shop failed several times in a row and is not asked for a while")
        try:
            async with asyncio.timeout(self._timeout):
                status, answer = await self._exchange(method, path, body, headers)
            if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise SystemUnavailable(f"the shop answered {status}")
        except (TimeoutError, httpx.TransportError, SystemUnavailable) as error:
            self._breaker.failed()
            # The path holds the customer's id and the order: it stays out of the log.
            logger.warning("the shop did not answer %s: %s", method, type(error).__name__)
            if isinstance(error, SystemUnavailable):
                raise
            raise SystemUnavailable(f"the shop did not answer: {type(error).__name__}") from error
        self._breaker.succeeded()
        if status in {httpx.codes.NOT_FOUND, httpx.codes.CONFLICT}:
            raise _refusal(status, answer)
        if status != httpx.codes.OK:
            raise WrongAnswer(f"the shop answered {status}, which the contract does not know")
        return _parsed(shape, answer)

    async def _exchange(
        self, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        if content is not None:
            headers = {**headers, "Content-Type": "application/json"}
        try:
            async with self._client.stream(method, path, content=content, headers=headers) as response:
                answer = bytearray()
                async for chunk in response.aiter_bytes():
                    answer += chunk
                    if len(answer) > LONGEST_ANSWER:
                        raise WrongAnswer(f"the shop answered more than {LONGEST_ANSWER} bytes")
                return response.status_code, bytes(answer)
        except httpx.DecodingError as error:
            raise WrongAnswer("the shop's answer cannot be unpacked") from error


def _path(customer: str, number: str | None = None, operation: str | None = None) -> str:
    path = f"/v1/customers/{quote(customer, safe='')}"
    if number is not None:
        path += f"/orders/{quote(number, safe='')}"
    return path if operation is None else f"{path}/{operation}"


def _parsed(shape: TypeAdapter[T], answer: bytes) -> T:
    try:
        return shape.validate_json(answer)
    except ValidationError as error:
        # Names and kinds of the faults; the values are a customer's data.
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors()[:5])
        raise WrongAnswer(f"the shop's answer breaks the contract: {faults}") from None


def _refusal(status: int, answer: bytes) -> BotError:
    refusal = _parsed(REFUSAL, answer).error
    if status == httpx.codes.NOT_FOUND and refusal.code == "order_not_found":
        return OrderNotFound("the customer has no such order")
    if status == httpx.codes.CONFLICT and refusal.code == "not_allowed" and refusal.reason:
        sentence = refusal.sentence.strip()[:LONGEST_SENTENCE] or NotAllowed.sentence
        return NotAllowed(refusal.reason, sentence, agent_may=refusal.agent_may)
    return WrongAnswer(f"the shop answered {status} with {refusal.code}")
