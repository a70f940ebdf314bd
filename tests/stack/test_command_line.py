"""`bot ask` and `bot tickets` against the running product and without one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.serving import free_port
from tests.ask_answer import KEYS
from tests.stack.conftest import Arrive
from tests.stack.stack import ROOT, Stack

PROTOCOL = (ROOT / "docs" / "protocol.md").read_text("utf-8")


@pytest.fixture(params=["with a running service", "without one"])
def asked(request: pytest.FixtureRequest, stack: Stack, tmp_path: Path) -> Stack:
    """A stack to ask: the running one, or one that nobody has started."""
    return stack if request.param == "with a running service" else Stack(tmp_path)


def test_an_answer_has_exactly_the_documented_keys(asked: Stack) -> None:
    printed = asked.bot("ask", "运费怎么算", "--json")
    assert printed.returncode == 0, printed.stderr
    answer: dict[str, Any] = json.loads(printed.stdout)
    assert set(answer) == KEYS
    assert answer["decision"] == "answer"
    assert answer["entry"] == "shipping-fee"
    assert "运费" in answer["reply"]
    assert 0.5 < answer["probability"] <= 1
    assert 0.5 < answer["in_scope"] <= 1
    assert set(answer["candidates"][0]) == {"entry", "question", "probability", "score"}
    assert answer["candidates"][0]["entry"] == "shipping-fee"
    assert answer["intent"] == "faq"
    assert set(answer["emotion"]) == {"label", "intensity", "risk", "cues"}
    assert answer["handoff"] is None
    assert set(answer["timings_ms"]) == {"total", "emotion", "rasa", "retrieve", "commit"}
    if not asked.folder.joinpath("log").exists():
        assert not asked.var.exists(), "a question leaves no data behind"


def test_a_handoff_names_its_ticket_and_the_list_has_it(stack: Stack) -> None:
    answer = json.loads(stack.bot("ask", "转人工", "--json").stdout)
    assert set(answer) == KEYS
    assert answer["decision"] == "handoff"
    assert set(answer["handoff"]) == {"reason", "ticket"}
    assert answer["handoff"]["reason"] == "requested"
    listed = json.loads(stack.bot("tickets", "--json").stdout)
    assert answer["handoff"]["ticket"] in [ticket["number"] for ticket in listed]


def test_a_ticket_has_exactly_the_documented_keys(stack: Stack, arrive: Arrive) -> None:
    arrive(stack).say("转人工")
    documented = PROTOCOL.split("`ticket` = `{", 1)[1].split("}`", 1)[0]
    documented = re.sub(r"\{[^}]*\}", "", documented)
    keys = set(re.findall(r'(?<![|])(?<!: )"(\w+)"', documented))
    listed = json.loads(stack.bot("tickets", "--json").stdout)
    assert listed
    for ticket in listed:
        assert set(ticket) == keys
        assert ticket["state"] == "open"
        assert ticket["deadline"] > ticket["created_at"]


def test_for_people_it_prints_sentences(stack: Stack) -> None:
    printed = stack.bot("ask", "运费怎么算").stdout.splitlines()
    assert "运费" in printed[0]
    assert "shipping-fee" in printed[-1]
    assert "工单号" in stack.bot("tickets").stdout or "没有工单" in stack.bot("tickets").stdout


@pytest.mark.parametrize("text", ["", " ", "退" * 2001])
def test_what_cannot_be_asked_is_one_line_on_standard_error(stack: Stack, text: str) -> None:
    refused = stack.bot("ask", text)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert len(refused.stderr.strip().splitlines()) == 1
    assert "Traceback" not in refused.stderr


def test_a_second_service_on_the_same_data_or_port_says_so(stack: Stack, tmp_path: Path) -> None:
    again = stack.bot("serve")
    assert again.returncode == 2
    assert len(again.stderr.strip().splitlines()) == 1
    rival = Stack(tmp_path)
    rival.port = stack.port
    rival.rasa_port = free_port()
    taken = rival.bot("serve")
    assert taken.returncode == 2
    assert str(stack.port) in taken.stderr
    assert "BOT_PORT" in taken.stderr
