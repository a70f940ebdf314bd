"""Rankings of questions that the retriever has not seen, made from the release's own lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.faq.classifier import EntryClassifier
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Vectors
from bot.faq.lexical import Words
from bot.faq.retriever import Fusion, Ranking, Retriever, TextCounts

FOLDS = 8
MAX_LINES_FOR_ALL_FOLDS = 10_000
MAX_HELD_OUT = 2_000
NEAR_QUANTILE = 0.75
NEAR_COSINE = 0.83  # that quantile in the shop's FAQ
MIN_INSIDE = 50


@dataclass(frozen=True)
class HeldOut:
    """A question's ranking by a retriever built without it; `entry` is the right row, None: off topic."""

    ranking: Ranking
    entry: int | None
    fold: int

    @property
    def right(self) -> bool:
        """Whether the best entry is the right one."""
        return bool(self.ranking.entries) and self.ranking.entries[0].entry == self.entry

    @property
    def nearest(self) -> float:
        """Centred cosine of the nearest line."""
        return max((entry.nearest for entry in self.ranking.entries), default=-1.0)

    def fused(self, fusion: Fusion) -> HeldOut:
        """The same question under other weights."""
        return replace(self, ranking=self.ranking.fused(fusion))


def drop_answerable(held_out: Sequence[HeldOut]) -> tuple[list[HeldOut], list[str]]:
    """Leave out off-topic questions that this FAQ seems to answer, and name them.

    A bank written for one shop holds questions that another FAQ answers. Those that stand nearer to a
    line than three quarters of the held-out in-scope questions do would teach the wrong lesson. When
    most of the bank does, it is the measure that fails, and all of it stays.
    """
    inside = [h.nearest for h in held_out if h.entry is not None]
    limit = float(np.quantile(inside, NEAR_QUANTILE)) if len(inside) >= MIN_INSIDE else NEAR_COSINE
    outside = [h for h in held_out if h.entry is None]
    answerable = [h for h in outside if h.nearest >= limit]
    if 2 * len(answerable) > len(outside):
        return list(held_out), []
    kept = [h for h in held_out if h.entry is not None or h.nearest < limit]
    return kept, [h.ranking.question for h in answerable]


@dataclass(frozen=True)
class Round:
    """A retriever, and the questions with their right entries and off-topic texts that it has not seen."""

    fold: int
    retriever: Retriever
    inside: EncodedTexts
    rights: NDArray[np.int64]
    outside: EncodedTexts

    def ask(self, retriever: Retriever) -> list[HeldOut]:
        """Rank the questions and then the off-topic texts, by a retriever over the same lines."""
        rankings = retriever.rank_all(EncodedTexts.join([self.inside, self.outside]))
        rights: list[int | None] = [*self.rights.tolist(), *([None] * len(self.outside))]
        return [HeldOut(ranking, right, self.fold) for ranking, right in zip(rankings, rights, strict=True)]


@dataclass(frozen=True)
class Corpus:
    """What a retriever is built from; see `Retriever.build`."""

    lines: EncodedTexts
    entry_of_line: NDArray[np.int64]
    answer_vectors: Vectors
    off_topic: EncodedTexts
    words: Words
    counts: TextCounts | None = None

    def counted(self) -> Corpus:
        """The same with its terms counted, which is worth it when several retrievers are built."""
        if self.counts is not None:
            return self
        self.words.keep([*self.lines.texts, *self.off_topic.texts])
        return replace(self, counts=TextCounts.of(self.lines.texts, self.off_topic.texts, self.words))

    def retriever(
        self, fusion: Fusion, start: EntryClassifier | None = None, *, exact: bool = False
    ) -> Retriever:
        """The retriever over all lines; `start` and `exact` as in `Retriever.build`."""
        return Retriever.build(
            self.lines,
            self.entry_of_line,
            self.answer_vectors,
            self.off_topic,
            self.words,
            fusion,
            self.counts,
            start,
            exact=exact,
        )

    def part(self, lines: NDArray[np.int64], off_topic: NDArray[np.int64]) -> Corpus:
        """The corpus with these lines and off-topic texts only."""
        return replace(
            self,
            lines=self.lines.take(lines),
            entry_of_line=self.entry_of_line[lines],
            off_topic=self.off_topic.take(off_topic),
            counts=self.counts.part(lines, off_topic) if self.counts else None,
        )

    def rounds(self, fusion: Fusion, progress: Callable[[str], None]) -> Iterator[Round]:
        """Retrievers over parts of the corpus, each with the questions that it was built without.

        All lines of entries with two or more are asked, in 8 rounds; for more than 10,000 lines one round
        of at most 2,000 lines and half of the off-topic texts. Lines that repeat a line of the same entry
        word for word are left out of the questions: they would be found by their twin, which says nothing
        about customers.
        """
        corpus = self.counted()
        line_folds = self.line_folds()
        large = len(self.lines) > MAX_LINES_FOR_ALL_FOLDS
        rounds, off_topic_parts = (1, 2) if large else (FOLDS, FOLDS)
        off_topic_folds = np.random.default_rng(1).permutation(len(self.off_topic)) % off_topic_parts
        for fold in range(rounds):
            progress(f"calibration: held-out round {fold + 1} of {rounds}")
            held = np.flatnonzero(line_folds == fold)
            if large:
                held = np.random.default_rng(3).permutation(held)[:MAX_HELD_OUT]
            kept = np.setdiff1d(np.arange(len(self.lines)), held)
            others = off_topic_folds != fold
            yield Round(
                fold,
                corpus.part(kept, np.flatnonzero(others)).retriever(fusion, exact=True),
                self.lines.take(held),
                self.entry_of_line[held],
                self.off_topic.take(np.flatnonzero(~others)),
            )

    def line_folds(self) -> NDArray[np.int64]:
        """A fold for each line, −1 for lines that stay in every index.

        An entry's lines are spread over the folds so that each round leaves it at least one.
        """
        rng = np.random.default_rng(0)
        folds = np.full(len(self.lines), -1, np.int64)
        for entry in np.unique(self.entry_of_line):
            rows = np.flatnonzero(self.entry_of_line == entry)
            texts = [self.lines.texts[int(i)] for i in rows]
            single = np.array([texts.count(text) == 1 for text in texts])
            if len(rows) > 1:
                spread = (rng.permutation(len(rows)) + rng.integers(FOLDS)) % FOLDS
                folds[rows] = np.where(single, spread, -1)
        return folds
