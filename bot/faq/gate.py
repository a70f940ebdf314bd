"""The gate before publishing: golden questions, errors in entries, the accepted share of wrong answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ConfigurationError
from bot.faq.entry import Entry
from bot.faq.golden import GoldenResult
from bot.faq.lint import Finding, LintPolicy, added_errors
from bot.faq.lint.wording import field_word, named
from bot.faq.publication import serving_folder
from bot.faq.release import read_entries, read_report
from bot.faq.thresholds import Estimate

_SAID = {
    "missed": "既没有回答，也没有列为选项",
    "wrong": "答成了{entries}",
    "gone": "版本里没有这个条目，或者不对顾客展示",
}


@dataclass(frozen=True)
class Gate:
    """What stands in the way of publishing a release, each as a sentence for the maintainer."""

    findings: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether nothing does."""
        return not self.findings


def examine_release(
    models: Path, folder: Path, golden: Sequence[GoldenResult], target: float, policy: LintPolicy
) -> Gate:
    """`examine` a release against the one that serves, if one does."""
    entries, live = read_entries(folder), _live_entries(models)
    return examine(
        golden,
        read_report(folder).estimate,
        target,
        added_errors(entries, live, policy),
        {entry.id: entry for entry in (*live, *entries)},
    )


def examine(
    golden: Sequence[GoldenResult],
    estimate: Estimate,
    target: float,
    errors: Sequence[Finding],
    entries: Mapping[str, Entry],
) -> Gate:
    """`target` is the share of wrong answers that is accepted today; `entries` give their ids a name.

    `errors` are those of the lint that the release brings. The upper bound of the estimate counts, as it
    does in the choice of the threshold.
    """

    def name(entry: str) -> str:
        return named(entries[entry]) if entry in entries else f"条目 {entry}"

    def findings() -> Iterator[str]:
        for result in golden:
            if result.broken:
                said = _SAID[result.verdict].format(entries="、".join(map(name, result.entries)))
                expected = result.golden.expected
                wanted = f"应由{name(expected)}回答" if expected else "不应回答"
                yield f"黄金问题“{result.golden.question}”{wanted}：{said}"
        for error in errors:
            yield f"{name(error.entry)}的{field_word(error.field)}有错误：{error.message}"
        if estimate.answered == 0:
            yield "这个版本不会直接回答任何问题：相似问或无关问题太少，无法保证答错的比例"
        elif estimate.wrong_bound > target:
            share = f"回答错误的比例估计最多 {estimate.wrong_bound:.1%}"
            yield f"{share}，高于可接受的 {target:.1%}（BOT_WRONG_ANSWER_TARGET）"

    return Gate(tuple(findings()))


def _live_entries(models: Path) -> Sequence[Entry]:
    """Of the release that serves; none when there is none that can be read."""
    try:
        return read_entries(serving_folder(models))
    except ConfigurationError:
        return ()
