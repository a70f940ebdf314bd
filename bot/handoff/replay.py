"""What other settings of the policy would have done with turns that are past: a pure function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.handoff.policy import ConversationState, HandOff, OfferHuman, Reason, Step, Thresholds, decide

EXAMPLES = 20


@dataclass(frozen=True)
class PastTurn:
    """A turn of the bot: what the policy saw and decided then. `message`: id of what the customer wrote."""

    conversation: str
    episode: int
    message: int
    at: datetime
    state: ConversationState
    step: Step


@dataclass(frozen=True)
class Tally:
    """Episodes by their outcome: handed off (with the first reason), offered a human only, or neither."""

    handed_off: int
    offered: int
    reasons: Mapping[Reason, int]


@dataclass(frozen=True)
class Change:
    """An episode that would have gone otherwise, at the turn where the two part."""

    turn: PastTurn
    before: Step
    after: Step


@dataclass(frozen=True)
class Replay:
    """`before` is what happened, `after` what would have. `changes` are the newest, at most EXAMPLES of them.

    `sooner` and `spared` count the episodes that would, and would no longer, have been handed off.
    """

    episodes: int
    turns: int
    before: Tally
    after: Tally
    sooner: int
    spared: int
    changes: tuple[Change, ...]


def replay(turns: Iterable[PastTurn], thresholds: Thresholds) -> Replay:
    """Decide past turns anew. `turns` are sorted by conversation, episode and order.

    Each turn is judged in the state in which the policy saw it then. That is exact up to the first hand-off
    of either side; what a customer would have said to a bot that did not give way nobody knows.
    """
    count, turn_count, sooner, spared = 0, 0, 0, 0
    before, after = _Counts(), _Counts()
    changes: list[Change] = []
    for _, group in groupby(turns, key=lambda turn: (turn.conversation, turn.episode)):
        episode = list(group)
        count, turn_count = count + 1, turn_count + len(episode)
        was = _outcome((turn, turn.step) for turn in episode)
        would = _outcome((turn, decide(turn.state, thresholds)) for turn in episode)
        before.add(was.step)
        after.add(would.step)
        if _kind(was.step) == _kind(would.step):
            continue
        handed = isinstance(was.step, HandOff), isinstance(would.step, HandOff)
        sooner, spared = sooner + (handed == (False, True)), spared + (handed == (True, False))
        parted = max((was, would), key=lambda outcome: (_weight(outcome.step), -outcome.turn.message))
        changes.append(Change(parted.turn, was.step, would.step))
    changes.sort(key=lambda change: change.turn.at, reverse=True)
    return Replay(count, turn_count, before.tally(), after.tally(), sooner, spared, tuple(changes[:EXAMPLES]))


@dataclass(frozen=True)
class _Outcome:
    turn: PastTurn
    step: Step


def _outcome(steps: Iterator[tuple[PastTurn, Step]]) -> _Outcome:
    """The first hand-off; else the first offer; else the last turn."""
    found: _Outcome | None = None
    for turn, step in steps:
        if isinstance(step, HandOff):
            return _Outcome(turn, step)
        if found is None or not isinstance(found.step, OfferHuman):
            found = _Outcome(turn, step)
    assert found is not None, "an episode has turns"
    return found


def _weight(step: Step) -> int:
    return 2 if isinstance(step, HandOff) else 1 if isinstance(step, OfferHuman) else 0


def _kind(step: Step) -> tuple[int, Reason | None]:
    return _weight(step), step.reason if isinstance(step, HandOff) else None


class _Counts:
    def __init__(self) -> None:
        self._reasons: Counter[Reason] = Counter()
        self._offered = 0

    def add(self, step: Step) -> None:
        if isinstance(step, HandOff):
            self._reasons[step.reason] += 1
        elif isinstance(step, OfferHuman):
            self._offered += 1

    def tally(self) -> Tally:
        return Tally(self._reasons.total(), self._offered, dict(self._reasons))
