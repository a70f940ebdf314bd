"""Processes that die by SIGKILL at a chosen moment of a build or a publication.

Moments are the files that the process opens, renames or removes below the models folder.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from bot.faq.build import build_release
from bot.faq.encoder import HashEncoder
from bot.faq.publication import publish
from bot.faq.release import Sources

ROOT = Path(__file__).parents[2]
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["bot.faq.build", "jieba", "scipy.optimize", "scipy.sparse"])
MOMENTS = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir")


def start(work: Callable[..., None], *arguments: object) -> BaseProcess:
    """Run `work(*arguments)` in a process of its own, which finds the tests where this one did."""
    process = CONTEXT.Process(target=work, args=arguments)
    sys.path.append(str(ROOT))
    try:
        process.start()
    finally:
        sys.path.remove(str(ROOT))
    return process


def dies_at(moment: int, work: Callable[..., None], models: Path, *arguments: object) -> bool:
    """Run `work(models, *arguments)` in a process of its own; whether it died before its end."""
    process = start(_run, moment, work, models, *arguments)
    process.join(120)
    assert process.exitcode in (0, -signal.SIGKILL), f"ended with {process.exitcode}"
    return process.exitcode != 0


def building(models: Path, data: Path) -> None:
    """Build the FAQ in `data`."""
    build_release(Sources.beside(data / "faq"), models, HashEncoder(), 0.02, lambda line: None)


def publishing(models: Path, name: str, seen: str) -> None:
    """Publish a release."""
    publish(models, name, seen=seen, by="wang", note="来自另一进程")


def _run(moment: int, work: Callable[..., None], models: Path, *arguments: object) -> None:
    count = 0

    def watch(event: str, details: tuple[object, ...]) -> None:
        nonlocal count
        if event in MOMENTS and str(models) in str(details[0]):
            count += 1
            if count == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    work(models, *arguments)
