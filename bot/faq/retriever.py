"""Ranks entries for a question by meaning, words and characters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.faq.adapter import Adapter
from bot.faq.classifier import EntryClassifier, centre
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Vectors
from bot.faq.index import LineIndex, SearchMethod
from bot.faq.lexical import CharacterIndex, Postings, WordIndex, Words, character_grams
from bot.faq.scope import ScopeModel
from bot.faq.terms import TermCounts

NEAREST_LINES = 100
NEAREST_ENTRIES = 20
BACKGROUND_LINES = 50
RANKED_ENTRIES = 30
FEATURES = ("nearest", "classifier", "answer", "words", "characters")


class ScoredEntry(NamedTuple):
    """One entry for one question. `entry` and `line` are row numbers in the release.

    `nearest`: centred cosine of its best line; `classifier`: log of the entry classifier's probability,
    0 where there is none; `answer`: centred cosine of its answer; `words`: share of the question's BM25
    weight that the entry covers; `characters`: cosine of character n-grams; `score`: the fusion of them.
    """

    entry: int
    line: int
    nearest: float
    classifier: float
    answer: float
    words: float
    characters: float
    score: float = 0.0

    @property
    def features(self) -> tuple[float, ...]:
        """In the order of `FEATURES`."""
        return self[2:7]


@dataclass(frozen=True)
class Fusion:
    """Weight of each feature in the score; see `FEATURES`."""

    nearest: float
    classifier: float
    answer: float
    words: float
    characters: float

    @property
    def weights(self) -> NDArray[np.float64]:
        """In the order of `FEATURES`."""
        return np.array([self.nearest, self.classifier, self.answer, self.words, self.characters])


@dataclass(frozen=True)
class Ranking:
    """The entries for one question, best first, and what the question looks like as a whole.

    `background` is the mean centred cosine of the 50 nearest lines, `scope` the log odds that the
    question resembles the release's lines more than off-topic ones (0 without such a model), `length`
    its characters.
    """

    question: str
    entries: tuple[ScoredEntry, ...]
    background: float
    scope: float
    length: int

    def without(self, entry: int) -> Ranking:
        """The ranking as if the release had no such entry.

        It stands for a question in the shop's own tone that the release cannot answer.
        """
        return replace(self, entries=tuple(e for e in self.entries if e.entry != entry))

    def fused(self, fusion: Fusion) -> Ranking:
        """The same candidates scored and ordered by other weights; the best 30 are kept."""
        scores = self.features() @ fusion.weights
        order = np.argsort(-scores, kind="stable")[:RANKED_ENTRIES]
        found = zip(order.tolist(), scores[order].tolist(), strict=True)
        return replace(self, entries=tuple(self.entries[i]._replace(score=score) for i, score in found))

    def features(self) -> NDArray[np.float64]:
        """Shape [entries, features]; see `FEATURES`."""
        return np.array([entry.features for entry in self.entries]).reshape(-1, len(FEATURES))


@dataclass(frozen=True)
class TextCounts:
    """The words of every line, and the character n-grams of every line and then every off-topic text."""

    words: TermCounts
    grams: TermCounts

    @classmethod
    def of(cls, lines: Sequence[str], off_topic: Sequence[str], words: Words) -> TextCounts:
        """Count; about 0.1 ms a text."""
        return cls(TermCounts.of(lines, words), TermCounts.of([*lines, *off_topic], character_grams))

    def part(self, lines: NDArray[np.int64], off_topic: NDArray[np.int64]) -> TextCounts:
        """The counts of these lines and off-topic texts only."""
        grams = np.concatenate([lines, len(self.words) + off_topic])
        return TextCounts(self.words.take(lines), self.grams.take(grams))


class Retriever:
    """Question in, ranking out; holds everything of a release that scoring needs.

    Entry and line numbers are rows; `entry_of_line` maps the second to the first, in ascending order.
    """

    def __init__(
        self,
        index: LineIndex,
        entry_of_line: NDArray[np.int64],
        answers: Vectors,
        mean: Vectors,
        word_index: WordIndex,
        character_index: CharacterIndex,
        entry_classifier: EntryClassifier | None,
        scope_model: ScopeModel | None,
        fusion: Fusion,
        adapter: Adapter | None = None,
    ) -> None:
        if len(entry_of_line) != index.lines or np.any(np.diff(entry_of_line) < 0):
            raise ValueError("entry_of_line must be ascending and have one number a line")
        self.index = index
        self.entry_of_line = entry_of_line
        self.answers = answers
        self.mean = mean
        self.word_index = word_index
        self.character_index = character_index
        self.entry_classifier = entry_classifier
        self.scope_model = scope_model
        self.fusion = fusion
        self.adapter = adapter
        self._starts = np.searchsorted(entry_of_line, np.arange(len(answers) + 1))

    @classmethod
    def build(
        cls,
        lines: EncodedTexts,
        entry_of_line: NDArray[np.int64],
        answer_vectors: Vectors,
        off_topic: EncodedTexts,
        words: Words,
        fusion: Fusion,
        counts: TextCounts | None = None,
        start: EntryClassifier | None = None,
        *,
        exact: bool = False,
    ) -> Retriever:
        """Index the question lines.

        `answer_vectors` has one row an entry; a row of zeros means that it has no answer text.
        `off_topic` shows what a question beside the FAQ looks like. `counts` are those of these texts,
        if they were made before; `start` is a classifier of the same entries and nearly these lines.
        `exact` searches every line however many there are: no graph pays for an index of short life.
        """
        counts = counts or TextCounts.of(lines.texts, off_topic.texts, words)
        mean = np.concatenate([lines.final, off_topic.final]).mean(0, dtype=np.float64).astype(np.float32)
        centred = centre(lines.final, mean)
        answered = np.linalg.norm(answer_vectors, axis=1) > 0
        answers = np.zeros_like(answer_vectors)
        if answered.any():
            answers[answered] = centre(answer_vectors[answered], answer_vectors[answered].mean(0))
        count = len(answer_vectors)
        line_grams = counts.grams.take(np.arange(len(lines)))
        return cls(
            index=LineIndex.exact(centred) if exact else LineIndex.build(centred),
            entry_of_line=entry_of_line,
            answers=answers,
            mean=mean,
            word_index=WordIndex.over(words, counts.words.add_up(entry_of_line, count)),
            character_index=CharacterIndex.over(line_grams.add_up(entry_of_line, count)),
            entry_classifier=EntryClassifier.fit(lines, entry_of_line, count, start),
            scope_model=ScopeModel.fit(lines, off_topic, counts.grams),
            fusion=fusion,
        )

    @property
    def entries(self) -> int:
        """Number of entries."""
        return len(self.answers)

    def adapted(self, adapter: Adapter | None) -> Retriever:
        """The same retriever, whose lines and questions are compared through an adapter.

        Only a retriever without one can be adapted. None changes nothing.
        """
        if adapter is None:
            return self
        return Retriever(
            LineIndex.build(adapter.apply(self.index.vectors())),
            self.entry_of_line,
            self.answers,
            self.mean,
            self.word_index,
            self.character_index,
            self.entry_classifier,
            self.scope_model,
            self.fusion,
            adapter,
        )

    def fit_adapter(self) -> Adapter | None:
        """An adapter for the lines of a retriever that has none; None where they are too few."""
        return Adapter.fit(self.index.vectors(), self.entry_of_line)

    def rank(self, question: EncodedTexts) -> Ranking:
        """Rank the entries for one question; about 0.5 ms.

        The best 30 entries are ranked, which is all for smaller releases.
        """
        return self.rank_all(question)[0]

    def rank_all(self, questions: EncodedTexts) -> list[Ranking]:
        """Rank the entries for each question."""
        if not len(questions):
            return []
        centred = centre(questions.final, self.mean)
        sought = self.adapter.apply(centred) if self.adapter is not None else centred
        cosines, rows = self.index.search(sought, NEAREST_LINES)
        backgrounds = cosines[:, :BACKGROUND_LINES].mean(1).tolist()
        classes: Sequence[Vectors | None] = [None] * len(questions)
        if self.entry_classifier is not None:
            classes = list(self.entry_classifier.log_probabilities(questions))
        scopes = [0.0] * len(questions)
        if self.scope_model is not None:
            scopes = self.scope_model.log_odds(questions)
        return [
            Ranking(text, self._score(text, *vectors), background, scope, len(text)).fused(self.fusion)
            for text, background, scope, *vectors in zip(
                questions.texts, backgrounds, scopes, centred, sought, rows, classes, strict=True
            )
        ]

    def _score(
        self,
        text: str,
        centred: Vectors,
        sought: Vectors,
        rows: NDArray[np.int64],
        classes: Vectors | None,
    ) -> tuple[ScoredEntry, ...]:
        """The entries that any of the features puts among the first, in the order of their rows."""
        words = self.word_index.coverage(text)
        characters = self.character_index.scores(text)
        wanted = [self.entry_of_line[rows], _largest(words), _largest(characters)]
        if classes is not None:
            wanted.append(_largest(classes))
        entries = np.unique(np.concatenate(wanted))
        nearest, lines = self._nearest_lines(sought, entries)
        features = np.stack(
            [
                nearest,
                classes[entries] if classes is not None else np.zeros(len(entries)),
                self.answers[entries] @ centred,
                words[entries],
                characters[entries],
            ],
            axis=1,
        ).astype(np.float64)
        found = zip(entries.tolist(), lines.tolist(), features.tolist(), strict=True)
        return tuple(ScoredEntry(entry, line, *row) for entry, line, row in found)

    def _nearest_lines(
        self, question: Vectors, entries: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Cosine and row of the best line of each entry."""
        lengths = self._starts[entries + 1] - self._starts[entries]
        ends = np.cumsum(lengths)
        starts = ends - lengths
        rows = np.repeat(self._starts[entries] - starts, lengths) + np.arange(ends[-1])
        cosines = self.index.cosines(question, rows)
        best = np.maximum.reduceat(cosines, starts)
        places = np.flatnonzero(cosines == np.repeat(best, lengths))
        return best, rows[places[np.searchsorted(places, starts)]]

    def save(self, folder: Path) -> None:
        """Write all parts into `folder`."""
        self.index.save(folder)
        np.savez(
            folder / "entries.npz", entry_of_line=self.entry_of_line, answers=self.answers, mean=self.mean
        )
        self.word_index.postings.save(folder, "words")
        self.character_index.postings.save(folder, "characters")
        (folder / "dictionary.txt").write_text(self.word_index.words.dictionary, "utf-8")
        (folder / "fusion.json").write_text(json.dumps(asdict(self.fusion), indent=2), "utf-8")
        if self.entry_classifier is not None:
            self.entry_classifier.save(folder)
        if self.scope_model is not None:
            self.scope_model.save(folder)
        if self.adapter is not None:
            self.adapter.save(folder)

    @classmethod
    def load(cls, folder: Path, method: SearchMethod, words: Words | None = None) -> Retriever:
        """The inverse of `save`; `words` serve again when they are of the same dictionary."""
        with np.load(folder / "entries.npz") as arrays:
            entry_of_line, answers, mean = arrays["entry_of_line"], arrays["answers"], arrays["mean"]
        dictionary = (folder / "dictionary.txt").read_text("utf-8")
        if words is None or words.dictionary != dictionary:
            words = Words(dictionary)
            words.load()
        return cls(
            index=LineIndex.load(folder, method),
            entry_of_line=entry_of_line,
            answers=answers,
            mean=mean,
            word_index=WordIndex(words, Postings.load(folder, "words")),
            character_index=CharacterIndex(Postings.load(folder, "characters")),
            entry_classifier=EntryClassifier.load(folder),
            scope_model=ScopeModel.load(folder),
            fusion=Fusion(**json.loads((folder / "fusion.json").read_text("utf-8"))),
            adapter=Adapter.load(folder),
        )


def _largest(values: NDArray[np.float32]) -> NDArray[np.int64]:
    count = min(NEAREST_ENTRIES, len(values))
    found: NDArray[np.int64] = np.argpartition(-values, count - 1)[:count]
    return found
