"""An answer's forms: each channel gives its own words, and where there is text alone everything is text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.channels.channel import plain_text
from bot.channels.terminal import Screen
from bot.conversations.rasa_client import RasaTurn
from bot.conversations.transcript import choices_of
from bot.faq.entry import ChannelAnswer, Entry, EntryButton, Image
from bot.messages import Button, Link, Reply
from bot.preview import preview
from tests.dialogue import FakeDialogue, answered
from tests.service import TOKEN, Service, open_service

PLAIN, RICH, WEB = "七天内可退。", "**七天内**可退：\n- 鞋\n- 衣服", "七天内可退，点右上角。"
PICTURE, LINK = Link("入口在这里", "/p.png"), Link("规则", "/help/returns")


def script(text: str, _metadata: Mapping[str, Any]) -> RasaTurn:
    own = {"web": WEB, "wechat": "点菜单里的售后。"} if "网站" in text else {"wechat": "点菜单里的售后。"}
    reply = Reply(PLAIN, (), (LINK,), "returns-how", RICH, own, (PICTURE,))
    return replace(answered(), replies=(reply,))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with open_service(tmp_path, FakeDialogue(script)) as service:
        yield service


def ask(service: Service, text: str) -> dict[str, Any]:
    with service.socket() as browser:
        browser.say(text)
        return browser.message("bot")


def test_the_website_has_markdown_and_pictures_beside_the_plain_text(service: Service) -> None:
    said = ask(service, "能退吗")
    assert (said["text"], said["rich"]) == (PLAIN, RICH)
    assert said["images"] == [{"title": "入口在这里", "url": "/p.png"}]


def test_a_channels_own_words_replace_both(service: Service) -> None:
    said = ask(service, "网站上能退吗")
    assert (said["text"], said["rich"]) == (WEB, None)


def test_what_was_said_is_told_again_in_the_same_form(service: Service) -> None:
    token = service.token()
    with service.socket(token) as browser:
        browser.say("能退吗")
        said = browser.message("bot")
    with service.socket(token) as browser:
        assert browser.welcome["messages"][-1] == said


def test_a_channel_without_words_of_its_own_says_what_all_say(service: Service) -> None:
    answer = service.client.post(
        "/internal/ask", json={"text": "网站上能退吗"}, headers={"Authorization": f"Bearer {TOKEN}"}
    )
    assert answer.json()["reply"] == PLAIN
    assert {"understood", "also"} <= answer.json().keys()


def test_the_terminal_writes_everything_out(service: Service) -> None:
    lines: list[str] = []
    screen = Screen(lines.append)
    screen.show({"type": "message", "message": ask(service, "能退吗")})
    assert lines == [f"小杉：{PLAIN}", "    入口在这里：/p.png", "    规则：/help/returns"]


def test_text_alone_numbers_the_choices() -> None:
    buttons = (Button("运费谁出", "/choose_entry{}"), Button("转人工", "", "human"))
    text = plain_text(PLAIN, (PICTURE,), (LINK,), choices_of(buttons))
    assert text == f"{PLAIN}\n入口在这里：/p.png\n规则：/help/returns\n1. 运费谁出\n2. 转人工"


def test_a_line_that_follows_is_in_every_form() -> None:
    reply = Reply("好。", rich="**好**", channels={"wechat": "妥。"}).followed_by("要人工吗？")
    assert reply.text == "好。\n要人工吗？"
    assert reply.rich == "**好**\n\n要人工吗？"
    assert reply.on("wechat") == Reply("妥。\n要人工吗？")
    assert Reply("好。").followed_by("要人工吗？").rich == ""


ENTRY = Entry(
    "returns-how",
    "怎么退货",
    PLAIN,
    topic="退换货",
    links=(LINK,),
    buttons=(EntryButton("运费", "freight"), EntryButton("没有了", "gone")),
    rich=RICH,
    channels=(ChannelAnswer("wechat", "点菜单里的售后。"),),
    images=(Image(PICTURE.title, PICTURE.url),),
)


def test_the_preview_is_what_the_channels_say(service: Service) -> None:
    shown = {one["channel"]: one for one in preview(ENTRY, {"freight"}.__contains__)}
    said = ask(service, "能退吗")
    assert {name: shown["web"][name] for name in ("text", "rich", "images", "links")} == {
        name: said[name] for name in ("text", "rich", "images", "links")
    }
    assert [button["title"] for button in shown["web"]["buttons"]] == ["运费"]
    assert shown["wechat"]["rich"] is None
    assert shown["wechat"]["plain"].splitlines() == [
        "点菜单里的售后。",
        "入口在这里：/p.png",
        "规则：/help/returns",
        "1. 运费",
    ]
    assert shown["email"]["text"] == PLAIN
