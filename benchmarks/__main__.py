"""`make bench`: this project against stock Rasa, one table in one run; ratios are what counts."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.faq import index_figures, selector_figures
from benchmarks.parties import Running, service, stock_rasa
from benchmarks.selector import EPOCHS, THRESHOLD
from benchmarks.turns import CUSTOMERS, FAQ_TEXTS, INTENT_TEXTS, interleaved, throughput
from bot.config import Settings

TURNS = 100
ROUNDS = 3
Row = tuple[str, float, float, str]


async def turn_rows(ours: Running, stock: Running) -> list[Row]:
    """Latency of both kinds of turn and throughput, the two systems in turn."""
    parties = (ours.party, stock.party)
    rows: list[Row] = []
    for name, texts in (("intent turn", INTENT_TEXTS), ("FAQ turn", FAQ_TEXTS)):
        mine, theirs = await interleaved(parties, texts, TURNS)
        rows += [(f"{name} p50", mine.p50, theirs.p50, "ms"), (f"{name} p95", mine.p95, theirs.p95, "ms")]
    for name, texts in (("intent turns", INTENT_TEXTS), ("FAQ turns", FAQ_TEXTS)):
        rates = [[await throughput(party, texts) for party in parties] for _ in range(ROUNDS)]
        mine_rate, their_rate = (sorted(column)[ROUNDS // 2] for column in zip(*rates, strict=True))
        rows.append((f"{name} with {CUSTOMERS} customers", mine_rate, their_rate, "messages/s"))
    return rows


def conversation_rows(settings: Settings, folder: Path) -> list[Row]:
    """Everything about turns; both systems run during the same minutes."""
    for name in ("ours", "stock"):
        (folder / name).mkdir()
    with service(folder / "ours") as ours, stock_rasa(folder / "stock", settings) as stock:
        rows = asyncio.run(turn_rows(ours, stock))
        rows.append(("start to ready", ours.start_seconds, stock.start_seconds, "s"))
        rows.append(("memory after the load", ours.megabytes(), stock.megabytes(), "MB"))
        return rows


def faq_rows(settings: Settings, folder: Path) -> list[Row]:
    """The index against the ResponseSelector."""
    mine, theirs = index_figures(settings), selector_figures(settings, folder / "selector")
    return [
        ("FAQ build from nothing", mine.seconds, theirs.seconds, "s"),
        ("FAQ hit@1, held out", mine.hit1, theirs.hit1, "share"),
        ("in scope: answered", mine.answered, theirs.answered, "share"),
        ("in scope: right among answered", mine.right, theirs.right, "share"),
        ("off topic: answered", mine.off_topic, theirs.off_topic, "share"),
    ]


def show(rows: Sequence[Row]) -> None:
    """Print the table."""
    table = Table(
        "figure", "this project", "stock Rasa", "unit", "ratio", title="This project against stock Rasa"
    )
    for name, mine, theirs, unit in rows:
        digits = 3 if unit == "share" else 1
        ratio = f"{mine / theirs:.2f}" if theirs else "–"
        table.add_row(name, f"{mine:.{digits}f}", f"{theirs:.{digits}f}", unit, ratio)
    console = Console(width=110)
    console.print(table)
    console.print(
        f"Stock Rasa: REST channel, rasa-sdk's action server, trackers in memory, same model; its FAQ is a "
        f"ResponseSelector of {EPOCHS} epochs that answers from confidence {THRESHOLD} on."
    )


def main() -> None:
    """Run everything, or the part that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--part", choices=("turns", "faq", "all"), default="all")
    part = parser.parse_args().part
    settings = Settings()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        rows: list[Row] = []
        if part in ("turns", "all"):
            print("turns: starting both systems …", flush=True)
            rows += conversation_rows(settings, folder)
        if part in ("faq", "all"):
            print("FAQ: building the index and training the ResponseSelector (some minutes) …", flush=True)
            rows += faq_rows(settings, folder)
        show(rows)


if __name__ == "__main__":
    main()
