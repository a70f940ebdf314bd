"""`bot faq export`, `bot faq import` and `bot faq lint`."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line import AsJson, read_settings, say, say_json
from bot.errors import ConfigurationError
from bot.faq.exchange.merge import Change

if TYPE_CHECKING:
    from bot.faq.encoder import Vectors


def export_command(
    file: Annotated[Path, typer.Argument(help="File to write, ending in .csv, .xlsx or .md.")],
) -> None:
    """Write all entries into a file for a spreadsheet or a reader."""
    from bot.faq.exchange.files import write_file
    from bot.faq.topic_file import load_topics

    topics = load_topics(read_settings().faq)
    data = write_file(file.name, topics)
    try:
        with file.open("xb") as stream:
            stream.write(data)
    except FileExistsError as error:
        raise ConfigurationError(f"{file} exists already: choose another name") from error
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}") from error
    say(f"已导出 {sum(len(topic.entries) for topic in topics)} 个条目到 {file}")


def import_command(
    file: Annotated[Path, typer.Argument(help="File to read, ending in .csv, .xlsx or .md.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes, write nothing.")] = False,
) -> None:
    """Take over the entries of a file, by their ids; nothing is written unless all of it is right."""
    from bot.faq.exchange.files import read_records
    from bot.faq.exchange.merge import merge
    from bot.faq.file_lock import writing_entries
    from bot.faq.topic_file import load_topics
    from bot.faq.topic_writer import write_topics

    folder = read_settings().faq
    try:
        records = read_records(file.name, file.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
    with contextlib.nullcontext() if dry_run else writing_entries(folder):
        topics = load_topics(folder) if any(folder.glob("*.yml")) else ()
        merged = merge(topics, records)
        if not dry_run:
            write_topics(folder, [topic for topic in merged.topics if topic.name in merged.touched])
    for change in merged.changes:
        say(_describe(change))
    added = sum(change.kind == "added" for change in merged.changes)
    counts = f"新增 {added} 条，修改 {len(merged.changes) - added} 条，未变 {merged.unchanged} 条"
    if dry_run:
        say(f"试运行：{counts}；没有写入任何文件")
    else:
        say(f"{counts}；写入 {len(merged.touched)} 个文件")


def _describe(change: Change) -> str:
    mark = "＋" if change.kind == "added" else "～"
    fields = f"（{'、'.join(change.fields)}）" if change.fields else ""
    return f"{mark} {change.topic} / {change.entry.id}：{change.entry.question}{fields}"


def lint_command(
    fix: Annotated[bool, typer.Option("--fix", help="Mend what is mechanical first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the entries; exit with 1 when there is an error among the findings."""
    from bot.faq.file_lock import writing_entries
    from bot.faq.lint import LintPolicy, QuestionLines, check_files, lint_entries, mend_files
    from bot.faq.release import Sources
    from bot.faq.responder import today_in
    from bot.faq.topic_file import load_topics

    settings = read_settings()
    if fix:
        with writing_entries(settings.faq):
            topics = mend_files(settings.faq, load_topics(settings.faq))
    else:
        topics = load_topics(settings.faq)
    entries = [entry for topic in topics for entry in topic.entries]
    policy = LintPolicy.read(Sources.beside(settings.faq).lint_policy, today_in(settings.timezone)())
    vectors = _vectors(settings.models, QuestionLines.of(entries).texts)
    findings = (*lint_entries(entries, policy, vectors), *check_files(settings.faq, topics))
    if as_json:
        say_json([finding.to_json() for finding in findings])
    else:
        for finding in findings:
            place = " ".join(part for part in (finding.topic, finding.entry, finding.field) if part)
            say(f"{finding.severity} {finding.code} [{place}] {finding.message}；建议：{finding.mend}")
        counts = Counter(finding.severity for finding in findings)
        say(f"{counts['error']} 个错误，{counts['warning']} 个警告，{counts['info']} 个提示")
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(1)


def _vectors(models: Path, texts: Sequence[str]) -> Vectors | None:
    """The vectors of texts; those that the newest release of the same encoder holds are not made again."""
    from bot.faq.encoder import load_encoder
    from bot.faq.known_vectors import KnownVectors
    from bot.faq.release import list_releases, releases_folder

    try:
        encoder = load_encoder(models)
    except ConfigurationError as error:
        typer.echo(f"questions are compared word for word only: {error}", err=True)
        return None
    folders = (
        releases_folder(models) / release.name
        for release in list_releases(models)
        if release.encoder == encoder.fingerprint and release.is_whole(releases_folder(models) / release.name)
    )
    known = KnownVectors.of(next(folders, None), encoder, lambda line: typer.echo(line, err=True))
    return known.encode(texts).final
