"""`bot faq build`, `publish`, `rollback`, `releases`, `diff`, `golden` and `replay`."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.command_line import AsJson, read_settings, say, say_json
from bot.config import Settings
from bot.errors import ConfigurationError, GateRefused

if TYPE_CHECKING:
    from bot.faq.encoder import Encoder
    from bot.faq.gate import Gate
    from bot.faq.golden import GoldenResult
    from bot.faq.publication import Publication
    from bot.faq.understanding import Understanding

Note = Annotated[str, typer.Option("--note", help="What changes and why, for the history.")]
Named = Annotated[str, typer.Argument(metavar="[RELEASE]", help="Its name; else that of the last build.")]
EXAMPLES = 20
VERDICTS = {
    "right": "答对",
    "offered": "反问",
    "missed": "漏答",
    "wrong": "答错",
    "gone": "条目不存在",
}
CHANGES = {
    "answered_differently": "答案换成了别的条目",
    "reworded": "同一条目，答案改了",
    "newly_answered": "现在能回答",
    "newly_missed": "现在答不上来",
    "no_longer_answered": "由回答变成反问",
    "newly_offered": "由答不上来变成反问",
    "offered_differently": "反问的选项变了",
}
DECISIONS = {"answer": "回答", "clarify": "反问", "no_answer": "未答"}


def build_command(
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish it too, when the gate lets it pass.")
    ] = False,
    recalibrate: Annotated[
        bool, typer.Option("--recalibrate", help="Fit the calibration anew even if few lines changed.")
    ] = False,
) -> None:
    """Build a release of the FAQ; only changed lines are encoded. It serves once it is published."""
    from bot.faq.build import build_release
    from bot.faq.encoder import load_encoder
    from bot.faq.publication import serving
    from bot.faq.release import Sources

    settings = read_settings()
    # A first build encodes thousands of lines, for some ten seconds on every core.
    encoder = load_encoder(settings.models, threads=os.cpu_count() or 1)
    sources = Sources.beside(settings.faq)
    folder = build_release(
        sources, settings.models, encoder, settings.wrong_answer_target, say, recalibrate=recalibrate
    )
    current = serving(settings.models)
    if current is not None and current.release == folder.name:
        return
    if not publish:
        say(f"{folder.name} 已构建，尚未发布：bot faq publish")
        return
    seen = current.release if current else None
    first = not _can_serve(settings, encoder)
    gate = _examine(settings, folder, encoder)
    for finding in gate.findings:
        say(finding)
    if gate.open or first:
        override = "" if gate.open else "没有可用的旧版本"
        _publish(settings, folder.name, seen, "随构建发布", override, gate)
        return
    say(f"{folder.name} 未通过发布前的检查，旧版本继续服务；确需发布：bot faq publish --force 原因")


def publish_command(
    release: Named = "",
    note: Note = "",
    force: Annotated[
        str, typer.Option("--force", metavar="REASON", help="Publish whatever the gate says; recorded.")
    ] = "",
) -> None:
    """Let a release serve, in the running services too, if golden questions and risk allow it."""
    from bot.faq.encoder import load_encoder
    from bot.faq.publication import serving, taken_from
    from bot.faq.release import Manifest

    settings = read_settings()
    folder = _named(settings.models, release)
    current = serving(settings.models)
    if current is not None and current.release == folder.name:
        say(f"{folder.name} 已经在服务")
        return
    encoder = load_encoder(settings.models)
    gate = _examine(settings, folder, encoder)
    if not gate.open and not force:
        raise GateRefused("\n".join((*gate.findings, "确需发布：--force 原因（会记入历史）")))
    seen = current.release if current else None
    seen = taken_from(settings.models, folder.name, Manifest.read(folder).base, seen, forced=bool(force))
    _publish(settings, folder.name, seen, note, force, gate)


def rollback_command(note: Note = "") -> None:
    """Let the release serve again that served before."""
    from bot.faq.encoder import load_encoder
    from bot.faq.publication import before_serving, publish, publisher, serving
    from bot.faq.release import find_release, load_release

    settings = read_settings()
    current = serving(settings.models)
    name = before_serving(settings.models)
    load_release(find_release(settings.models, name), load_encoder(settings.models))
    seen = current.release if current else None
    publish(settings.models, name, seen=seen, by=publisher(), note=note, action="rollback")
    say(f"已回退到 {name}（之前是 {seen}）；运行中的服务会在 2 秒内换用")


def releases_command(as_json: AsJson = False) -> None:
    """The releases, newest first, and who published what, when and why."""
    from bot.faq.publication import history, serving
    from bot.faq.release import list_releases

    models = read_settings().models
    current, moves, built = serving(models), history(models), list_releases(models)
    if as_json:
        releases = [{k: v for k, v in asdict(manifest).items() if k != "files"} for manifest in built]
        serves = current.release if current else None
        say_json({"serving": serves, "releases": releases, "history": [asdict(move) for move in moves]})
        return
    table = Table("版本", "条目", "问法", "回答阈值", "校准", "状态")
    for manifest in built:
        origin = manifest.calibration
        calibration = f"沿用，改动 {origin.changed_lines} 行" if origin.changed_lines else "本版"
        counts = (str(manifest.entries), str(manifest.lines), f"{manifest.answer_threshold:.3f}")
        table.add_row(manifest.name, *counts, calibration, _state(manifest.name, current, moves))
    Console().print(table if built else "还没有版本：bot faq build")
    for move in reversed(moves[-EXAMPLES:]):
        action = "发布" if move.action == "publish" else "回退到"
        force = f"，强制：{move.override}" if move.override else ""
        say(f"{move.at}  {move.by}  {action} {move.release}  {move.note}{force}")
        for finding in move.findings:
            say(f"  未通过：{finding}")


def diff_command(
    first: Annotated[str, typer.Argument(metavar="A", help="A release's name.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another release's name.")],
    as_json: AsJson = False,
) -> None:
    """What B changes against A: entries, questions, threshold and estimates."""
    from bot.faq.difference import compare
    from bot.faq.release import Manifest, find_release, read_entries, read_report

    models = read_settings().models
    folders = [find_release(models, name) for name in (first, second)]
    difference = compare(*(read_entries(folder) for folder in folders))
    figures = [
        {
            "release": folder.name,
            "answer_threshold": Manifest.read(folder).answer_threshold,
            **asdict(read_report(folder).estimate),
        }
        for folder in folders
    ]
    if as_json:
        say_json({**difference.to_json(), "figures": figures})
        return
    for title, entries in (("新增", difference.added), ("删除", difference.removed)):
        for entry in entries:
            say(f"{title} {entry}")
    for change in difference.changed:
        say(f"修改 {change.entry}  {'、'.join(change.fields)}".rstrip())
        for sign, questions in (("+", change.questions_added), ("-", change.questions_removed)):
            for question in questions:
                say(f"  {sign} {question}")
    for name, title in (("answered", "直接回答"), ("wrong_bound", "答错上限"), ("answer_threshold", "阈值")):
        say(f"{title}  {float(str(figures[0][name])):.3f} → {float(str(figures[1][name])):.3f}")


def golden_command(release: Named = "", as_json: AsJson = False) -> None:
    """Ask a release the golden questions; exits with 1 when one is broken."""
    from bot.faq.encoder import load_encoder

    settings = read_settings()
    folder = _named(settings.models, release)
    results = _golden(settings, _load(settings, folder, load_encoder(settings.models)))
    broken = [result for result in results if result.broken]
    if as_json:
        say_json([{**asdict(result), "broken": result.broken} for result in results])
    else:
        for result in results:
            if result.verdict != "right":
                expected = result.golden.expected or "不应回答"
                found = "、".join(result.entries) or DECISIONS[result.decision]
                say(f"{VERDICTS[result.verdict]}  {result.golden.question}  应为 {expected}，得到 {found}")
        right = sum(result.verdict == "right" for result in results)
        say(f"{folder.name}：{len(results)} 个黄金问题，答对 {right} 个，{len(broken)} 个不合格")
    if broken:
        raise typer.Exit(1)


def replay_command(
    release: Named = "",
    last: Annotated[int, typer.Option(min=1, help="How many of the newest questions.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Put what customers really asked to a release: what it decides otherwise than the serving one."""
    from bot.database import Database
    from bot.faq.encoder import load_encoder
    from bot.faq.publication import serving_folder
    from bot.faq.replay import replay
    from bot.maintenance.asked_questions import asked_questions

    settings = read_settings()
    folder = _named(settings.models, release)
    database = Database(settings.effective_database_url)
    try:
        database.migrate()
        questions = database.read_now(lambda session: asked_questions(session, last))
    finally:
        database.close()
    encoder = load_encoder(settings.models)
    before = _load(settings, serving_folder(settings.models), encoder)
    after = _load(settings, folder, encoder)
    found = replay(questions, before, after)
    if as_json:
        say_json(found.to_json())
        return
    say(f"{found.asked} 个顾客问题：{found.before} → {found.after}")
    for kind, title in CHANGES.items():
        changes = [change for change in found.changes if change.kind == kind]
        if changes:
            say(f"{title}：{sum(change.question.times for change in changes)}")
        for change in changes[:EXAMPLES]:
            times = f"（{change.question.times} 次）" if change.question.times > 1 else ""
            then, now = (
                f"{DECISIONS[outcome.decision]} {'、'.join(outcome.entries)}".rstrip()
                for outcome in (change.before, change.after)
            )
            say(f"  {change.question.text}{times}  {then} → {now}")
    if not found.changes:
        say("没有一个问题的回答会改变")


