"""The shop as a whole, wired from the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.config import Settings
from bot.database import Database
from bot.shop.access import OrderAccess
from bot.shop.demo import build_demo
from bot.shop.embedded_shop import EmbeddedShop
from bot.shop.http_shop import HttpShop
from bot.shop.identity_token import IdentityTokens
from bot.shop.ledger import Ledger
from bot.shop.systems import AfterSales, Customers, Orders
from bot.shop.tables import open_shop_database

DEMO = Path(__file__).resolve().parent.parent.parent / "data" / "shop"


def utc_now() -> datetime:
    """The clock of everything that is not a test."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Shop:
    """The shop's systems and `access`, the way to them that checks who asks. Dialogue code uses `access`."""

    orders: Orders
    customers: Customers
    after_sales: AfterSales
    access: OrderAccess
    database: Database
    http: HttpShop | None = None

    async def close(self) -> None:
        """Let go of connections and files."""
        if self.http is not None:
            await self.http.close()
        self.database.close()


def load_shop(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Shop:
    """The host's shop at `BOT_SHOP_URL`, or the embedded demo shop where that is empty; blocks.

    Both keep tries and proofs of identity in shop.db in `BOT_VAR`. Raises ConfigurationError when the file
    or a setting is unusable.
    """
    tokens = IdentityTokens(settings.identity_secret)
    http = (
        HttpShop(settings.shop_url, settings.shop_token, timeout=settings.shop_timeout)
        if settings.shop_url
        else None
    )
    database = open_shop_database(settings.var / "shop.db")
    system: HttpShop | EmbeddedShop
    if http is not None:
        system = http
    else:
        system = EmbeddedShop(database, clock=clock)
        demo = build_demo(DEMO)
        system.seed(demo.customers, demo.orders)
    access = OrderAccess(system, system, system, Ledger(database), tokens, clock=clock)
    return Shop(system, system, system, access, database, http)
