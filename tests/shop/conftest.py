"""The demo shop on a fresh database, at a time that tests move; embedded and behind a real socket."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Literal

import pytest

from bot.database import Database
from bot.shop.access import OrderAccess
from bot.shop.breaker import Breaker
from bot.shop.demo import Demo, build_demo
from bot.shop.embedded_shop import EmbeddedShop
from bot.shop.http_shop import HttpShop
from bot.shop.identity_token import IdentityTokens
from bot.shop.ledger import Ledger
from bot.shop.shop import DEMO
from bot.shop.tables import open_shop_database
from tests.desk import Clock
from tests.shop.site import SECRET
from tests.shop.stub import TOKEN, Host, serve


@pytest.fixture(scope="session")
def demo() -> Demo:
    return build_demo(DEMO)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, demo: Demo) -> Path:
    """The demo shop's file, made once."""
    path = tmp_path_factory.mktemp("shop") / "seeded.db"
    database = open_shop_database(path)
    EmbeddedShop(database).seed(demo.customers, demo.orders)
    database.close()
    return path


@pytest.fixture
def database(seeded: Path, tmp_path: Path) -> Iterator[Database]:
    opened = open_shop_database(Path(shutil.copy(seeded, tmp_path / "shop.db")))
    yield opened
    opened.close()


@pytest.fixture
def embedded(database: Database, clock: Clock) -> EmbeddedShop:
    return EmbeddedShop(database, clock=clock)


@pytest.fixture(scope="session")
def socket() -> Iterator[Host]:
    with serve() as host:
        yield host


@pytest.fixture
def host(socket: Host, embedded: EmbeddedShop) -> Host:
    """A host's shop on a real socket that keeps the contract until it is told otherwise."""
    socket.open(embedded)
    return socket


@pytest.fixture
async def http(host: Host) -> AsyncIterator[HttpShop]:
    """Patient: the circuit breaker has tests of its own."""
    shop = HttpShop(host.url, TOKEN, timeout=2, breaker=Breaker(failures=1_000))
    yield shop
    await shop.close()


@pytest.fixture(params=["embedded", "http"])
def shop(request: pytest.FixtureRequest) -> EmbeddedShop | HttpShop:
    """Every test of the contract holds for both."""
    name: Literal["embedded", "http"] = request.param
    found = request.getfixturevalue(name)
    assert isinstance(found, EmbeddedShop | HttpShop)
    return found


@pytest.fixture
def access(shop: EmbeddedShop | HttpShop, database: Database, clock: Clock) -> OrderAccess:
    return OrderAccess(shop, shop, shop, Ledger(database), IdentityTokens(SECRET), clock=clock)
