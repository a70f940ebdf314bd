"""One small Rasa model and one running Rasa process with real actions for the whole session."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import yaml
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from actions import build_actions
from actions.endpoint import build_executor, run_action
from actions.faq import EntryView, FixedAnswerer
from actions.forms_access import FormsAccess
from bot.config import Settings
from bot.nlu.train import RasaProject, train_model
from bot.serving import free_port
from bot.shop.shop import load_shop

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-that-only-this-test-knows"
LINES_AN_INTENT = 40
START_SECONDS = 120

FREIGHT = EntryView("shipping-fee", "运费怎么算", "满 99 元包邮。")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> RasaProject:
    """A copy of the project with few training lines; encoder and interpreters are the real ones."""
    root = tmp_path_factory.mktemp("project")
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, root / name)
    (root / "bot").symlink_to(ROOT / "bot")
    (root / "data").mkdir()
    shutil.copytree(ROOT / "data" / "rules", root / "data" / "rules")
    (root / "data" / "nlu").mkdir()
    for path in (ROOT / "data" / "nlu").iterdir():
        if path.suffix == ".txt":
            shutil.copy(path, root / "data" / "nlu")
        elif path.suffix == ".yml":
            content = yaml.safe_load(path.read_text("utf-8"))
            for block in content["nlu"]:
                lines = str(block["examples"]).splitlines(keepends=True)
                block["examples"] = "".join(lines[:LINES_AN_INTENT])
            (root / "data" / "nlu" / path.name).write_text(
                yaml.safe_dump(content, allow_unicode=True), "utf-8"
            )
    (root / "models").mkdir()
    (root / "models" / "encoder").symlink_to(ROOT / "models" / "encoder")
    return RasaProject(root, ROOT / ".venv-rasa" / "bin" / "python", root / "models")


@pytest.fixture(scope="session")
def model(project: RasaProject) -> Path:
    return train_model(project)


@dataclass
class FakeDesk:
    """The actions on a port of their own; `broken` makes every call fail."""

    forms: FormsAccess
    port: int = field(default_factory=free_port)
    broken: bool = False

    def app(self) -> FastAPI:
        executor = build_executor(build_actions(FixedAnswerer([FREIGHT]), self.forms))
        app = FastAPI()

        @app.post("/internal/actions")
        async def actions(request: Request) -> JSONResponse:
            if self.broken or request.headers.get("authorization") != f"Bearer {TOKEN}":
                return JSONResponse({"error": "broken"}, 500)
            status, body = await run_action(executor, await request.json())
            return JSONResponse(body, status)

        return app


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeDesk]:
    shop = load_shop(Settings(_env_file=None, var=tmp_path_factory.mktemp("shop")))
    desk = FakeDesk(FormsAccess(shop.access))
    server = uvicorn.Server(uvicorn.Config(desk.app(), port=desk.port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield desk
    server.should_exit = True
    thread.join(10)
    shop.database.close()


@dataclass
class RasaProcess:
    """A Rasa process that can be killed and started again on the same trackers."""

    project: RasaProject
    model: Path
    desk: FakeDesk
    tracker: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(self.project.python.absolute()), "-m", "bot.nlu.launcher", "serve"]
        command += ["--model", str(self.model), "--port", str(self.port), "--tracker", str(self.tracker)]
        command += ["--actions", f"http://127.0.0.1:{self.desk.port}/internal/actions"]
        environment = {**self.project.environment(), "BOT_INTERNAL_TOKEN": TOKEN}
        log = (self.tracker.parent / "rasa.log").open("ab")
        self.process = subprocess.Popen(
            command, cwd=self.project.root, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/webhooks/desk/health", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        raise RuntimeError((self.tracker.parent / "rasa.log").read_text("utf-8")[-3000:])

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="session")
def rasa(
    project: RasaProject, model: Path, desk: FakeDesk, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RasaProcess]:
    process = RasaProcess(project, model, desk, tmp_path_factory.mktemp("trackers") / "tracker.db")
    process.start()
    yield process
    process.kill()


@dataclass
class Customer:
    """One conversation with the process."""

    rasa: RasaProcess
    sender: str
    count: int = 0

    def post(self, body: dict[str, Any], token: str = TOKEN) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.post(f"{self.rasa.url}/webhooks/desk/webhook", json=body, headers=headers, timeout=30)

    def send(self, text: str, message_id: str | None = None, **rest: Any) -> httpx.Response:
        self.count += 1
        message_id = message_id or f"{self.sender}:{self.count}"
        return self.post({"sender": self.sender, "message_id": message_id, "text": text, **rest})

    def say(self, text: str, message_id: str | None = None, **rest: Any) -> dict[str, Any]:
        response = self.send(text, message_id, **rest)
        assert response.status_code == 200, response.text
        turn: dict[str, Any] = response.json()
        return turn


@pytest.fixture
def customer(rasa: RasaProcess) -> Customer:
    return Customer(rasa, f"c{os.urandom(6).hex()}-1")
