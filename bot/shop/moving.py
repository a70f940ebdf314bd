"""Records moved in time, so that the demo's orders never grow old."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


def moved(record: T, by: timedelta) -> T:
    """The same frozen dataclass with every date and time inside it moved."""
    return record if not by else _moved(record, by)


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, date):  # a datetime is a date, too
        return value + by
    if isinstance(value, tuple):
        return tuple(_moved(item, by) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {field.name: _moved(getattr(value, field.name), by) for field in fields(value)}
        return replace(value, **changed)
    return value
