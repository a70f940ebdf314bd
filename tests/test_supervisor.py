"""The supervisor, with a shell script in Rasa's place: restarts, output, and an end with the parent."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bot import supervisor
from bot.errors import ConfigurationError
from bot.supervisor import RasaCommand, RasaSupervisor
from tests.desk import until

pytestmark = pytest.mark.anyio


def command(folder: Path, script: str) -> RasaCommand:
    python = folder / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return RasaCommand(
        python=python,
        root=folder,
        model=folder / "model",
        models=folder,
        port=1,
        actions="http://127.0.0.1/internal/actions",
        tracker=folder / "rasa.db",
        token="a-token-of-the-tests",
    )


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


async def test_a_rasa_that_ends_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PAUSES", (0.01,))
    task = asyncio.create_task(RasaSupervisor(command(tmp_path, "echo started >> starts; exit 3")).run())
    await until(
        lambda: (tmp_path / "starts").exists() and len((tmp_path / "starts").read_text().split()) >= 3
    )
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_stopping_takes_rasa_along(tmp_path: Path) -> None:
    rasa = RasaSupervisor(command(tmp_path, "exec sleep 60"))
    task = asyncio.create_task(rasa.run())
    await until(lambda: rasa.pid)
    pid = rasa.pid
    assert pid is not None
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not alive(pid)


async def test_rasa_is_told_the_token_in_its_environment_only(tmp_path: Path) -> None:
    script = 'echo "$BOT_INTERNAL_TOKEN" > token; echo "$@" > arguments; exec sleep 60'
    task = asyncio.create_task(RasaSupervisor(command(tmp_path, script)).run())
    await until(lambda: (tmp_path / "arguments").exists() and (tmp_path / "arguments").read_text())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (tmp_path / "token").read_text().strip() == "a-token-of-the-tests"
    assert "a-token" not in (tmp_path / "arguments").read_text()


async def test_its_output_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    script = (
        "echo 'x.py:1: DeprecationWarning: old'; echo '  old()'; echo 'ERROR something broke'; exec sleep 60"
    )
    with caplog.at_level(logging.INFO):
        task = asyncio.create_task(RasaSupervisor(command(tmp_path, script)).run())
        await until(lambda: "something broke" in caplog.text)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert "old" not in caplog.text


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux ties a child to its parent's death"
)
async def test_killing_the_service_leaves_no_orphan(tmp_path: Path) -> None:
    command(tmp_path, "echo $$ > pid; exec sleep 60")
    program = textwrap.dedent(
        f"""
        import asyncio
        from pathlib import Path
        from bot.supervisor import RasaCommand, RasaSupervisor
        here = Path({str(tmp_path)!r})
        command = RasaCommand(here / "python", here, here / "m", here, 1, "http://x", here / "t", "token")
        asyncio.run(RasaSupervisor(command).run())
        """
    )
    service = subprocess.Popen([sys.executable, "-c", program])  # noqa: ASYNC220
    try:
        await until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
        pid = int((tmp_path / "pid").read_text())
        assert alive(pid)
        service.send_signal(signal.SIGKILL)
        service.wait()
        await until(lambda: not alive(pid))
    finally:
        service.kill()
        service.wait()


def test_a_missing_interpreter_is_named(tmp_path: Path) -> None:
    missing = command(tmp_path, "exit")
    (tmp_path / "python").unlink()
    with pytest.raises(ConfigurationError, match="BOT_RASA_PYTHON"):
        RasaSupervisor(missing)
