"""The command line: errors are one clear line and exit code 2, and the small commands do what they say."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.conversations.transcript import append
from bot.errors import ConfigurationError
from bot.handoff.hours import BusinessHours
from bot.handoff.policy import HandOff
from bot.handoff.ticket import TicketDraft, open_ticket
from bot.serving import Running, bind, only_one, wait_for_port
from bot.tables import ConversationRow, EpisodeRow
from tests.desk import MORNING, open_database

ROOT = Path(__file__).resolve().parent.parent
# Away from the defaults, so that a service that runs here is not in the way.
PORTS = {"BOT_PORT": "8296", "BOT_RASA_PORT": "5296"}


def bot(folder: Path, *arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "BOT_VAR": str(folder), "BOT_MODELS": str(folder / "models"), **PORTS, **settings},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["serve"], {"BOT_PORT": "99999"}, "BOT_PORT"),
        (["serve"], {}, "no Rasa model"),
        (["faq", "build"], {}, "no encoder was built"),
        (["chat"], {}, "bot serve"),
        (["tickets"], {"BOT_DATABASE_URL": "nonsense"}, "BOT_DATABASE_URL"),
        (["agent", "password", "nobody"], {}, "nobody"),
        (["nlu", "evaluate", "--questions", "nowhere.csv"], {}, "nowhere.csv"),
    ],
)
def test_errors_are_one_line(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], said: str
) -> None:
    done = bot(tmp_path, *arguments, stdin="a-long-password\n", **settings)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_wrong_usage_is_told(tmp_path: Path) -> None:
    done = bot(tmp_path, "nonsense")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_agents_are_added_and_given_passwords(tmp_path: Path) -> None:
    added = bot(tmp_path, "agent", "add", "lin", "小林")
    assert added.returncode == 0
    assert "初始密码" in added.stdout
    assert bot(tmp_path, "agent", "add", "lin", "小林").returncode == 2
    assert bot(tmp_path, "agent", "password", "lin", stdin="short\n").returncode == 2
    assert bot(tmp_path, "agent", "password", "lin", stdin="a-long-new-password\n").returncode == 0


def test_tickets_are_listed(tmp_path: Path) -> None:
    database = open_database(tmp_path / "bot.db")

    def fill(session: Session) -> None:
        conversation = ConversationRow(
            id="c1",
            channel="web",
            customer="访客",
            last_seq=0,
            customer_seq=0,
            agent_seq=0,
            created_at=MORNING,
            updated_at=MORNING,
        )
        episode = EpisodeRow(
            conversation_id="c1",
            number=1,
            owner="queue",
            misses=0,
            emotion_streak=0,
            clarified=False,
            apologised=False,
            opened_at=MORNING,
        )
        session.add(conversation)
        session.flush()
        session.add(episode)
        session.flush()
        append(session, conversation, episode, "customer", "转人工", MORNING)
        draft = TicketDraft(
            "handoff", HandOff.because("requested"), "咨询", "打13812345678", {"label": "calm"}
        )
        open_ticket(session, episode, draft, MORNING, BusinessHours.parse("09:00-21:00", "Asia/Shanghai"))

    database.write_now(fill)
    database.close()
    (ticket,) = json.loads(bot(tmp_path, "tickets", "--json").stdout)
    assert ticket["number"] == "T20261118-0001"
    assert ticket["summary"] == "打138****5678"
    assert "T20261118-0001" in bot(tmp_path, "tickets").stdout


def test_a_taken_port_is_named() -> None:
    (listener,) = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    with listener, pytest.raises(ConfigurationError, match=f"port {port}"):
        bind("127.0.0.1", port)


def test_a_taken_rasa_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.serving.PORT_SECONDS", 0.1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigurationError, match="BOT_RASA_PORT"):
            wait_for_port(taken.getsockname()[1])


def test_one_service_a_folder(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(ConfigurationError, match="another service"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_a_running_service_is_found_and_a_dead_one_is_not(tmp_path: Path) -> None:
    assert Running.find(tmp_path) is None
    Running(os.getpid(), "http://127.0.0.1:1", "t").write(tmp_path)
    found = Running.find(tmp_path)
    assert found is not None
    assert found.url == "http://127.0.0.1:1"
    assert (tmp_path / "serve.json").stat().st_mode & 0o077 == 0
    gone = subprocess.Popen(["true"])
    gone.wait()
    Running(gone.pid, "http://127.0.0.1:1", "t").write(tmp_path)
    assert Running.find(tmp_path) is None
    (tmp_path / "serve.json").write_text("broken")
    assert Running.find(tmp_path) is None
