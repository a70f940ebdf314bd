"""`bot faq evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.command_line import AsJson, read_settings, say, say_json


def evaluate_command(
    entries: Annotated[
        Path, typer.Option("--faq", help="FAQ: a folder, or a file with id, question, answer.")
    ],
    questions: Annotated[Path, typer.Option(help="File with question and expected.")],
    as_json: AsJson = False,
) -> None:
    """Measure retrieval and decisions of an FAQ on questions that it has not seen."""
    from bot.faq.encoder import load_encoder
    from bot.faq.evaluate import evaluate_faq
    from bot.faq.off_topic import load_off_topic
    from bot.faq.release import Sources

    settings = read_settings()
    sources = Sources.beside(settings.faq)
    report = evaluate_faq(
        entries,
        questions,
        load_encoder(settings.models),
        settings.encoder,
        load_off_topic(sources.off_topic),
        sources.dictionary(),
        settings.wrong_answer_target,
        lambda line: typer.echo(line, err=True),
    ).to_json()
    if as_json:
        say_json(report)
        return
    for part, value in report.items():
        figures = "  ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        say(f"{part}: {figures}")
