"""Search among many lines, exact beside the graph: python -m benchmarks.search.

Lines and questions are drawn around real ones (`line_vectors.py`). Each index is built, saved and opened
again by a process of its own, as a service does it; there one thread asks one question after the other for
the lines that the retriever wants. Recall is the share of the ten nearest lines that are among the first
ten found. Memory is what the index adds to that process: pages of its file, which all processes share, and
the process's own. On a machine that is busy with other things only the processor's time says anything.
1,000,000 lines take some fifteen minutes on two idle cores and 7 GB.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.line_vectors import LineModel
from bot.faq.encoder import Vectors, load_encoder
from bot.faq.graph import NEIGHBOURS, recall_at_10
from bot.faq.index import LineIndex, SearchMethod
from bot.faq.retriever import NEAREST_LINES

SIZES = (10_000, 100_000, 1_000_000)
QUESTIONS = 2500
WARM_UP_PART = 5  # this part of the questions only brings the index into memory
SEARCH_SECONDS = 60.0
SEED = 20
BUILDS = {"exact": LineIndex.exact, "HNSW": LineIndex.approximate}


@dataclass(frozen=True)
class Searched:
    """What a process found and took.

    Rows, [questions, 10], milliseconds on the clock and of the processor for each question, and MiB of the
    file and of its own that the process holds for the index.
    """

    rows: NDArray[np.int64]
    clock: NDArray[np.float64]
    processor: NDArray[np.float64]
    file_mib: float
    own_mib: float


def search(folder: Path, method: SearchMethod, questions: Vectors) -> Searched:
    """Open an index and ask it, for a minute at most."""
    with threadpool_limits(1):
        before = _resident()
        index = LineIndex.load(folder, method)
        rows, clock, processor = [], [], []
        begun = time.perf_counter()
        for question in questions:
            started, worked = time.perf_counter(), time.thread_time()
            _, found = index.search(question[None], NEAREST_LINES)
            processor.append((time.thread_time() - worked) * 1000)
            clock.append((time.perf_counter() - started) * 1000)
            rows.append(found[0, :NEIGHBOURS])
            if time.perf_counter() - begun > SEARCH_SECONDS:
                break
        file_mib, own_mib = (now - then for now, then in zip(_resident(), before, strict=True))
    return Searched(np.stack(rows), np.array(clock), np.array(processor), file_mib, own_mib)


def _resident() -> tuple[float, float]:
    """MiB of files and of its own that this process has in memory."""
    status = Path("/proc/self/status").read_text("utf-8")
    found = dict(re.findall(r"(RssFile|RssAnon):\s+(\d+) kB", status))
    return int(found["RssFile"]) / 1024, int(found["RssAnon"]) / 1024


def row(name: str, lines: Vectors, questions: Vectors, nearest: Vectors, threads: int) -> str:
    """Build, save, search: one row of the table."""
    with tempfile.TemporaryDirectory(prefix="search-") as temporary:
        folder = Path(temporary)
        with threadpool_limits(threads):
            started, worked = time.perf_counter(), time.process_time()
            index = BUILDS[name](lines)
            seconds = time.perf_counter() - started, time.process_time() - worked
        index.save(folder)
        size = sum(path.stat().st_size for path in folder.iterdir()) / 2**20
        method = index.method
        del index
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            found = pool.submit(search, folder, method, questions).result()
    asked = len(found.rows)
    recall = recall_at_10(found.rows, nearest[:asked], lines, questions[:asked])
    warm = slice(asked // WARM_UP_PART, None)
    p50, p99 = np.percentile(found.clock[warm], (50, 99))
    cells = (
        f"{len(lines):,}",
        name if method.effort is None else f"{name}, efSearch {method.effort}",
        f"{seconds[0]:.1f} / {seconds[1]:.1f}",
        f"{size:.0f}",
        f"{found.file_mib + found.own_mib:.0f} / {max(found.own_mib, 0):.0f}",
        f"{p50:.2f} / {p99:.2f}",
        f"{np.percentile(found.processor[warm], 99):.2f}",
        f"{recall:.4f}",
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="LINES")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--build-threads", type=int, default=2)
    arguments = parser.parse_args()
    model = LineModel.of_project(load_encoder(Path("models"), threads=arguments.build_threads))
    for name, likeness in zip(("real", "drawn"), model.likeness(arguments.seed), strict=True):
        print(f"{name} lines: {likeness}")
    print("\n| lines | search | build s / CPU s | file MiB | memory MiB / own ", end="")
    print("| p50 / p99 ms | p99 CPU ms | recall@10 |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for size in arguments.sizes:
        lines, questions = model.draw(size, QUESTIONS, arguments.seed)
        nearest, _ = faiss.knn(questions, lines, NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
        for name in BUILDS:
            print(row(name, lines, questions, nearest, arguments.build_threads), flush=True)


if __name__ == "__main__":
    main()
