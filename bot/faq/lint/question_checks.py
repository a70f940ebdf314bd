"""Checks across entries: questions that two of them claim, and answers that contradict each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bot.faq.encoder import Vectors
from bot.faq.entry import Entry
from bot.faq.lint import finding as rules
from bot.faq.lint.entry_checks import found
from bot.faq.lint.finding import Finding
from bot.faq.lint.policy import COMPARED_LINES, LintPolicy
from bot.faq.lint.wording import named
from bot.faq.normalize import normalize

MIN_LINES = 50  # below, the mean of the vectors says nothing about the language
NEAREST = 3
BLOCK = 512
_QUANTITY = re.compile(
    r"([\d一二两三四五六七八九十百]+)\s*(个工作日|工作日|小时|分钟|天|日|周|个月|月|年|元|块|折|次|张|件|%)"
)
_UNITS = {"个工作日": "工作日", "日": "天", "个月": "月", "块": "元"}
_NO = re.compile("不能|不可以|不支持|无法|不提供|不会|不退|不收|没有|暂不")
_YES = re.compile("可以|支持|能|会|有|收")


@dataclass(frozen=True)
class QuestionLines:
    """The questions of entries as the index sees them: each distinct one of an entry once.

    `entry_of_line` and `place` give the row of its entry and its place in `Entry.questions`.
    """

    texts: tuple[str, ...]
    entry_of_line: NDArray[np.int64]
    place: tuple[int, ...]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> QuestionLines:
        """All lines, in the order of the entries."""
        lines: dict[tuple[int, str], int] = {}
        for row, entry in enumerate(entries):
            for place, question in enumerate(entry.questions):
                text = normalize(question)
                if text:
                    lines.setdefault((row, text), place)
        rows = np.array([row for row, _ in lines], np.int64)
        return cls(tuple(text for _, text in lines), rows, tuple(lines.values()))

    def field(self, line: int) -> str:
        """The field of the entry that holds the line."""
        place = self.place[line]
        return f"similar[{place}]" if place else "question"


def check_same(entries: Sequence[Entry], lines: QuestionLines) -> Iterator[Finding]:
    """Questions that stand in two entries word for word, but for what the index folds and a question mark."""
    at: dict[str, list[int]] = {}
    for line, text in enumerate(lines.texts):
        at.setdefault(_unmarked(text), []).append(line)
    for text, places in at.items():
        for first, second in combinations(places, 2):
            if lines.entry_of_line[first] == lines.entry_of_line[second]:
                continue
            one, other = entries[lines.entry_of_line[first]], entries[lines.entry_of_line[second]]
            if not may_meet(one, other):
                continue
            same = one.answer == other.answer
            yield found(
                rules.SAME_QUESTION if same else rules.CONFLICTING_ANSWERS,
                other,
                lines.field(second),
                f"{named(one)}也有问法“{text}”" + ("" if same else "，答案却不同"),
                "合并两个条目" if same else "只在真正回答它的条目里保留这个问法",
                one.id,
            )


def _unmarked(text: str) -> str:
    return text.rstrip("?") or text


def check_near(
    entries: Sequence[Entry], lines: QuestionLines, vectors: Vectors, policy: LintPolicy
) -> Iterator[Finding]:
    """By the encoder: near-duplicates in different entries, and questions that are nearer to another entry.

    `vectors` are those of `lines.texts`, of length 1. Nothing is said about fewer than 50 lines; more than
    30,000 are not compared, which is a finding.
    """
    if len(vectors) != len(lines.texts):
        raise ValueError(f"{len(lines.texts)} lines do not go with {len(vectors)} vectors")
    if len(vectors) > COMPARED_LINES:
        yield Finding(
            rules.NOT_COMPARED.code,
            rules.NOT_COMPARED.severity,
            "",
            "",
            "",
            f"问法超过 {COMPARED_LINES} 个，没有逐对比较相似度",
            "用 bot faq build 的报告查看容易混淆的条目",
        )
        return
    if len(vectors) < MIN_LINES:
        return
    centred = vectors - vectors.mean(0)
    centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    nearest: dict[tuple[int, int], _Pair] = {}
    starts = np.flatnonzero(np.r_[True, np.diff(lines.entry_of_line) > 0])
    for begin in range(0, len(centred), BLOCK):
        cosines = centred[begin : begin + BLOCK] @ centred.T
        rows = np.arange(begin, begin + len(cosines))
        cosines[np.arange(len(rows)), rows] = np.nan
        _keep_nearest(lines, cosines, rows, policy, nearest)
        yield from _misplaced(entries, lines, cosines, rows, starts, policy)
    for pair in nearest.values():
        yield from _near(entries, lines, pair)


@dataclass(frozen=True)
class _Pair:
    """Two lines of different entries, `first` in the earlier one."""

    first: int
    second: int
    cosine: float


def _keep_nearest(
    lines: QuestionLines,
    cosines: Vectors,
    rows: NDArray[np.int64],
    policy: LintPolicy,
    nearest: dict[tuple[int, int], _Pair],
) -> None:
    """For every two entries their nearest pair, when it is near enough: one is enough to look at both."""
    for at, second in np.argwhere(cosines >= policy.near_cosine).tolist():
        first = int(rows[at])
        row, other = int(lines.entry_of_line[first]), int(lines.entry_of_line[second])
        if row >= other or _unmarked(lines.texts[first]) == _unmarked(lines.texts[second]):
            continue
        pair = _Pair(first, second, float(cosines[at, second]))
        known = nearest.get((row, other))
        if known is None or known.cosine < pair.cosine:
            nearest[row, other] = pair


def _near(entries: Sequence[Entry], lines: QuestionLines, pair: _Pair) -> Iterator[Finding]:
    one, other = (entries[lines.entry_of_line[line]] for line in (pair.first, pair.second))
    if not may_meet(one, other):
        return
    message = f"“{lines.texts[pair.first]}”与{named(other)}的“{lines.texts[pair.second]}”几乎一样"
    message += f"（相似度 {pair.cosine:.2f}）"
    contradiction = contradicts(one.answer, other.answer)
    yield found(
        rules.POSSIBLE_CONFLICT if contradiction else rules.NEAR_QUESTION,
        one,
        lines.field(pair.first),
        f"{message}，答案可能矛盾：{contradiction}" if contradiction else message,
        "核对两个答案，或写清两个问法的区别" if contradiction else "合并条目，或改写问法，写清两者的区别",
        other.id,
    )


def _misplaced(
    entries: Sequence[Entry],
    lines: QuestionLines,
    cosines: Vectors,
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
    policy: LintPolicy,
) -> Iterator[Finding]:
    ends = np.r_[starts[1:], len(lines.texts)]
    scores = np.stack([_mean_of_nearest(cosines[:, a:b]) for a, b in zip(starts, ends, strict=True)], axis=1)
    filled = lines.entry_of_line[starts]
    own = np.searchsorted(filled, lines.entry_of_line[rows])
    mine = scores[np.arange(len(rows)), own].copy()
    scores[np.arange(len(rows)), own] = -np.inf
    best = scores.argmax(1)
    for at, line in enumerate(rows):
        margin = float(scores[at, best[at]] - mine[at])
        if np.isfinite(mine[at]) and margin >= policy.misplaced_margin:
            entry, other = entries[lines.entry_of_line[line]], entries[filled[best[at]]]
            yield found(
                rules.MISPLACED_QUESTION,
                entry,
                lines.field(int(line)),
                f"“{lines.texts[line]}”更像{named(other)}的问法",
                "移过去，或改写得更明确，或为它自己的条目补几个相近的问法",
                other.id,
            )


def _mean_of_nearest(cosines: Vectors) -> Vectors:
    """Mean of the 3 largest of each row; −inf for an entry whose only line is the one left out."""
    ordered = -np.sort(-cosines, axis=1)[:, :NEAREST]  # the line itself is nan and sorts to the end
    counted = np.isfinite(ordered)
    sums = np.where(counted, ordered, 0).sum(1)
    found: Vectors = np.where(counted.any(1), sums / np.maximum(counted.sum(1), 1), -np.inf)
    return found


def may_meet(one: Entry, other: Entry) -> bool:
    """Whether there is a day and a reader for whom both are shown: offers may follow each other."""
    starts = [entry.valid_from for entry in (one, other) if entry.valid_from]
    ends = [entry.valid_until for entry in (one, other) if entry.valid_until]
    return one.audience == other.audience and not (starts and ends and max(starts) > min(ends))


def contradicts(one: str, other: str) -> str:
    """Why two answers to nearly the same question may contradict each other; '' when nothing speaks for it.

    Their first sentences give other amounts of the same unit, or one says no and the other yes.
    """
    first, second = (re.split("[。！；]", unicodedata.normalize("NFKC", text))[0] for text in (one, other))
    amounts, others = _amounts(first), _amounts(second)
    for unit in amounts.keys() & others.keys():
        if amounts[unit].isdisjoint(others[unit]):
            return f"{'、'.join(sorted(amounts[unit]))}{unit} 与 {'、'.join(sorted(others[unit]))}{unit}"
    refuses = [bool(_NO.search(text)) for text in (first, second)]
    allows = [not no and bool(_YES.search(text)) for no, text in zip(refuses, (first, second), strict=True)]
    if any(refuses) and any(allows):
        return "一个说可以，一个说不可以"
    return ""


def _amounts(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for number, unit in _QUANTITY.findall(text):
        found.setdefault(_UNITS.get(unit, unit), set()).add(number)
    return found
