from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from setup.problem import DISK_FULL, NO_NETWORK, Problem
from setup.runner import Runner
from setup.step import Command, Step

ROOT = Path(__file__).resolve().parents[2]


def step(
    name: str,
    script: str,
    inputs: tuple[str, ...] = ("input",),
    settings: tuple[str, ...] = (),
    outputs: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    built_from: tuple[str, ...] = (),
) -> Step:
    """A step that runs a shell script in the checkout and is done for the content of `input`."""
    return Step(
        name,
        name,
        stamp=f".setup/done/{name}",
        commands=lambda: [Command(("sh", "-c", script), {})],
        inputs=inputs,
        settings=settings,
        outputs=outputs,
        after=after,
        built_from=built_from,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "input").write_text("1")
    return tmp_path


def run(root: Path, *steps: Step) -> None:
    Runner(root, os.environ).run(steps, lambda _: None)


def test_a_done_step_is_not_done_again(checkout: Path) -> None:
    count = step("count", "echo x >> log")
    for _ in range(3):
        run(checkout, count)
    assert (checkout / "log").read_text() == "x\n"


@pytest.mark.parametrize("change", ["input", "setting", "output"])
def test_a_change_does_it_again(checkout: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    count = step("count", "echo x >> log; touch out", settings=("BOT_X",), outputs=("out",))
    run(checkout, count)
    if change == "input":
        (checkout / "input").write_text("2")
    elif change == "setting":
        monkeypatch.setenv("BOT_X", "2")
    else:
        (checkout / "out").unlink()
    run(checkout, count)
    assert (checkout / "log").read_text() == "x\nx\n"


def test_what_is_built_from_a_changed_step_is_built_again(checkout: Path) -> None:
    first = step("first", "echo first >> log")
    then = step("then", "echo then >> log", inputs=(), after=("first",), built_from=("first",))
    run(checkout, first, then)
    (checkout / "input").write_text("2")
    run(checkout, first, then)
    assert (checkout / "log").read_text().split() == ["first", "then", "first", "then"]


def test_steps_wait_for_those_that_they_come_after(checkout: Path) -> None:
    first = step("first", "sleep 0.3; echo first >> log")
    run(
        checkout,
        first,
        step("then", "echo then >> log", after=("first",)),
        step("beside", "echo beside >> log"),
    )
    assert (checkout / "log").read_text().split() == ["beside", "first", "then"]


def test_a_failed_step_is_named_and_begun_again(checkout: Path) -> None:
    fails = step("fails", "echo x >> log; echo the reason; exit 3")
    for _ in range(2):
        with pytest.raises(Problem, match=r"(?s)fails failed with exit status 3.*the reason"):
            run(checkout, fails)
    assert (checkout / "log").read_text() == "x\nx\n"


def test_a_step_without_its_output_is_not_done(checkout: Path) -> None:
    with pytest.raises(Problem, match="ended without out"):
        run(checkout, step("empty", "true", outputs=("out",)))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", DISK_FULL),
        ("npm error code EAI_AGAIN", NO_NETWORK),
        ("  Caused by: dns error: failed to lookup address information", NO_NETWORK),
    ],
)
def test_known_causes_are_one_sentence(checkout: Path, said: str, sentence: str) -> None:
    with pytest.raises(Problem) as problem:
        run(checkout, step("fails", f"echo '{said}'; exit 1"))
    assert sentence in str(problem.value)


def test_an_unknown_cause_is_shown_and_not_guessed(checkout: Path) -> None:
    with pytest.raises(Problem, match=r"(?s)exit status 1.*ModuleNotFoundError"):
        run(checkout, step("fails", "echo 'ModuleNotFoundError: No module named x'; exit 1"))


def test_too_little_space_is_told_before_anything_runs(checkout: Path) -> None:
    large = Step("large", "large", "stamp", lambda: [Command(("touch", "ran"), {})], megabytes=10**9)
    with pytest.raises(Problem, match=r"needs about 1000000\.0 GB on the disk"):
        run(checkout, large)
    assert not (checkout / "ran").exists()


SET_UP = """
    import os, sys
    from pathlib import Path
    from setup.runner import Runner, stop_on_termination
    from setup.step import Command, Step

    stop_on_termination()
    words = ("sh", "-c", "echo begun >> log; sleep 1; echo ended >> log")
    slow = Step("slow", "slow", "stamp", lambda: [Command(words, {})], inputs=("input",))
    Runner(Path(sys.argv[1]), os.environ).run([slow], lambda _: None)
"""


def started(root: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(SET_UP), str(root)], cwd=ROOT)
    while not (root / "log").exists() and process.poll() is None:
        time.sleep(0.02)
    return process


def test_an_interrupted_step_leaves_no_stamp_and_no_child(checkout: Path) -> None:
    process = started(checkout)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) != 0
    assert not (checkout / "stamp").exists()
    run(checkout, step("after", "echo after >> log"))
    time.sleep(1.2)
    assert (checkout / "log").read_text().split() == ["begun", "after"]


def test_after_a_kill_the_next_set_up_waits_for_what_is_still_running(checkout: Path) -> None:
    process = started(checkout)
    process.kill()
    process.wait(30)
    run(checkout, step("after", "echo after >> log"))
    assert (checkout / "log").read_text().split() == ["begun", "ended", "after"]
    assert not (checkout / "stamp").exists()
