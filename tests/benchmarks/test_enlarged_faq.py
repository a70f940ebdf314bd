"""What a benchmark asks is not in what it builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.enlarged_faq import enlarged
from bot.faq.normalize import normalize
from bot.faq.topic_file import load_entries

SHOP = load_entries(Path(__file__).parents[2] / "data" / "faq")
BANK = [f"闲聊{number}" for number in range(40)]
GROUPS = [[f"第{number}件事{words}" for words in ("怎么办", "咋整", "如何处理")] for number in range(400)]


@pytest.mark.parametrize(("groups", "size"), [(None, 100), (None, 1000), (GROUPS, 500)])
def test_what_is_asked_was_taken_out(groups: list[list[str]] | None, size: int) -> None:
    exam = enlarged(SHOP, groups, BANK, size, 300)
    assert len({entry.id for entry in exam.entries}) == size
    assert len(exam.asked) == min(size, 300)
    kept = {entry.id: {normalize(text) for text in entry.questions} for entry in exam.entries}
    for question in exam.asked:
        assert question.expected is not None
        assert normalize(question.text) not in kept[question.expected]
        assert len(kept[question.expected]) >= 2
    assert sorted([*exam.taught, *exam.off_topic]) == sorted(BANK)


def test_too_few_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="782"):
        enlarged(SHOP, GROUPS, BANK, len(SHOP) + 782, 300)
