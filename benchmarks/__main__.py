"""`make bench`: this project against stock Rasa, in one run; ratios are what counts.

A table of turns and of the shop's FAQ, and one of FAQs of several sizes (`benchmarks/scale.py`).
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.faq import index_figures, selector_figures
from benchmarks.parties import Party, service, stock_rasa
from benchmarks.scale import compare
from benchmarks.selector import EPOCHS, THRESHOLD
from benchmarks.stock_model import EPOCHS as EPOCHS_OF_STOCK
from benchmarks.stock_model import train_stock_model
from benchmarks.turns import CUSTOMERS, FAQ_TEXTS, INTENT_TEXTS, Supply, interleaved, throughput
from bot.config import Settings
from bot.nlu.train import RasaProject, current_model

TURNS = 100
ROUNDS = 3


@dataclass(frozen=True)
class Row:
    """One figure: ours, stock Rasa's, and where it was measured, that of stock Rasa with our model."""

    name: str
    mine: float
    stock: float
    unit: str
    same_model: float | None = None


async def turn_rows(parties: Sequence[Party]) -> list[Row]:
    """Latency of both kinds of turn and throughput: ours, stock, and stock with our model."""
    rows: list[Row] = []
    supplies = {
        name: [Supply(party, texts) for party in parties]
        for name, texts in (("intent turn", INTENT_TEXTS), ("FAQ turn", FAQ_TEXTS))
    }
    for name, supply in supplies.items():
        mine, stock, same = await interleaved(supply, TURNS)
        rows.append(Row(f"{name} p50", mine.p50, stock.p50, "ms", same.p50))
        rows.append(Row(f"{name} p95", mine.p95, stock.p95, "ms", same.p95))
    for name, supply in supplies.items():
        rates = [[await throughput(each) for each in supply] for _ in range(ROUNDS)]
        mine_rate, rate, same_rate = (sorted(column)[ROUNDS // 2] for column in zip(*rates, strict=True))
        rows.append(Row(f"{name}s, {CUSTOMERS} customers", mine_rate, rate, "messages/s", same_rate))
    return rows


def conversation_rows(settings: Settings, folder: Path) -> list[Row]:
    """Everything about turns; all systems run during the same minutes."""
    for name in ("ours", "stock", "same"):
        (folder / name).mkdir()
    root = Path.cwd()
    model = train_stock_model(root, folder, settings.rasa_python)
    own = current_model(RasaProject(root, settings.rasa_python, settings.models))
    with (
        service(folder / "ours") as ours,
        stock_rasa(folder / "stock", settings, model, "stock Rasa") as stock,
        stock_rasa(folder / "same", settings, own, "stock Rasa, our model") as same,
    ):
        systems = (ours, stock, same)
        rows = asyncio.run(turn_rows([system.party for system in systems]))
        mine, theirs, alike = (system.start_seconds for system in systems)
        rows.append(Row("start to ready", mine, theirs, "s", alike))
        mine, theirs, alike = (system.megabytes() for system in systems)
        rows.append(Row("memory after the load", mine, theirs, "MB", alike))
        return rows


def faq_rows(settings: Settings, folder: Path) -> list[Row]:
    """The index against the ResponseSelector."""
    mine, theirs = index_figures(settings), selector_figures(settings, folder / "selector")
    return [
        Row("FAQ build from nothing", mine.seconds, theirs.seconds, "s"),
        Row("FAQ hit@1, held out", mine.hit1, theirs.hit1, "share"),
        Row("in scope: answered", mine.answered, theirs.answered, "share"),
        Row("in scope: right among answered", mine.right, theirs.right, "share"),
        Row("off topic: answered", mine.off_topic, theirs.off_topic, "share"),
    ]


def show(rows: Sequence[Row]) -> None:
    """Print the table."""
    table = Table(
        *("figure", "this project", "stock Rasa", "ratio", "stock, our model", "ratio", "unit"),
        title="This project against stock Rasa",
    )
    for row in rows:
        digits = 3 if row.unit == "share" else 1
        cells = [row.name, f"{row.mine:.{digits}f}"]
        for theirs in (row.stock, row.same_model):
            known = theirs is not None
            cells.append(f"{theirs:.{digits}f}" if known else "–")
            cells.append(f"{row.mine / theirs:.2f}" if known and theirs else "–")
        table.add_row(*cells, row.unit)
    console = Console(width=110)
    console.print(table)
    console.print(
        f"Stock Rasa: REST channel, rasa-sdk's action server, trackers in memory, our rules and actions. Its "
        f"own pipeline is jieba, CountVectors and DIET ({EPOCHS_OF_STOCK} epochs); 'our model' is what the "
        f"service serves and a part of this project. Its FAQ is a ResponseSelector of {EPOCHS} epochs that "
        f"answers from confidence {THRESHOLD} on."
    )


def main() -> None:
    """Run everything, or the part that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--part", choices=("turns", "faq", "scale", "all"), default="all")
    part = parser.parse_args().part
    settings = Settings()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        rows: list[Row] = []
        if part in ("turns", "all"):
            print("turns: training stock Rasa's model, then starting all systems …", flush=True)
            rows += conversation_rows(settings, folder)
        if part in ("faq", "all"):
            print("FAQ: building the index and training the ResponseSelector (some minutes) …", flush=True)
            rows += faq_rows(settings, folder)
        if rows:
            show(rows)
        if part in ("scale", "all"):
            print("FAQs of several sizes (up to ten minutes for each training) …", flush=True)
            compare(settings, folder / "scale")


if __name__ == "__main__":
    main()
