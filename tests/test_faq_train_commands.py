"""Training on the command line: a verdict in every case, and nothing serves by itself."""

from __future__ import annotations

from pathlib import Path

from tests.test_faq_release_commands import Loop


def test_training_builds_a_candidate_and_says_what_became_of_the_adapter(tmp_path: Path) -> None:
    loop = Loop(tmp_path)
    loop.bot("build", "--publish")
    serving = loop.serving()
    said = loop.bot("train").stdout
    assert "adapter: refused, there are too few questions to learn from" in said
    assert "未采用" in said.splitlines()[-1]
    assert loop.serving() == serving
    listed = loop.json("releases")["releases"]
    assert [release["adapter"] for release in listed] == [False, False]


def test_fine_tuning_never_writes_over_a_folder(tmp_path: Path) -> None:
    refused = Loop(tmp_path).bot("fine-tune", "--out", str(tmp_path), code=2).stderr
    assert "exists already" in refused
    assert refused.count("\n") == 1
