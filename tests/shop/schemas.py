"""The schemas of docs/shop-api.openapi.yaml; `python -m tests.shop.schemas` writes them anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from bot.shop import http_shop

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "shop-api.openapi.yaml"
SHAPES = (
    http_shop.CUSTOMER,
    http_shop.ORDERS,
    http_shop.ORDER,
    http_shop.URGE,
    http_shop.INVOICE,
    http_shop.CASE,
    http_shop.REFUSAL,
    http_shop.RECIPIENT,
    http_shop.INVOICE_REQUEST,
    http_shop.CASE_REQUEST,
)


def schemas() -> dict[str, Any]:
    """Every dataclass that travels, by its name."""
    inputs = [(str(place), "validation", shape) for place, shape in enumerate(SHAPES)]
    _, document = TypeAdapter.json_schemas(inputs, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    found = _untitled(document["$defs"])
    assert isinstance(found, dict)
    return found


def _untitled(schema: Any) -> Any:
    """Without the titles that pydantic makes of names; a property called title is a mapping and stays."""
    if isinstance(schema, dict):
        return {
            name: _untitled(value)
            for name, value in schema.items()
            if not (name == "title" and isinstance(value, str))
        }
    return [_untitled(value) for value in schema] if isinstance(schema, list) else schema


if __name__ == "__main__":
    written = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    written["components"]["schemas"] = schemas()
    DOCUMENT.write_text(
        yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8"
    )
