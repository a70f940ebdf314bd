"""The host site's word on who its visitor is, and the demo shop's sign-in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.service import Service, open_service

SESSION = "/api/widget/session"


def demo_identity(service: Service, visitor: str = "demo-chen", **headers: str) -> Any:
    return service.client.post(f"/api/demo/visitors/{visitor}/identity", headers=headers)


def test_a_visitor_of_the_demo_is_known(service: Service) -> None:
    listed = service.client.get("/api/demo/visitors").json()["visitors"]
    assert {"id": "demo-chen", "name": "陈晓雯"} in listed
    identity = demo_identity(service).json()["identity"]
    session = service.client.post(SESSION, json={"identity": identity}).json()
    assert session["known"] is True
    left = service.client.post(SESSION, json={"token": session["token"], "identity": ""}).json()
    assert left["known"] is False


@pytest.mark.parametrize(
    "identity", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJkZW1vLWNoZW4ifQ.", "长" * 50]
)
def test_a_word_that_is_not_the_sites_leaves_the_visitor_unknown(service: Service, identity: str) -> None:
    answer = service.client.post(SESSION, json={"identity": identity})
    assert answer.status_code == 200
    assert answer.json()["known"] is False


@pytest.mark.parametrize("identity", [7, ["x"], {"sub": "demo-chen"}])
def test_an_identity_of_another_shape_is_refused(service: Service, identity: object) -> None:
    assert service.client.post(SESSION, json={"identity": identity}).status_code == 422


def test_the_demo_signs_for_its_visitors_only_and_here_only(service: Service) -> None:
    assert demo_identity(service, "demo-nobody").status_code == 404
    assert demo_identity(service, **{"X-Forwarded-For": "203.0.113.7"}).status_code == 404


def test_a_real_shop_has_no_demo_sign_in(tmp_path: Path) -> None:
    with open_service(tmp_path, shop_url="http://127.0.0.1:9", identity_secret="k" * 32) as service:
        assert demo_identity(service).status_code in (404, 405, 503)
        assert "identity" not in demo_identity(service).text
