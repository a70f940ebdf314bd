from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.pages import SecurityHeaders, serve_pages


def client(folder: Path) -> TestClient:
    app = FastAPI(openapi_url=None)
    app.add_middleware(SecurityHeaders)
    serve_pages(app, folder)
    return TestClient(app)


@pytest.fixture
def built(tmp_path: Path) -> TestClient:
    (tmp_path / "console").mkdir()
    (tmp_path / "index.html").write_text("the shop", "utf-8")
    (tmp_path / "console" / "index.html").write_text("the console", "utf-8")
    (tmp_path / "widget.js").write_text("the widget", "utf-8")
    return client(tmp_path)


@pytest.mark.parametrize("path", ["/", "/help/returns", "/my/orders", "/my/orders/", "/help", "/my"])
def test_every_page_that_an_answer_links_to_opens_the_shop(built: TestClient, path: str) -> None:
    page = built.get(path)
    assert (page.status_code, page.text) == (200, "the shop")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert built.head(path).status_code == 200


def test_other_paths_keep_their_meaning(built: TestClient) -> None:
    assert built.get("/console").text == "the console"
    assert built.get("/widget.js").text == "the widget"
    assert built.get("/helpful").status_code == 404
    assert built.get("/api/nothing").status_code == 404


def test_before_the_pages_are_built_a_sentence_says_how_to_build_them(tmp_path: Path) -> None:
    page = client(tmp_path).get("/my/orders")
    assert page.status_code == 503
    assert "make run" in page.text
