"""`bot faq train` and `bot faq fine-tune`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.command_line import read_settings, say


def train_command() -> None:
    """Build a release with an adapter, if that helps on held-out questions; else without, and say why."""
    from bot.faq.build import build_release
    from bot.faq.encoder import load_encoder
    from bot.faq.release import Manifest, Sources

    settings = read_settings()
    folder = build_release(
        Sources.beside(settings.faq),
        settings.models,
        load_encoder(settings.models),
        settings.wrong_answer_target,
        say,
        train=True,
    )
    verdict = "已采用适配器" if Manifest.read(folder).adapter else "适配器没有带来可靠的提升，未采用"
    say(f"{folder.name} 已构建，{verdict}；尚未发布：bot faq publish")


def fine_tune_command(
    out: Annotated[Path, typer.Option(help="A new folder for the tuned encoder.")],
    epochs: Annotated[int, typer.Option(min=1, max=20, help="How often each question is shown.")] = 1,
) -> None:
    """Fine-tune the encoder on the FAQ's questions, off-line, and say whether it is worth using."""
    from bot.faq.fine_tuning import fine_tune
    from bot.faq.release import Sources

    settings = read_settings()
    trial = fine_tune(
        Sources.beside(settings.faq), settings.models, out, epochs, settings.wrong_answer_target, say
    )
    for gain in trial.gains:
        say(str(gain))
    if trial.kept:
        say(f"值得换用：BOT_ENCODER={out} bot encoder build，然后 bot faq build 和 bot nlu train")
    else:
        say(f"不建议换用：{trial.summary()}")
