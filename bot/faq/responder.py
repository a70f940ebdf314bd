"""A fitted FAQ in memory: question in, decision out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from bot.errors import ConfigurationError
from bot.faq.calibrate import Calibration, fit_calibration
from bot.faq.cross_validation import Corpus, drop_answerable
from bot.faq.decision import Answer, Clarify, Decision, Judged, Judgement, Thresholds, decide
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry
from bot.faq.fusion import fit_fusion
from bot.faq.lexical import Words
from bot.faq.normalize import normalize
from bot.faq.prior import Prediction, Prior
from bot.faq.retriever import Retriever
from bot.faq.thresholds import Estimate, choose_thresholds, estimate
from bot.messages import Candidate, DecisionKind, DecisionRecord

SHOWN_CANDIDATES = 5
Progress = Callable[[str], None]
Today = Callable[[], date]


def today_in(timezone: str = "Asia/Shanghai") -> Today:
    """A clock that gives the day in a time zone. Raises ZoneInfoNotFoundError for an unknown name."""
    zone = ZoneInfo(timezone)
    return lambda: datetime.now(zone).date()


@dataclass(frozen=True)
class Reply:
    """What the FAQ makes of one question: the decision's entries and its record for the trace.

    `entries` holds the answer's entry, the entries to choose from, or nothing.
    """

    decision: Decision
    entries: tuple[Entry, ...]
    record: DecisionRecord


class Responder:
    """Searches, judges and decides by one set of entries, calibration and thresholds. Thread-safe.

    An entry that customers may not read `today` is treated as if the release did not have it.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        retriever: Retriever,
        calibration: Calibration,
        thresholds: Thresholds,
        encoder: Encoder,
        name: str = "",
        today: Today | None = None,
    ) -> None:
        if retriever.entries != len(entries):
            raise ValueError(f"{len(entries)} entries do not go with a retriever of {retriever.entries}")
        self.entries = tuple(entries)
        self.retriever = retriever
        self.calibration = calibration
        self.thresholds = thresholds
        self.encoder = encoder
        self.name = name
        self.today = today or today_in()
        self._by_id = {entry.id: entry for entry in self.entries}
        self._sometimes_hidden = [row for row, entry in enumerate(self.entries) if not entry.always_shown]

    def entry(self, identifier: str) -> Entry | None:
        """The entry with this id, or None when there is none that customers may read today."""
        entry = self._by_id.get(identifier)
        return entry if entry is not None and entry.shown_on(self.today()) else None

    def judge(self, text: str) -> Judgement:
        """Probabilities of the entries for a question as typed; none for a text of nothing."""
        question = normalize(text)
        if not question:
            return Judgement((), 0.0)
        ranking = self.retriever.rank(EncodedTexts.encode(self.encoder, [question]))
        if self._sometimes_hidden:
            today = self.today()
            for row in self._sometimes_hidden:
                if not self.entries[row].shown_on(today):
                    ranking = ranking.without(row)
        return self.calibration.judge(ranking)

    def reply(self, text: str) -> Reply:
        """Decide about a question as typed; 5 to 10 ms, nearly all of it the encoder's."""
        started = time.perf_counter()
        judgement = self.judge(text)
        decision = decide(judgement, self.thresholds)
        kind: DecisionKind = "no_answer"
        chosen: tuple[Judged, ...] = ()
        if isinstance(decision, Answer):
            kind, chosen = "answer", (decision.candidate,)
        elif isinstance(decision, Clarify):
            kind, chosen = "clarify", decision.candidates
        entries = tuple(self.entries[candidate.entry] for candidate in chosen)
        record = DecisionRecord(
            decision=kind,
            entry=entries[0].id if kind == "answer" else None,
            probability=judgement.candidates[0].probability if judgement.candidates else 0.0,
            in_scope=judgement.in_scope,
            candidates=tuple(
                Candidate(
                    entry=self.entries[judged.entry].id,
                    question=self.entries[judged.entry].question,
                    probability=judged.probability,
                    score=judged.score,
                )
                for judged in judgement.candidates[:SHOWN_CANDIDATES]
            ),
            retrieve_ms=round((time.perf_counter() - started) * 1000, 2),
            release=self.name,
        )
        return Reply(decision, entries, record)


@dataclass(frozen=True)
class Fitted:
    """A responder and what its held-out questions said."""

    responder: Responder
    predictions: tuple[Prediction, ...]
    estimate: Estimate
    own_calibration: bool


def make_corpus(
    entries: Sequence[Entry],
    off_topic: Sequence[str],
    dictionary: str,
    encode: Callable[[Sequence[str]], EncodedTexts],
) -> Corpus:
    """Normalise and encode everything that a retriever is built from.

    Raises ConfigurationError for an FAQ without entries.
    """
    if not entries:
        raise ConfigurationError("the FAQ holds no entry")
    pairs = [(normalize(question), row) for row, entry in enumerate(entries) for question in entry.questions]
    pairs = list(dict.fromkeys(pairs))
    answers = [normalize(entry.answer) for entry in entries]
    vectors = np.array(encode(answers).final)
    vectors[[not answer for answer in answers]] = 0
    return Corpus(
        lines=encode([text for text, _ in pairs]),
        entry_of_line=np.array([row for _, row in pairs], np.int64),
        answer_vectors=vectors,
        off_topic=encode(off_topic),
        words=Words(dictionary),
    )


def fit_responder(
    entries: Sequence[Entry],
    corpus: Corpus,
    encoder: Encoder,
    target: float,
    progress: Progress,
    name: str = "",
) -> Fitted:
    """Build index, weights, calibration and thresholds; about 20 s for 1,500 lines on one core.

    `target` is the accepted share of wrong answers among answers.
    """
    import scipy.linalg  # noqa: F401  its BLAS is limited only when it is loaded before
    from threadpoolctl import threadpool_limits

    # Several threads on these small products cost more than they gain, and starve the other processes.
    with threadpool_limits(1):
        prior = Prior.load(with_answers=bool(corpus.answer_vectors.any()))
        held_out, answerable = drop_answerable(corpus.held_out(prior.fusion, progress))
        if answerable:
            progress(f"calibration: left out as answerable: {'、'.join(answerable[:10])}")
        fusion = fit_fusion(held_out, prior.fusion)
        held_out = [h.fused(fusion) for h in held_out]
        fit = fit_calibration(held_out, prior)
        thresholds = choose_thresholds(fit.predictions, target)
        progress("calibration: done, building the index over all lines")
        retriever = corpus.retriever(fusion)
    responder = Responder(entries, retriever, fit.calibration, thresholds, encoder, name)
    return Fitted(responder, fit.predictions, estimate(fit.predictions, thresholds), fit.own)
