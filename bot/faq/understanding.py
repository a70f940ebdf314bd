"""Understands a question before it is searched: spelling, what is denied, two questions, what goes on."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.faq.clauses import numbered, questions, wanted
from bot.faq.entry import Entry
from bot.faq.follow_up import fragment, is_bare, near, whole_questions
from bot.faq.lexical import Words
from bot.faq.normalize import normalize
from bot.faq.responder import Reply, Responder
from bot.faq.sounds import Sounds
from bot.faq.spelling import COMMON_FREQUENCY, Spelling

Replies = tuple[Reply, ...]


@dataclass(frozen=True)
class Steps:
    """Which steps are taken; all of them but in a measurement."""

    spelling: bool = True
    denial: bool = True
    questions: bool = True
    follow_up: bool = True


class Understanding:
    """Asks a responder what was typed and, where that is not answered, what was meant. Thread-safe.

    Another wording counts only if the responder answers it by its own thresholds. It is preferred to what
    was typed only where the form of the text says so itself: something is denied for something else, two
    questions are asked, or the text begins with 那 and ends with 呢.
    """

    def __init__(self, responder: Responder, spelling: Spelling, steps: Steps | None = None) -> None:
        self.responder = responder
        self.sounds = spelling.sounds
        self._spelling = spelling
        self._steps = steps or Steps()
        postings = responder.retriever.word_index.postings
        self._words: Words = responder.retriever.word_index.words
        self._weight = dict(zip(postings.vocabulary, postings.idf.tolist(), strict=True))

    @classmethod
    def of(cls, responder: Responder, sounds: Sounds, steps: Steps | None = None) -> Understanding:
        """Index the release's words by their sound, about 20 ms."""
        index = responder.retriever.word_index
        postings = index.postings
        counts = (postings.starts[1:] - postings.starts[:-1]).tolist()
        words = dict(zip(postings.vocabulary, counts, strict=True))
        grams = responder.retriever.character_index.postings.vocabulary
        frequency = index.words.frequency
        spelling = Spelling(words, grams, lambda word: frequency(word) >= COMMON_FREQUENCY, sounds)
        return cls(responder, spelling, steps)

    def reply(self, text: str, after: str | None = None) -> Replies:
        """One reply, or the two or three to as many questions, which are all answers then.

        `after` is the id of the entry that was answered last in the conversation. The first record says
        what was understood. 5 to 10 ms for a text that is answered as it was typed, at most five times that.
        """
        started = time.perf_counter()
        replies = self._read(text, after)
        if self._steps.spelling and not _answered(replies):
            spelled = self._spelling.mend(normalize(text))
            if spelled.notes:
                mended = self._read(spelled.text, after)
                if _answered(mended):
                    replies = _noted(mended, *spelled.notes)
        return (_timed(replies[0], started), *replies[1:])

    def _read(self, text: str, after: str | None) -> Replies:
        plain = normalize(text)
        typed = self.responder.reply(text)
        meant = wanted(plain) if self._steps.denial else None
        if meant:
            instead = self._read(meant, after)
            if _answered(instead):
                return _noted(instead, f"denied, asked instead: {meant}")
        # What is denied is no question of its own, so two questions are looked for afterwards.
        elif self._steps.questions:
            several = self._several(questions(normalize(numbered(text))), typed)
            if several:
                return several
        return self._going_on(plain, typed, self.responder.entry(after) if after else None)

    def _several(self, parts: tuple[str, ...], typed: Reply) -> Replies:
        """An answer to each question, or nothing unless all are answered, by different entries."""
        if not parts:
            return ()
        replies: list[Reply] = []
        for part in parts:
            before = replies[-1].entries[0] if replies else None
            (reply,) = self._going_on(part, self.responder.reply(part), before)
            # 能退吗 alone is answered too, but as a second question it is about the first one's matter.
            strayed = before is not None and is_bare(part) and not reply.record.understood
            if reply.record.decision != "answer" or strayed:
                return ()
            replies.append(reply)
        found = [reply.entries[0].id for reply in replies]
        if len(set(found)) < len(found) or (typed.record.entry and typed.record.entry not in found):
            return ()
        first, *rest = replies
        record = replace(first.record, also=tuple(found[1:]))
        return _noted((replace(first, record=record), *rest), f"{len(found)} questions: {' / '.join(parts)}")

    def _going_on(self, text: str, typed: Reply, before: Entry | None) -> Replies:
        """What was typed, or the same about the entry before, whichever is answered."""
        part = fragment(text) if before and self._steps.follow_up else None
        answered = typed.record.decision == "answer"
        if before is None or part is None or (answered and not part.explicit):
            return (typed,)
        for whole in whole_questions(part, before, self._words, self._weight):
            reply = self.responder.reply(whole)
            if reply.record.decision == "answer" and near(before, reply.entries[0]):
                return _noted((reply,), f"after {before.id}: {whole}")
        return (typed,)


def _answered(replies: Replies) -> bool:
    return replies[0].record.decision == "answer"


def _noted(replies: Iterable[Reply], *notes: str) -> Replies:
    first, *rest = replies
    record = replace(first.record, understood=(*notes, *first.record.understood))
    return (replace(first, record=record), *rest)


def _timed(reply: Reply, started: float) -> Reply:
    spent = round((time.perf_counter() - started) * 1000, 2)
    return replace(reply, record=replace(reply.record, retrieve_ms=spent))
