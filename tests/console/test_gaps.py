"""The gaps inbox as maintainers use it, and as others may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.conversations.rasa_client import RasaTurn
from bot.database import Database
from bot.faq.encoder import HashEncoder, Vectors
from bot.faq.gaps import Lookup
from bot.faq.normalize import normalize
from bot.faq.topic_file import load_entries
from bot.messages import Candidate
from bot.studio.changes import read_changes
from tests.dialogue import FakeDialogue, answered, missed
from tests.faq.small_faq import ENTRIES, write_sources
from tests.service import Browser, Service, open_service

API = "/api/console"
NEW = {"topic": "library", "question": "能带饮料进馆吗", "similar": ["可以喝水不"], "answer": "有盖的可以。"}


class FixedSurvey:
    """A release that answers only what it is told to."""

    def __init__(self) -> None:
        self.release = "r1"
        self.answers: dict[str, str] = {}
        self.looked_up: list[str] = []
        self._encoder = HashEncoder()

    async def look_up(self, text: str) -> Lookup:
        self.looked_up.append(text)
        vector = self._encoder.encode([normalize(text)])[0]
        return Lookup(self.answers.get(text), (Candidate("lost", "书丢了怎么赔", 0.3, 0.5),), vector)

    async def background(self) -> Vectors:
        return self._encoder.encode([question for question, _, _ in ENTRIES.values()])


def script(text: str, _metadata: Mapping[str, Any]) -> RasaTurn:
    return answered() if "退货" in text else missed(f"我没听懂“{text}”。")


@dataclass
class Studio:
    """The service, its FAQ's files, and a signed-in administrator."""

    service: Service
    survey: FixedSurvey
    faq: Path
    headers: dict[str, str]

    def get(self, path: str) -> dict[str, Any]:
        answer = self.service.client.get(f"{API}/{path}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        answer = self.service.client.post(f"{API}/{path}", json=body or {}, headers=self.headers)
        return answer.status_code, dict(answer.json())

    def gaps(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"gaps{query}")["gaps"]
        return found

    def history(self) -> list[dict[str, Any]]:
        """What the studio will show of who changed what."""
        database = Database(f"sqlite:///{self.faq.parent / 'var' / 'bot.db'}")
        try:
            return database.read_now(read_changes)
        finally:
            database.close()

    def ask(self, *texts: str) -> None:
        """As one customer."""
        with self.service.socket() as browser:
            for text in texts:
                browser.say(text)
                browser.message("bot")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    faq, survey = write_sources(tmp_path).entries, FixedSurvey()
    with open_service(tmp_path / "var", FakeDialogue(script), survey, faq=faq) as service:
        yield Studio(service, survey, faq, service.sign_in())


def test_gaps_are_ranked_by_the_customers_whom_an_answer_would_have_helped(studio: Studio) -> None:
    studio.ask("带饮料进馆行吗")
    studio.ask("有地方充电不")
    studio.ask("有地方充电不", "怎么退货")
    listing = studio.get("gaps")
    assert (listing["days"], listing["asked"], listing["settled"]) == (30, 3, 0)
    first, second = listing["gaps"]
    assert (first["question"], first["customers"], first["asked"]) == ("有地方充电不", 2, 2)
    assert (first["reasons"], first["state"], first["decision"]) == ({"unresolved": 2}, "open", None)
    assert first["suggestion"] == {"remedy": "new", "entry": None, "probability": 0.3, "clicks": 0}
    assert [n["entry"] for n in first["neighbours"]] == ["lost"]
    assert second["examples"] == ["带饮料进馆行吗"]
    assert studio.gaps() == listing["gaps"]
    assert sorted(studio.survey.looked_up) == ["带饮料进馆行吗", "有地方充电不"]


def test_what_another_release_answers_is_settled(studio: Studio) -> None:
    studio.ask("有地方充电不")
    assert len(studio.gaps()) == 1
    studio.survey.release, studio.survey.answers = "r2", {"有地方充电不": "seat"}
    listing = studio.get("gaps")
    assert (listing["gaps"], listing["settled"]) == ([], 1)


def test_a_dismissed_gap_comes_back_when_it_grows(studio: Studio) -> None:
    studio.ask("有地方充电不")
    (gap,) = studio.gaps()
    assert studio.post(f"gaps/{gap['key']}/dismiss") == (200, {})
    studio.ask("有地方充电不")
    assert studio.gaps() == []
    (kept,) = studio.gaps("?state=dismissed")
    assert (kept["decision"]["kind"], kept["decision"]["author"]) == ("dismissed", "管理员")
    studio.ask("有地方充电不")
    (back,) = studio.gaps()
    assert (back["customers"], back["state"], back["decision"]["kind"]) == (3, "open", "dismissed")


def test_a_gap_is_put_off(studio: Studio) -> None:
    studio.ask("有地方充电不")
    (gap,) = studio.gaps()
    assert studio.post(f"gaps/{gap['key']}/snooze", {"days": 3})[0] == 200
    assert studio.gaps() == []
    assert studio.gaps("?state=snoozed")[0]["decision"]["until"]


def test_questions_are_accepted_into_the_files_and_not_into_the_release(studio: Studio) -> None:
    studio.ask("书被猫抓烂了咋办")
    (gap,) = studio.gaps()
    status, body = studio.post(f"gaps/{gap['key']}/similar", {"entry": "lost", "questions": gap["examples"]})
    assert status == 200, body
    assert "书被猫抓烂了咋办" in body["entry"]["similar"]
    lost = next(entry for entry in load_entries(studio.faq) if entry.id == "lost")
    assert lost.similar[-1] == "书被猫抓烂了咋办"
    (change,) = studio.history()
    assert (change["kind"], change["entry"], change["author"]) == ("changed", "lost", "管理员")
    assert change["after"]["similar"] == [*change["before"]["similar"], "书被猫抓烂了咋办"]
    assert studio.gaps() == []
    (done,) = studio.gaps("?state=accepted")
    assert done["decision"]["entry"] == "lost"


def test_a_gap_becomes_an_entry(studio: Studio) -> None:
    studio.ask("带饮料进馆行吗")
    (gap,) = studio.gaps()
    status, body = studio.post(f"gaps/{gap['key']}/entry", NEW)
    assert status == 200, body
    assert load_entries(studio.faq)[-1].answer == "有盖的可以。"
    assert [(change["kind"], change["before"]) for change in studio.history()] == [("created", None)]
    assert studio.gaps() == []


def test_what_is_no_good_is_refused_and_the_gap_stays(studio: Studio) -> None:
    studio.ask("带饮料进馆行吗")
    (gap,) = studio.gaps()
    path = f"gaps/{gap['key']}"
    assert studio.post(f"{path}/similar", {"entry": "nowhere", "questions": ["能喝水吗"]})[0] == 404
    assert studio.post(f"{path}/similar", {"entry": "lost", "questions": []})[0] == 422
    assert studio.post(f"{path}/similar", {"entry": "lost", "questions": ["周末开放吗"]})[0] == 422
    assert studio.post(f"{path}/entry", {**NEW, "topic": "canteen"})[0] == 404
    assert studio.post(f"{path}/entry", {**NEW, "answer": ""})[0] == 422
    assert studio.post(f"{path}/entry", {**NEW, "live": True})[0] == 422
    assert studio.post(f"{path}/snooze", {"days": 0})[0] == 422
    assert studio.post("gaps/0123456789abcdef/dismiss")[0] == 404
    assert studio.service.client.get(f"{API}/gaps?state=lost").status_code == 422
    assert studio.service.client.get(f"{API}/gaps?days=0").status_code == 422
    assert len(studio.gaps()) == 1
    assert len(load_entries(studio.faq)) == len(ENTRIES)


def ticket(studio: Studio, browser: Browser) -> str:
    """The customer asks, is not understood, and a human answers."""
    browser.say("我手机13812345678，馆里能带饮料吗")
    browser.message("bot")
    browser.say("转人工")
    number: str = browser.receive("status")["status"]["ticket"]
    conversation = studio.get(f"tickets/{number}")["ticket"]["conversation"]
    for client_id, text in (("a1", "在的"), ("a2", "有盖的可以，找小林 13912345678。"), ("a3", "再见")):
        body = {"client_id": client_id, "text": text}
        assert studio.post(f"conversations/{conversation}/reply", body)[0] == 200
    return number


def test_an_agents_answer_becomes_a_draft_and_then_an_entry(studio: Studio) -> None:
    with studio.service.socket() as browser:
        number = ticket(studio, browser)
    status, body = studio.post(f"tickets/{number}/draft")
    assert status == 200, body
    draft = body["draft"]
    assert "馆里能带饮料吗" in draft["question"]
    assert "13812345678" not in draft["question"]
    assert draft["answer"] == "有盖的可以，找小林 139****5678。"
    assert (draft["tags"], draft["owner"]) == ([number], "管理员")
    assert studio.get("drafts")["drafts"] == [draft]
    assert studio.post(f"tickets/{number}/draft") == (200, body)
    assert len(studio.get("drafts")["drafts"]) == 1
    assert len(load_entries(studio.faq)) == len(ENTRIES)
    masked = {**NEW, "answer": draft["answer"]}
    assert studio.post(f"drafts/{draft['id']}/accept", masked)[0] == 422
    status, accepted = studio.post(f"drafts/{draft['id']}/accept", NEW)
    assert status == 200, accepted
    entry = load_entries(studio.faq)[-1]
    assert (entry.question, entry.owner, entry.tags) == ("能带饮料进馆吗", "管理员", ())
    assert studio.get("drafts")["drafts"] == []
    assert studio.post(f"drafts/{draft['id']}/accept", NEW)[0] == 404


def test_another_answer_of_the_agent_can_be_named(studio: Studio) -> None:
    with studio.service.socket() as browser:
        number = ticket(studio, browser)
        conversation = browser.welcome["conversation"]
    messages = studio.get(f"conversations/{conversation}")["messages"]
    short = next(message["seq"] for message in messages if message["text"] == "在的")
    _, body = studio.post(f"tickets/{number}/draft", {"seq": short})
    assert body["draft"]["answer"] == "在的"
    assert studio.post(f"tickets/{number}/draft", {"seq": 1})[0] == 404
    assert studio.post("tickets/T20000101-0001/draft")[0] == 404
    assert studio.post(f"drafts/{body['draft']['id']}/discard") == (200, {})
    assert studio.get("drafts")["drafts"] == []


def test_a_ticket_without_an_answer_makes_no_draft(studio: Studio) -> None:
    with studio.service.socket() as browser:
        browser.say("转人工")
        number = browser.receive("status")["status"]["ticket"]
    assert studio.post(f"tickets/{number}/draft")[0] == 422


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("gaps/abc/dismiss", {}),
    ("gaps/abc/snooze", {"days": 1}),
    ("gaps/abc/similar", {"entry": "lost", "questions": ["能喝水吗"]}),
    ("gaps/abc/entry", NEW),
    ("drafts/abc/accept", NEW),
    ("drafts/abc/discard", {}),
]


