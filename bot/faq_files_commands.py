"""`bot faq export` and `bot faq import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.command_line import read_settings, say
from bot.errors import ConfigurationError
from bot.faq.exchange.merge import Change


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
    from bot.faq.topic_file import load_topics
    from bot.faq.topic_writer import write_topics

    folder = read_settings().faq
    topics = load_topics(folder) if any(folder.glob("*.yml")) else ()
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
    merged = merge(topics, read_records(file.name, data))
    for change in merged.changes:
        say(_describe(change))
    added = sum(change.kind == "added" for change in merged.changes)
    counts = f"新增 {added} 条，修改 {len(merged.changes) - added} 条，未变 {merged.unchanged} 条"
    if dry_run:
        say(f"试运行：{counts}；没有写入任何文件")
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_topics(folder, [topic for topic in merged.topics if topic.name in merged.touched])
    say(f"{counts}；写入 {len(merged.touched)} 个文件")


def _describe(change: Change) -> str:
    mark = "＋" if change.kind == "added" else "～"
    fields = f"（{'、'.join(change.fields)}）" if change.fields else ""
    return f"{mark} {change.topic} / {change.entry.id}：{change.entry.question}{fields}"
