"""From entries to a responder: index, weights, calibration, thresholds, and the report on their risk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from bot.errors import ConfigurationError
from bot.faq.calibrate import Calibration, fit_calibration
from bot.faq.classifier import EntryClassifier
from bot.faq.cross_validation import Corpus, drop_answerable
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry
from bot.faq.fusion import fit_fusion
from bot.faq.lexical import Words
from bot.faq.normalize import normalize
from bot.faq.prior import Prior
from bot.faq.report import Report
from bot.faq.responder import Responder
from bot.faq.retriever import Fusion
from bot.faq.thresholds import choose_thresholds

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
) -> Fitted:
    """Build all of it from the lines alone; about 18 s for 5,800 lines of 218 entries on one core.

    `target` is the accepted share of wrong answers among answers.
    """
    with _one_thread():
        corpus = corpus.counted()
        prior = Prior.load(with_answers=bool(corpus.answer_vectors.any()))
        held_out, answerable = drop_answerable(corpus.held_out(prior.fusion, progress))
        if answerable:
            progress(f"calibration: left out as answerable: {'、'.join(answerable[:10])}")
        fusion = fit_fusion(held_out, prior.fusion)
        fit = fit_calibration([h.fused(fusion) for h in held_out], prior)
        thresholds = choose_thresholds(fit.predictions, target)
        progress("calibration: done, building the index over all lines")
        retriever = corpus.retriever(fusion)
    responder = Responder(entries, retriever, fit.calibration, thresholds, encoder, name)
    return Fitted(responder, Report.of(entries, fit.asked, fit.predictions, thresholds, fit.own))


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
        retriever = corpus.retriever(before.fusion, before.classifier)
    responder = Responder(entries, retriever, before.calibration, thresholds, encoder, name)
    return Fitted(responder, before.report.under(thresholds))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Several threads on these small products cost more than they gain, and starve the other processes."""
    import scipy.linalg  # noqa: F401  its BLAS can be limited only once it is loaded
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
