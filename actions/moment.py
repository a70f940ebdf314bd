"""Times as customers read them, in the shop's zone."""

from __future__ import annotations

from datetime import date, datetime

from actions.view import SHOP_ZONE

WEEKDAYS = "一二三四五六日"


def day(at: datetime | date) -> str:
    """11月25日."""
    local = at.astimezone(SHOP_ZONE) if isinstance(at, datetime) else at
    return f"{local.month}月{local.day}日"


def moment(at: datetime) -> str:
    """11月25日 15:30."""
    return f"{day(at)} {at.astimezone(SHOP_ZONE):%H:%M}"
