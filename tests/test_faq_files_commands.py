"""`bot faq export`, `import` and `lint` as a maintainer runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.faq.file_lock import writing_entries

LOCKS = Path("/proc/locks")
ROOT = Path(__file__).resolve().parent.parent
TOPIC = """topic: refunds
title: 退款
entries:
  - id: time
    question: 退款多久到账？
    similar:
      - 钱什么时候退
    answer: 一到三天，请在订单里查看。
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "refunds.yml").write_text(TOPIC, "utf-8")
    return tmp_path


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "faq", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "BOT_FAQ": "faq", "BOT_MODELS": "models"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def bot(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    process = start(folder, *arguments)
    out, problems = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, problems)


def test_out_into_a_sheet_and_back(folder: Path) -> None:
    done = bot(folder, "export", "faq.csv")
    assert "1 个条目" in done.stdout, done.stderr
    assert bot(folder, "export", "faq.csv").returncode == 2
    sheet = folder / "faq.csv"
    sheet.write_text(sheet.read_text("utf-8-sig").replace("一到三天", "两到三天"), "utf-8")
    done = bot(folder, "import", "faq.csv", "--dry-run")
    assert "refunds / time：退款多久到账？（answer）" in done.stdout
    assert "没有写入任何文件" in done.stdout
    assert (folder / "faq" / "refunds.yml").read_text("utf-8") == TOPIC
    done = bot(folder, "import", "faq.csv")
    assert "修改 1 条" in done.stdout
    assert (folder / "faq" / "refunds.yml").read_text("utf-8") == TOPIC.replace("一到三天", "两到三天")


def test_one_wrong_row_and_nothing_is_written(folder: Path) -> None:
    rows = (
        "编号,分类,标准问,答案\ntime,退款,退款几天到账？,改了\nfee,退款,收费吗？,不收\nbad,,没有分类,不收\n"
    )
    (folder / "faq.csv").write_text(rows, "utf-8")
    done = bot(folder, "import", "faq.csv")
    assert done.returncode == 2
    assert done.stderr == "bot: faq.csv 第 4 行“分类”列: 新条目要写明分类\n"
    assert (folder / "faq" / "refunds.yml").read_text("utf-8") == TOPIC
    assert bot(folder, "import", "nowhere.csv").returncode == 2


def test_lint_finds_and_mends(folder: Path) -> None:
    file = folder / "faq" / "refunds.yml"
    file.write_text(TOPIC.replace("请在", "请拨13812345678，").replace("一到三天", "１到３天"), "utf-8")
    done = bot(folder, "lint", "--json")
    assert done.returncode == 1
    assert "word for word only" in done.stderr
    assert [finding["code"] for finding in json.loads(done.stdout)] == ["personal-data", "width"]
    done = bot(folder, "lint", "--fix")
    assert done.returncode == 1
    assert "1 个错误，0 个警告，0 个提示" in done.stdout
    assert "1到3天" in file.read_text("utf-8")
    file.write_text(TOPIC, "utf-8")
    assert bot(folder, "lint").returncode == 0


def wait_for_lock(process: subprocess.Popen[str]) -> None:
    """Until the system says that the process waits for a file's lock."""
    while not any("->" in line and f" {process.pid} " in line for line in LOCKS.read_text().splitlines()):
        assert process.poll() is None, process.communicate()


@pytest.mark.parametrize(
    ("command", "mine"), [(["import", "faq.csv"], "两到三天"), (["lint", "--fix"], "1到3天")]
)
def test_what_another_maintainer_saves_meanwhile_is_kept(folder: Path, command: list[str], mine: str) -> None:
    file = folder / "faq" / "refunds.yml"
    bot(folder, "export", "faq.csv")
    sheet = folder / "faq.csv"
    sheet.write_text(sheet.read_text("utf-8-sig").replace("一到三天", "两到三天"), "utf-8")
    file.write_text(TOPIC.replace("一到三天", "１到３天"), "utf-8")
    with writing_entries(folder / "faq"):
        process = start(folder, *command)
        wait_for_lock(process)
        theirs = "  - id: theirs\n    question: 退到哪张卡？\n    answer: 原路退回，请查看银行短信。\n"
        file.write_text(file.read_text("utf-8") + theirs, "utf-8")
    out, problems = process.communicate(timeout=120)
    assert process.returncode in (0, 1), problems + out
    assert mine in file.read_text("utf-8")
    assert "退到哪张卡" in file.read_text("utf-8")
