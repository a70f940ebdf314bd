"""A fitted FAQ in memory: question in, decision out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.faq.calibrate import Calibration
from bot.faq.decision import Answer, Clarify, Decision, Judged, Judgement, Thresholds, decide
from bot.faq.encoded import EncodedTexts
from bot.faq.encoder import Encoder
from bot.faq.entry import Entry
from bot.faq.normalize import normalize
from bot.faq.retriever import Retriever
from bot.messages import Candidate, DecisionKind, DecisionRecord

SHOWN_CANDIDATES = 5
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
