"""A new model in a running Rasa process: turns and forms go on, what cannot be loaded changes nothing."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.nlu.conftest import TOKEN, Customer, RasaProcess


def change(rasa: RasaProcess, path: object, token: str = TOKEN) -> httpx.Response:
    return httpx.post(
        f"{rasa.url}/webhooks/desk/model",
        json={"path": str(path)},
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )


def serving(rasa: RasaProcess) -> str:
    return str(httpx.get(f"{rasa.url}/webhooks/desk/health").json()["model"])


def test_turns_and_open_forms_go_on_through_a_change_of_model(customer: Customer, tmp_path: Path) -> None:
    second = tmp_path / "second.tar.gz"
    shutil.copy(customer.rasa.model, second)
    assert customer.say("给我回个电话吧")["active_loop"] == "callback_form"
    others = [Customer(customer.rasa, f"{customer.sender}{number}") for number in range(4)]
    try:
        with ThreadPoolExecutor(5) as threads:
            changing = threads.submit(change, customer.rasa, second)
            turns = [threads.submit(other.say, "你好") for _ in range(5) for other in others]
            assert all(turn.result()["messages"] for turn in turns)
            assert changing.result().json() == {"status": "ok", "model": "second.tar.gz"}
        assert serving(customer.rasa) == "second.tar.gz"
        assert customer.say("13800138000")["active_loop"] == "callback_form"
    finally:
        assert change(customer.rasa, customer.rasa.model).status_code == 200


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_what_cannot_be_loaded_changes_nothing(
    customer: Customer, tmp_path: Path, content: bytes | None
) -> None:
    before = serving(customer.rasa)
    broken = tmp_path / "broken.tar.gz"
    if content is not None:
        broken.write_bytes(content)
    refused = change(customer.rasa, broken)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "model_unusable")
    assert serving(customer.rasa) == before
    assert customer.say("你好")["parse"]["intent"]["name"] == "greet"


def test_only_the_service_changes_the_model(customer: Customer, tmp_path: Path) -> None:
    assert change(customer.rasa, tmp_path / "x", token="another").status_code == 401