def _named(models: Path, release: str) -> Path:
    """The named release, else the candidate."""
    from bot.faq.release import candidate, find_release

    return find_release(models, release) if release else candidate(models)


def _load(settings: Settings, folder: Path, encoder: Encoder) -> Understanding:
    from bot.faq.release import load_release
    from bot.faq.responder import today_in
    from bot.faq.sounds import Sounds
    from bot.faq.understanding import Understanding

    responder = load_release(folder, encoder, today_in(settings.timezone))
    return Understanding.of(responder, Sounds.load())


def _golden(settings: Settings, understanding: Understanding) -> tuple[GoldenResult, ...]:
    from bot.faq.golden import check_golden, load_golden
    from bot.faq.release import Sources

    return check_golden(understanding, load_golden(Sources.beside(settings.faq).golden))


def _examine(settings: Settings, folder: Path, encoder: Encoder) -> Gate:
    from bot.faq.gate import examine_release
    from bot.faq.lint import LintPolicy
    from bot.faq.release import Sources
    from bot.faq.responder import today_in

    golden = _golden(settings, _load(settings, folder, encoder))
    policy = LintPolicy.read(Sources.beside(settings.faq).lint_policy, today_in(settings.timezone)())
    return examine_release(settings.models, folder, golden, settings.wrong_answer_target, policy)


def _can_serve(settings: Settings, encoder: Encoder) -> bool:
    from bot.faq.publication import serving_folder

    try:
        _load(settings, serving_folder(settings.models), encoder)
    except ConfigurationError:
        return False
    return True


def _publish(settings: Settings, name: str, seen: str | None, note: str, override: str, gate: Gate) -> None:
    from bot.faq.publication import publish, publisher

    publish(
        settings.models,
        name,
        seen=seen,
        by=publisher(),
        note=note,
        override=override,
        findings=gate.findings,
    )
    say(f"{name} 已发布；运行中的服务会在 2 秒内换用")


def _state(name: str, current: Publication | None, moves: list[Publication]) -> str:
    if current is not None and current.release == name:
        return "服务中"
    return "曾发布" if any(move.release == name for move in moves) else "候选"