@pytest.mark.parametrize(("path", "body"), [*CHANGES, ("tickets/T20261121-0001/draft", {})])
@pytest.mark.parametrize("headers", [{}, {"X-Bot-CSRF": "guessed"}])
def test_changes_need_the_page(
    studio: Studio, path: str, body: dict[str, Any], headers: dict[str, str]
) -> None:
    assert studio.service.client.post(f"{API}/{path}", json=body, headers=headers).status_code == 403


def test_agents_make_drafts_and_nothing_else(studio: Studio) -> None:
    with studio.service.socket() as browser:
        number = ticket(studio, browser)
    password = studio.service.client.portal.call(_add_agent, studio)  # type: ignore[union-attr]
    headers = studio.service.sign_in("xiaolin", password)
    for path in ("gaps", "drafts"):
        assert studio.service.client.get(f"{API}/{path}").status_code == 403
    for path, body in CHANGES:
        assert studio.service.client.post(f"{API}/{path}", json=body, headers=headers).status_code == 403
    made = studio.service.client.post(f"{API}/tickets/{number}/draft", json={}, headers=headers)
    assert made.status_code == 200


async def _add_agent(studio: Studio) -> str:
    from bot.console.accounts import Accounts

    database = Database(f"sqlite:///{studio.faq.parent / 'var' / 'bot.db'}")
    try:
        return await Accounts(database).add("xiaolin", "小林")
    finally:
        database.close()


@pytest.mark.parametrize("path", ["gaps", "drafts"])
def test_strangers_see_nothing(studio: Studio, path: str) -> None:
    studio.service.client.cookies.clear()
    assert studio.service.client.get(f"{API}/{path}").status_code == 401
