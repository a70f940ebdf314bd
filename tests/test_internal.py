"""The routes for Rasa and `bot ask`: loopback, a secret, and nothing for the world outside."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.errors import PartUnavailable
from tests.ask_answer import KEYS
from tests.service import TOKEN, Service

HEADERS = {"Authorization": f"Bearer {TOKEN}"}
CALL: dict[str, Any] = {
    "next_action": "action_answer_faq",
    "sender_id": "c1-1",
    "tracker": {
        "sender_id": "c1-1",
        "slots": {},
        "latest_message": {
            "text": "怎么申请退货",
            "intent": {"name": "faq", "confidence": 0.9},
            "metadata": {},
        },
        "events": [],
        "active_loop": {},
        "paused": False,
        "followup_action": None,
        "latest_action_name": "action_listen",
        "latest_input_channel": "desk",
    },
}


def test_an_action_runs_and_answers_with_effects(service: Service) -> None:
    answer = service.client.post("/internal/actions", json=CALL, headers=HEADERS)
    assert answer.status_code == 200
    (response,) = answer.json()["responses"]
    assert response["text"].startswith("在订单页")
    assert response["custom"]["decision"]["entry"] == "returns-how"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}])
@pytest.mark.parametrize("path", ["actions", "ask"])
def test_the_secret_is_needed(service: Service, headers: dict[str, str], path: str) -> None:
    assert service.client.post(f"/internal/{path}", json=CALL, headers=headers).status_code == 401


def test_for_the_world_outside_the_routes_do_not_exist(service: Service) -> None:
    outside = TestClient(service.app, client=("203.0.113.9", 50000))
    assert outside.post("/internal/actions", json=CALL, headers=HEADERS).status_code == 404
    proxied = {**HEADERS, "X-Forwarded-For": "203.0.113.9"}
    assert service.client.post("/internal/actions", json=CALL, headers=proxied).status_code == 404


@pytest.mark.parametrize("body", [[], "x", 7, None])
def test_bad_bodies_are_refused(service: Service, body: Any) -> None:
    for path in ("actions", "ask"):
        assert service.client.post(f"/internal/{path}", json=body, headers=HEADERS).status_code == 422


def test_unknown_actions_are_said_so(service: Service) -> None:
    call = {**CALL, "next_action": "action_nowhere"}
    answer = service.client.post("/internal/actions", json=call, headers=HEADERS)
    assert answer.status_code == 404


def test_ask_gives_the_documented_shape(service: Service) -> None:
    answer = service.client.post("/internal/ask", json={"text": "怎么退货"}, headers=HEADERS).json()
    assert set(answer) == KEYS
    assert answer["decision"] == "answer"
    assert answer["emotion"]["label"] == "calm"
    assert set(answer["candidates"][0]) == {"entry", "question", "probability", "score"}
    human = service.client.post("/internal/ask", json={"text": "转人工"}, headers=HEADERS).json()
    assert human["handoff"]["ticket"] in human["reply"]
    service.dialogue.failing = PartUnavailable("down")
    failed = service.client.post("/internal/ask", json={"text": "怎么退货"}, headers=HEADERS).json()
    assert failed["handoff"]["reason"] == "failing_part"


def test_live_and_ready(service: Service) -> None:
    assert service.client.get("/healthz").json() == {"status": "ok"}
    assert service.client.get("/readyz").status_code == 200


def test_every_page_carries_the_security_headers(service: Service) -> None:
    for path in ("/", "/console/", "/api/console/me", "/widget.js", "/nowhere"):
        headers = service.client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"
    assert service.client.get("/widget.js").headers["cross-origin-resource-policy"] == "cross-origin"
