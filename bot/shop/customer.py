"""Who buys, and who receives."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from bot.shop.address import Address
from bot.shop.masking import mask_name, mask_phone

Level = Literal["standard", "silver", "gold", "black"]
LEVELS: dict[Level, str] = {
    "standard": "普通会员",
    "silver": "银卡会员",
    "gold": "金卡会员",
    "black": "黑金会员",
}

Name = Annotated[str, Field(min_length=1, max_length=40)]
Phone = Annotated[str, Field(min_length=4, max_length=20, pattern=r"^\+?[0-9*-]+$")]


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Recipient:
    """Where a parcel goes."""

    name: Name
    phone: Phone
    address: Address

    def masked(self) -> Recipient:
        """王*, 138****1234 and the address down to the district."""
        return Recipient(mask_name(self.name), mask_phone(self.phone), self.address.masked())


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Customer:
    """An account of the shop; `id` is the shop's own and is never shown."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    name: Name
    phone: Phone
    level: Level = "standard"

    def masked(self) -> Customer:
        """With 王* and 138****1234."""
        return replace(self, name=mask_name(self.name), phone=mask_phone(self.phone))
