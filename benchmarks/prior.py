"""Fit the prior that comes with the package: python -m benchmarks.prior.

The 标准问 of the shop's FAQ alone are indexed, its 相似问 are asked; off-topic questions are asked of
indexes that were built without them. Once with the answers, once as if there were none. Writes the
prior files beside bot/faq/prior.py. Takes a minute.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from bot.faq.calibrate import fit_calibration
from bot.faq.cross_validation import FOLDS, Corpus, HeldOut
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import load_encoder
from bot.faq.fusion import fit_fusion
from bot.faq.lexical import Words
from bot.faq.normalize import normalize
from bot.faq.off_topic import load_off_topic
from bot.faq.prior import PRIOR_FILES, Prior
from bot.faq.retriever import Fusion
from bot.faq.topic_file import load_entries

START = Fusion(nearest=5, classifier=1, answer=4, words=4, characters=2)
QUESTIONS = 2000
# Shared words count for little beside meaning where an entry has one question: on LCQMC more than a
# tenth of the cosine's weight for characters loses hit@1 (`benchmarks/retrieval.py`), while the shop's
# own similar questions, written to differ in meaning, would ask for half.
LEXICAL_SHARE = 0.1


def main() -> None:
    """Fit and write the prior, and print what it learnt."""
    encoder = load_encoder(Path("models"), threads=2)
    entries = load_entries(Path("data/faq"))
    corpus = Corpus(
        lines=EncodedTexts.encode(encoder, [normalize(entry.question) for entry in entries]),
        entry_of_line=np.arange(len(entries)),
        answer_vectors=encoder.encode([normalize(entry.answer) for entry in entries]),
        off_topic=EncodedTexts.encode(encoder, load_off_topic(Path("data/off_topic.txt"))),
        words=Words(Path("data/nlu/shop_words.txt").read_text("utf-8")),
    )
    asked = [(normalize(text), row) for row, entry in enumerate(entries) for text in entry.similar]
    rng = np.random.default_rng(0)
    asked = [asked[i] for i in rng.permutation(len(asked))[:QUESTIONS]]
    questions = EncodedTexts.encode(encoder, [text for text, _ in asked])
    for with_answers, path in PRIOR_FILES.items():
        vectors = corpus.answer_vectors if with_answers else np.zeros_like(corpus.answer_vectors)
        prior = fit_prior(replace(corpus, answer_vectors=vectors), questions, [row for _, row in asked])
        prior.save(path)
        hit1 = np.mean([p.is_right for p in prior.predictions if not p.off_topic])
        print(f"{path.name}: {prior.fusion}, hit@1 {hit1:.3f} of {len(asked)} questions")


def fit_prior(corpus: Corpus, questions: EncodedTexts, rows: list[int]) -> Prior:
    """The prior of an index; `rows` holds the right entry of each question."""
    off_topic_folds = np.random.default_rng(0).permutation(len(corpus.off_topic)) % FOLDS
    held_out: list[HeldOut] = []
    for fold in range(FOLDS):
        kept, held = np.flatnonzero(off_topic_folds != fold), np.flatnonzero(off_topic_folds == fold)
        retriever = corpus.part(np.arange(len(corpus.lines)), kept).retriever(START)
        held_out += [
            HeldOut(retriever.rank(questions.row(i)), rows[i], fold) for i in range(fold, len(rows), FOLDS)
        ]
        held_out += [HeldOut(retriever.rank(corpus.off_topic.row(int(i))), None, fold) for i in held]
    fitted = fit_fusion(held_out, START)
    lexical = LEXICAL_SHARE * fitted.nearest
    fusion = replace(fitted, words=lexical, characters=lexical)
    fit = fit_calibration([h.fused(fusion) for h in held_out], None)
    return Prior(fusion, fit.calibration.right, fit.calibration.scope, fit.predictions)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
