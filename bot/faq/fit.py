"""From entries to a responder: index, weights, calibration, thresholds, and the report on their risk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from bot.errors import ConfigurationError
from bot.faq.adapter import Adapter
from bot.faq.calibrate import Calibration, CalibrationFit, fit_calibration
from bot.faq.classifier import EntryClassifier
from bot.faq.cross_validation import Corpus, HeldOut, drop_answerable
from bot.faq.decision import Thresholds
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry
from bot.faq.fusion import learn_fusion
from bot.faq.lexical import Words
from bot.faq.normalize import normalize
from bot.faq.prior import Prior
from bot.faq.report import Report
from bot.faq.responder import Responder
from bot.faq.retriever import Fusion
from bot.faq.thresholds import choose_thresholds
from bot.faq.trial import Trial, Tried, gains_between

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Fitted:
    """A responder and what its held-out questions said."""

    responder: Responder
    report: Report


@dataclass(frozen=True)
class FittedBefore:
    """What a release that differs little hands on.

    `classifier` has its weights in the order of the new entries; the new one is sought from there.
    """

    fusion: Fusion
    calibration: Calibration
    report: Report
    classifier: EntryClassifier | None
    adapter: Adapter | None


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
    pairs = question_lines(entries)
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


def question_lines(entries: Sequence[Entry]) -> list[tuple[str, int]]:
    """Every question as it is indexed, once an entry, with the row of its entry."""
    pairs = [(normalize(question), row) for row, entry in enumerate(entries) for question in entry.questions]
    return list(dict.fromkeys(pairs))


def fit_responder(
    entries: Sequence[Entry],
    corpus: Corpus,
    encoder: Encoder,
    target: float,
    progress: Progress,
    name: str = "",
    *,
    adapt: bool = False,
) -> Fitted:
    """Build all of it from the lines alone; about 18 s for 5,800 lines of 218 entries on one core.

    `target` is the accepted share of wrong answers among answers. `adapt` tries an adapter, too, fitted
    anew in every held-out round, and keeps it only if it helps; the report says what became of it.
    """
    with _one_thread():
        corpus = corpus.counted()
        prior = Prior.load(with_answers=bool(corpus.answer_vectors.any()))
        plain: list[HeldOut] = []
        adapted: list[HeldOut] = []
        for turn in corpus.rounds(prior.fusion, progress):
            plain += turn.ask(turn.retriever)
            if adapt:
                adapted += turn.ask(turn.retriever.adapted(turn.retriever.fit_adapter()))
        held_out, answerable = drop_answerable(plain)
        if answerable:
            progress(f"calibration: left out as answerable: {'、'.join(answerable[:10])}")
        learned = _Learned.of(held_out, prior, target)
        kept = False
        if adapt:
            dropped = set(answerable)
            adapted = [h for h in adapted if h.entry is not None or h.ranking.question not in dropped]
            learned, kept = learned.or_adapted(_Learned.of(adapted, prior, target))
        progress("calibration: done, building the index over all lines")
        retriever = corpus.retriever(learned.fusion, exact=kept)
        if kept:
            retriever = retriever.adapted(retriever.fit_adapter())
    fit, thresholds = learned.fit, learned.thresholds
    responder = Responder(entries, retriever, fit.calibration, thresholds, encoder, name)
    report = Report.of(entries, fit.asked, fit.predictions, thresholds, fit.own)
    return Fitted(responder, replace(report, trials=learned.trials))


@dataclass(frozen=True)
class _Learned:
    """What held-out questions teach."""

    fusion: Fusion
    fit: CalibrationFit
    thresholds: Thresholds
    trials: tuple[Trial, ...]

    @classmethod
    def of(cls, held_out: Sequence[HeldOut], prior: Prior, target: float) -> _Learned:
        fusion, trial = learn_fusion(held_out, prior.fusion)
        fit = fit_calibration([h.fused(fusion) for h in held_out], prior)
        return cls(fusion, fit, choose_thresholds(fit.predictions, target), (trial,))

    def or_adapted(self, adapted: _Learned) -> tuple[_Learned, bool]:
        """Whichever is better, with the trial of the adapter, and whether that is the adapted one."""
        trial = Trial("adapter", gains_between(self._tried(), adapted._tried()))
        best = adapted if trial.kept else self
        return replace(best, trials=(*best.trials, trial)), trial.kept

    def _tried(self) -> list[Tried]:
        """Nothing under the prior's calibration, whose predictions are those of other questions."""
        if not self.fit.own:
            return []
        answers = [p.right >= self.thresholds.answer for p in self.fit.predictions]
        return [
            Tried(h.ranking.question, h.entry, h.right, answered)
            for h, answered in zip(self.fit.asked, answers, strict=True)
        ]


def index_anew(
    entries: Sequence[Entry],
    corpus: Corpus,
    encoder: Encoder,
    target: float,
    before: FittedBefore,
    name: str = "",
) -> Fitted:
    """Build the index over all lines, under weights and a calibration that were fitted before."""
    thresholds = choose_thresholds(before.report.predictions, target)
    with _one_thread():
        adapter = before.adapter
        plain = corpus.retriever(before.fusion, before.classifier, exact=adapter is not None)
        retriever = plain.adapted(adapter)
    responder = Responder(entries, retriever, before.calibration, thresholds, encoder, name)
    return Fitted(responder, before.report.under(thresholds))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Several threads on these small products cost more than they gain, and starve the other processes."""
    import scipy.linalg  # noqa: F401  its BLAS can be limited only once it is loaded
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
