"""docs/shop-api.openapi.yaml and docs/shop-api.md say what the adapter does."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.routing import APIRoute

from bot.shop import http_shop, rules
from tests.shop.schemas import DOCUMENT, schemas
from tests.shop.stub import Host, build_stub

ROOT = DOCUMENT.parents[1]


@pytest.fixture(scope="module")
def document() -> Any:
    return yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))


def test_the_schemas_are_those_of_the_code(document: Any) -> None:
    assert document["components"]["schemas"] == schemas(), "run python -m tests.shop.schemas"


def test_the_calls_are_those_of_the_stub(document: Any) -> None:
    described = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method in {"get", "post"}
    }
    served = {
        (method, route.path)
        for route in build_stub(Host()).routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert described == served


def test_every_reference_leads_somewhere(document: Any) -> None:
    for reference in set(re.findall(r"#/[\w/]+", DOCUMENT.read_text(encoding="utf-8"))):
        place = document
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]


def test_the_examples_are_understood(document: Any) -> None:
    responses = document["components"]["responses"]

    def example(name: str) -> str:
        return json.dumps(responses[name]["content"]["application/json"]["example"])

    assert http_shop.CUSTOMER.validate_json(example("Customer")).customer is not None
    assert http_shop.REFUSAL.validate_json(example("NotFound")).error.code == "order_not_found"
    assert http_shop.REFUSAL.validate_json(example("NotAllowed")).error.agent_may


def test_every_reason_is_documented() -> None:
    code = ast.parse(Path(str(rules.__file__)).read_text(encoding="utf-8"))
    reasons = {
        node.args[0].value
        for node in ast.walk(code)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "NotAllowed"
        and isinstance(node.args[0], ast.Constant)
    }
    page = (ROOT / "docs" / "shop-api.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", page.split("## Reasons")[1], re.M))
    assert documented == reasons
