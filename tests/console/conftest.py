"""A library's FAQ studio over HTTP."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.console.accounts import Accounts, Role
from bot.database import Database
from bot.errors import BotError, BuildFailed
from bot.faq.build import build_release
from bot.faq.encoder import Encoder, load_encoder
from bot.faq.publication import publish
from bot.faq.release import Sources, load_release
from bot.faq.sounds import Sounds
from bot.faq.understanding import Understanding
from bot.published import PublishedFaq
from bot.studio.building import Say
from tests.dialogue import FakeDialogue, answered
from tests.faq.small_faq import write_sources
from tests.service import Service, open_service

API = "/api/console/faq"
MODELS = Path(__file__).parents[2] / "models"
TARGET = 0.02
GOLDEN = {"question": "打印照片要几块钱", "expected": "print"}
OLD, NEW = "二楼有自助打印机，一页两角。", "二楼有自助打印机，一页五角。"


@dataclass(frozen=True)
class Built:
    """A library's folder: its data, and models with the release of its FAQ, which serves."""

    folder: Path
    encoder: Encoder
    serving: Understanding


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("library")
    sources, models, encoder = write_sources(folder / "data"), folder / "models", load_encoder(MODELS)
    golden = f"# What must stay right.\n- question: {GOLDEN['question']}\n  expected: {GOLDEN['expected']}\n"
    sources.golden.write_text(golden, "utf-8")
    release = build_release(sources, models, encoder, TARGET, lambda _line: None)
    publish(models, release.name, seen=None, by="小梅")
    return Built(folder, encoder, Understanding.of(load_release(release, encoder), Sounds.load()))


@dataclass
class Shop:
    """The service on a shop of its own, and a signed-in administrator."""

    service: Service
    folder: Path
    headers: dict[str, str]

    @property
    def models(self) -> Path:
        return self.folder / "models"

    def get(self, path: str, status: int = 200) -> dict[str, Any]:
        answer = self.service.client.get(f"{API}/{path}")
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def post(self, path: str, body: dict[str, Any] | None = None, status: int = 200) -> dict[str, Any]:
        answer = self.service.client.post(f"{API}/{path}", json=body or {}, headers=self.headers)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def edit(self, identifier: str, status: int = 200, **values: Any) -> dict[str, Any]:
        """Save an entry as somebody does who has just read it."""
        shown = self.get(f"entries/{identifier}")
        body = {"topic": shown["topic"], "values": {**shown["values"], **values}}
        return self.post(f"entries/{identifier}", {**body, "based_on": shown["revision"]}, status)

    def build(self) -> dict[str, Any]:
        """Build, and the page of the releases afterwards."""
        self.post("build")
        deadline = time.monotonic() + 60
        while self.get("build")["build"]["state"] == "running":
            assert time.monotonic() < deadline, "the build does not end"
            time.sleep(0.05)
        return self.get("releases")

    def sign_in(self, role: Role) -> dict[str, str]:
        database = Database(f"sqlite:///{self.folder / 'var' / 'bot.db'}")
        password = asyncio.run(Accounts(database).add(role, "小梅", role))
        database.close()
        return self.service.sign_in(role, password)


@pytest.fixture
def shop(built: Built, tmp_path: Path) -> Iterator[Shop]:
    folder = tmp_path / "library"
    shutil.copytree(built.folder, folder)
    models, sources = folder / "models", Sources.beside(folder / "data" / "faq")
    published = PublishedFaq(built.serving, models)

    async def in_thread(say: Say) -> str:
        try:
            release = await asyncio.to_thread(build_release, sources, models, built.encoder, TARGET, say)
        except BotError as error:
            raise BuildFailed(str(error)) from error
        return release.name

    dialogue = FakeDialogue(lambda _text, _metadata: answered())
    settings: dict[str, Any] = {"faq": sources.entries, "models": models, "wrong_answer_target": TARGET}
    with open_service(folder / "var", dialogue, live=published, build=in_thread, **settings) as service:
        assert service.client.portal is not None
        watching = service.client.portal.start_task_soon(published.watch)
        yield Shop(service, folder, service.sign_in())
        watching.cancel()
