"""The gate before publishing: golden questions, and the accepted share of wrong answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.faq.golden import GoldenResult
from bot.faq.thresholds import Estimate

_SAID = {
    "missed": "既没有回答，也没有列为选项",
    "wrong": "答成了 {entries}",
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


def examine(golden: Sequence[GoldenResult], estimate: Estimate, target: float) -> Gate:
    """`target` is the share of wrong answers that is accepted today.

    The upper bound of the estimate counts, as it does in the choice of the threshold.
    """
    findings = [_finding(result) for result in golden if result.broken]
    if estimate.answered == 0:
        findings.append("这个版本不会直接回答任何问题：相似问或无关问题太少，无法保证答错的比例")
    elif estimate.wrong_bound > target:
        share = f"回答错误的比例估计最多 {estimate.wrong_bound:.1%}"
        findings.append(f"{share}，高于可接受的 {target:.1%}（BOT_WRONG_ANSWER_TARGET）")
    return Gate(tuple(findings))


def _finding(result: GoldenResult) -> str:
    said = _SAID[result.verdict].format(entries="、".join(result.entries))
    expected = f"应答 {result.golden.expected}" if result.golden.expected else "不应回答"
    return f"黄金问题“{result.golden.question}”{expected}：{said}"
