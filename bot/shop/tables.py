"""The tables of shop.db. They are made when missing: the file can be deleted at any time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.database import Database
from bot.errors import ConfigurationError, PartUnavailable
from bot.tables import UtcDateTime


class ShopTable(DeclarativeBase):
    """Base of the shop's tables, apart from those of the service."""


class IdentityRow(ShopTable):
    """Tries and proofs of identity: of a conversation (Verification) or of an order number (Tries)."""

    __tablename__ = "identity"
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    document: Mapped[str] = mapped_column(Text)


class CustomerRow(ShopTable):
    """A customer as JSON."""

    __tablename__ = "customer"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    document: Mapped[str] = mapped_column(Text)


class OrderRow(ShopTable):
    """An order as JSON.

    An order that nobody has touched moves with time: `floats_from` is the moment that its times were
    written for, and whenever it is read they are moved by whole `step_minutes` towards now. What somebody
    touched stands still (`floats_from` is null).
    """

    __tablename__ = "shop_order"
    __table_args__ = (Index("ix_shop_order_customer", "customer"),)
    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    customer: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    document: Mapped[str] = mapped_column(Text)
    floats_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    step_minutes: Mapped[int] = mapped_column(Integer, default=1440)


class CallRow(ShopTable):
    """A change that was made, so that the same call again finds its result; `id` numbers new cases."""

    __tablename__ = "shop_call"
    __table_args__ = (sa.UniqueConstraint("customer", "order", "operation", "key"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    customer: Mapped[str] = mapped_column(String(64))
    order: Mapped[str] = mapped_column(String(32))
    operation: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(128))
    result: Mapped[str] = mapped_column(Text)


def open_shop_database(path: Path) -> Database:
    """The file with its tables; blocks. Raises ConfigurationError when it cannot be opened."""
    try:
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        database = Database(f"sqlite:///{path}")
        database.write_now(lambda session: ShopTable.metadata.create_all(session.connection()))
    except (OSError, PartUnavailable) as error:
        raise ConfigurationError(f"the shop's database {path} cannot be opened: {error}") from error
    return database
