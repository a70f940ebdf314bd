"""Fine-tunes the encoder on the FAQ's own questions: an off-line job whose result is a folder to try.

Only this file and its like import torch; what serves never does.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import ConfigurationError
from bot.faq.classifier import centre
from bot.faq.cross_validation import FOLDS, Corpus
from bot.faq.decision import Answer, decide
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder, EncoderCard, encoder_folder, load_encoder
from bot.faq.entry import Entry
from bot.faq.export import build_encoder
from bot.faq.fit import fit_responder, make_corpus
from bot.faq.known_vectors import KnownVectors
from bot.faq.library_encoder import LIBRARY_FOLDER
from bot.faq.neighbours import Neighbours
from bot.faq.off_topic import load_off_topic
from bot.faq.release import Sources
from bot.faq.topic_file import load_entries
from bot.faq.trial import Trial, Tried, gains_between

Progress = Callable[[str], None]

HELD_FOLDS = 2  # of 8: a quarter of the lines
BATCH = 32
LEARNING_RATE = 2e-5
WARM_UP = 0.1
SHARPNESS = 50.0
SHOWN_STEPS = 10


def fine_tune(
    sources: Sources, models: Path, out: Path, epochs: int, target: float, progress: Progress
) -> Trial:
    """Write a sentence-transformers folder to `out`, and say whether it is worth using.

    Three quarters of each entry's lines teach, the other quarter and a quarter of the off-topic texts are
    asked of the exported encoder, as it would serve, and of the current one; neither ever saw them.
    `target` is the accepted share of wrong answers. Takes minutes. Raises ConfigurationError when the
    trainer or a source is missing, when `out` exists, or when the FAQ has too few similar questions.
    """
    if out.exists():
        raise ConfigurationError(f"{out} exists already: name a new folder")
    for package in ("accelerate", "datasets", "sentence_transformers"):
        if importlib.util.find_spec(package) is None:
            raise ConfigurationError(f"fine-tuning needs the package {package}: run `make setup`")
    entries, off_topic = load_entries(sources.entries), load_off_topic(sources.off_topic)
    threads = os.cpu_count() or 1
    before = load_encoder(models, threads)
    exam = _Exam(entries, off_topic, sources.dictionary(), target, progress)
    corpus = exam.corpus(KnownVectors.of_newest(models, before, progress))
    taught = exam.taught(corpus)
    batches = batches_of_triplets(taught, epochs)
    if not batches:
        raise ConfigurationError("fine-tuning needs entries with two or more questions, at least 20 in all")
    folder = encoder_folder(models)
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".tuning-", dir=out.parent))
    try:
        fresh = work / "tuned"
        # The libraries narrate what they load; what matters is told by `progress`.
        logging.disable(logging.WARNING)
        try:
            prompt = EncoderCard.read(folder).prompt
            _train(folder / LIBRARY_FOLDER, prompt, taught.lines.texts, batches, fresh, progress)
        finally:
            logging.disable(logging.NOTSET)
        build_encoder(str(fresh), work, progress)
        progress("fine-tuning: asking the held-out questions, before and after")
        after = load_encoder(work, threads)
        fresh_corpus = exam.corpus(KnownVectors(after, None, progress))
        gains = gains_between(exam.ask(corpus, before), exam.ask(fresh_corpus, after))
        fresh.rename(out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Trial("encoder", gains)


@dataclass(frozen=True)
class _Exam:
    """What is taught and what is asked, the same for both encoders."""

    entries: Sequence[Entry]
    off_topic: Sequence[str]
    dictionary: str
    target: float
    progress: Progress

    def corpus(self, vectors: KnownVectors) -> Corpus:
        return make_corpus(self.entries, self.off_topic, self.dictionary, vectors.encode)

    def taught(self, corpus: Corpus) -> Corpus:
        lines, off_topic = self._held(corpus)
        return corpus.part(np.flatnonzero(~lines), np.flatnonzero(~off_topic))

    def ask(self, corpus: Corpus, encoder: Encoder) -> list[Tried]:
        lines, off_topic = self._held(corpus)
        responder = fit_responder(
            self.entries, self.taught(corpus), encoder, self.target, self.progress
        ).responder
        questions = EncodedTexts.join(
            [corpus.lines.take(np.flatnonzero(lines)), corpus.off_topic.take(np.flatnonzero(off_topic))]
        )
        rights: list[int | None] = [*corpus.entry_of_line[lines].tolist(), *([None] * int(off_topic.sum()))]
        judgements = map(responder.calibration.judge, responder.retriever.rank_all(questions))
        return [
            Tried(
                text,
                right,
                judgement.candidates[0].entry == right,
                isinstance(decide(judgement, responder.thresholds), Answer),
            )
            for text, right, judgement in zip(questions.texts, rights, judgements, strict=True)
        ]

    def _held(self, corpus: Corpus) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        folds = corpus.line_folds()
        places = np.random.default_rng(5).permutation(len(corpus.off_topic)) % FOLDS
        return (folds >= 0) & (folds < HELD_FOLDS), places < HELD_FOLDS


Triplet = tuple[int, int, int]


def batches_of_triplets(corpus: Corpus, epochs: int, size: int = BATCH) -> list[list[Triplet]]:
    """Rows of lines in batches: a question, another of its entry, and one of a confusable entry.

    In a batch everything but a question's own partner counts as wrong, so no two questions of a batch are
    of one entry, and none is of an entry that stands there as another's confusable one. Each epoch draws
    other partners. Empty where `Neighbours.among` finds too few lines.
    """
    vectors = corpus.lines.final
    mean = vectors.mean(0, dtype=np.float64).astype(np.float32)
    neighbours = Neighbours.among(centre(vectors, mean), corpus.entry_of_line)
    if neighbours is None:
        return []
    rng = np.random.default_rng(6)
    rivals = neighbours.valid & ~neighbours.allied
    batches: list[list[Triplet]] = []
    for _ in range(epochs):
        waiting = []
        for place in rng.permutation(len(neighbours.anchors)):
            others = neighbours.others[place]
            drawn = [int(rng.choice(others[kind[place]])) for kind in (neighbours.allied, rivals)]
            waiting.append((int(neighbours.anchors[place]), drawn[0], drawn[1]))
        while waiting:
            batch, waiting = _fill(waiting, corpus.entry_of_line, size)
            batches.append(batch)
    return batches


def _fill(
    waiting: Sequence[Triplet], entry_of_line: NDArray[np.int64], size: int
) -> tuple[list[Triplet], list[Triplet]]:
    """One batch out of the first triplets that go together, and the rest."""
    batch: list[Triplet] = []
    rest: list[Triplet] = []
    asked: set[int] = set()
    opposed: set[int] = set()
    for place, triplet in enumerate(waiting):
        own, other = int(entry_of_line[triplet[0]]), int(entry_of_line[triplet[2]])
        if own in asked or own in opposed or other in asked:
            rest.append(triplet)
            continue
        asked.add(own)
        opposed.add(other)
        batch.append(triplet)
        if len(batch) == size:
            return batch, [*rest, *waiting[place + 1 :]]
    return batch, rest


def _train(
    source: Path,
    prompt: str,
    texts: Sequence[str],
    batches: Sequence[Sequence[Triplet]],
    out: Path,
    progress: Progress,
) -> None:
    """One pass over the batches with the library's trainer, in the order in which they are given."""
    from datasets import Dataset, disable_progress_bars
    from sentence_transformers import (
        SentenceTransformer,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.base.sampler import DefaultBatchSampler
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from transformers import PrinterCallback, TrainerCallback
    from transformers.utils import logging as transformers_logging

    disable_progress_bars()
    transformers_logging.disable_progress_bar()

    class InOrder(DefaultBatchSampler):
        """The batches as they are."""

        def __iter__(self) -> Any:
            start = 0
            for batch in batches:
                yield list(range(start, start + len(batch)))
                start += len(batch)

        def __len__(self) -> int:
            return len(batches)

    class Steps(TrainerCallback):
        """Tells how far it has come, and the loss since the line before."""

        def on_log(self, args: Any, state: Any, control: Any, **known: Any) -> None:  # noqa: ARG002
            loss = known["logs"].get("loss")
            if loss is not None:
                progress(f"fine-tuning: step {state.global_step} of {len(batches)}, loss {float(loss):.3f}")

    model = SentenceTransformer(str(source), device="cpu")
    columns = zip(*(triplet for batch in batches for triplet in batch), strict=True)
    names = ("anchor", "positive", "negative")
    data = Dataset.from_dict(
        {name: [texts[row] for row in rows] for name, rows in zip(names, columns, strict=True)}
    )
    with tempfile.TemporaryDirectory(prefix="tuning-") as scratch:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=scratch,
            num_train_epochs=1,
            per_device_train_batch_size=max(map(len, batches)),
            learning_rate=LEARNING_RATE,
            warmup_steps=WARM_UP,
            batch_sampler=InOrder,
            prompts=prompt or None,
            logging_steps=max(1, len(batches) // SHOWN_STEPS),
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            dataloader_pin_memory=False,
            seed=7,
        )
        trainer = SentenceTransformerTrainer(
            model=model,
            args=arguments,
            train_dataset=data,
            loss=MultipleNegativesRankingLoss(model, scale=SHARPNESS),
            callbacks=[Steps()],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    if prompt and not model.default_prompt_name:
        # A hub's e5 model does not name its prompt, and the folder's name no longer tells.
        model.prompts, model.default_prompt_name = {"query": prompt, "document": prompt}, "query"
    model.save_pretrained(str(out), create_model_card=False)
