"""The maintainer's loop on the command line: build, look, publish, go back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.faq.publication import history, serving
from tests.desk import open_desk
from tests.faq.small_faq import write_sources

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = "- {question: 打印照片要几块钱, expected: print}\n- {question: 给我唱首歌, expected: }\n"


class Loop:
    """A maintainer's machine with the built encoder, an FAQ of its own and nothing published."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = write_sources(folder / "data")
        (folder / "models").mkdir()
        shutil.copytree(ROOT / "models" / "encoder", folder / "models" / "encoder", copy_function=os.link)

    def bot(self, *arguments: str, code: int = 0, **settings: str) -> subprocess.CompletedProcess[str]:
        folders = {
            "BOT_VAR": str(self.folder / "var"),
            "BOT_MODELS": str(self.folder / "models"),
            "BOT_FAQ": str(self.sources.entries),
        }
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", "faq", *arguments],
            cwd=ROOT,
            env={**os.environ, **folders, **settings},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stderr + done.stdout
        assert "Traceback" not in done.stderr
        return done

    def json(self, *arguments: str) -> Any:
        return json.loads(self.bot(*arguments, "--json").stdout)

    def serving(self) -> str | None:
        current = serving(self.folder / "models")
        return current.release if current else None

    def edit(self, old: str, new: str) -> None:
        file = self.sources.entries / "library.yml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def built(self) -> str:
        self.bot("build")
        return (self.folder / "models" / "faq" / "candidate").read_text("utf-8").strip()


@pytest.fixture
def loop(tmp_path: Path) -> Loop:
    return Loop(tmp_path)


def test_build_look_publish_and_go_back(loop: Loop) -> None:
    loop.sources.golden.write_text(GOLDEN, "utf-8")
    first = loop.built()
    assert loop.serving() is None
    loop.bot("publish", "--note", "第一版")
    assert loop.serving() == first
    assert "已经在服务" in loop.bot("publish").stdout
    loop.edit("一页两角", "一页三角")
    second = loop.built()
    assert loop.serving() == first
    changed = loop.json("diff", first, second)["changed"]
    assert changed == [
        {"entry": "print", "fields": ["answer"], "questions_added": [], "questions_removed": []}
    ]
    assert loop.bot("golden").stdout.endswith("2 个黄金问题，答对 2 个，0 个不合格\n")
    loop.bot("publish", "--note", "涨价")
    assert loop.serving() == second
    assert first in loop.bot("rollback", "--note", "没涨").stdout
    assert loop.serving() == first
    listed = loop.bot("releases").stdout
    assert all(note in listed for note in ("第一版", "涨价", "没涨", "回退到"))
    moves = history(loop.folder / "models")
    assert [move.action for move in moves] == ["publish", "publish", "rollback"]


def test_a_broken_golden_question_stops_publishing_unless_a_reason_is_given(loop: Loop) -> None:
    loop.bot("build", "--publish")
    first = loop.serving()
    loop.sources.golden.write_text(GOLDEN + "- {question: 丢了一本书, expected: hours}\n", "utf-8")
    loop.edit("一页两角", "一页三角")
    second = loop.built()
    assert "丢了一本书" in loop.bot("golden", code=1).stdout
    refused = loop.bot("publish", code=2).stderr
    assert "丢了一本书" in refused
    assert loop.serving() == first
    assert "旧版本继续服务" in loop.bot("build", "--publish").stdout
    assert loop.serving() == first
    loop.bot("publish", "--force", "促销今晚开始")
    assert loop.serving() == second
    forced = loop.json("releases")["history"][-1]
    assert forced["override"] == "促销今晚开始"
    assert "丢了一本书" in forced["findings"][0]


def test_an_error_in_an_entry_stops_publishing_unless_a_reason_is_given(loop: Loop) -> None:
    loop.bot("build", "--publish")
    first = loop.serving()
    loop.edit("一页两角", "一页两角，问13812345678")
    second = loop.built()
    refused = loop.bot("publish", code=2).stderr
    assert "条目 print（馆里能打印吗）的答案有错误：像是含有个人信息" in refused
    assert "旧版本继续服务" in loop.bot("build", "--publish").stdout
    assert loop.serving() == first
    loop.bot("publish", "--force", "是馆里的值班电话")
    assert loop.serving() == second
    assert "有错误：像是含有个人信息" in loop.json("releases")["history"][-1]["findings"][0]
    assert "未通过：条目 print" in loop.bot("releases").stdout
    # It serves now, so the next release does not bring it.
    loop.edit("原价赔付", "原价的一倍赔付")
    loop.built()
    loop.bot("publish")


def test_the_errors_of_a_first_publication_are_named(loop: Loop) -> None:
    loop.edit("一页两角", "一页两角，问13812345678")
    assert "有错误：像是含有个人信息" in loop.bot("build", "--publish").stdout
    (first,) = loop.json("releases")["history"]
    assert (first["override"], len(first["findings"])) == ("没有可用的旧版本", 1)


def test_a_stricter_target_stops_what_was_built_for_a_laxer_one(loop: Loop) -> None:
    loop.built()
    assert "0.1%" in loop.bot("publish", code=2, BOT_WRONG_ANSWER_TARGET="0.001").stderr
    assert loop.serving() is None


def test_what_was_built_before_another_publication_is_refused(loop: Loop) -> None:
    loop.bot("build", "--publish")
    loop.edit("一页两角", "一页三角")
    mine = loop.built()
    loop.edit("一页三角", "一页四角")
    loop.built()
    loop.bot("publish")
    refused = loop.bot("publish", mine, code=2).stderr
    assert "meanwhile" in refused
    assert refused.count("\n") == 1


async def ask(folder: Path) -> None:
    async with open_desk(folder / "var" / "bot.db") as desk:
        await desk.say("打印照片要几块钱")
        await desk.say("打印照片要几块钱", "c2")
        await desk.say("续借", "c3")


@pytest.mark.anyio
async def test_replay_shows_what_changes_for_real_questions(loop: Loop) -> None:
    (loop.folder / "var").mkdir()
    await ask(loop.folder)
    loop.bot("build", "--publish")
    loop.edit("一页两角", "一页三角")
    loop.built()
    said = loop.bot("replay").stdout
    assert "3 个顾客问题" in said
    assert "打印照片要几块钱（2 次）" in said
    found = loop.json("replay", "--last", "1")
    assert found["asked"] == 1
    assert found["changes"] == []
