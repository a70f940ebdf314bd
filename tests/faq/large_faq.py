"""A made-up FAQ that is large enough to calibrate itself, by the encoder of character n-grams."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import yaml

from bot.faq.release import Sources
from tests.faq.small_faq import OFF_TOPIC

THINGS = ("门禁卡", "停车位", "快递柜", "洗衣房", "健身房", "会议室", "空调", "电梯", "宽带", "饮水机")
MATTERS = {
    "broken": ("{}坏了怎么办", ["{}不能用了", "{}出故障了找谁修", "{}突然罢工了", "报修{}"]),
    "fee": ("{}怎么收费", ["用{}要多少钱", "{}贵不贵", "{}的费用是多少", "{}收钱吗"]),
    "hours": ("{}几点能用", ["{}开放时间", "晚上{}还开吗", "{}周末开不开", "{}最晚到几点"]),
    "apply": ("怎么申请{}", ["想办{}", "{}在哪里登记", "{}要什么手续", "开通{}"]),
}


def large_entries() -> list[dict[str, object]]:
    """40 entries with five questions each, as in a file of data/faq."""
    return [
        {
            "id": f"{matter}-{number}",
            "question": question.format(thing),
            "similar": [text.format(thing) for text in similar],
            "answer": f"{thing}请到一楼前台，说明是{matter}，工作人员会处理。",
        }
        for (number, thing), (matter, (question, similar)) in product(enumerate(THINGS), MATTERS.items())
    ]


def off_topic() -> list[str]:
    """84 lines."""
    subjects = ("股票", "猫咪", "火车票", "感冒", "作文", "足球", "机票", "奶茶", "彩票", "高考")
    asked = ("{}今天怎么样", "给我讲讲{}", "你喜欢{}吗", "{}的历史", "推荐一点{}", "谁发明了{}")
    return [*OFF_TOPIC, *(text.format(subject) for subject, text in product(subjects, asked))]


def write_large(folder: Path, entries: list[dict[str, object]] | None = None) -> Sources:
    """Write the FAQ in the layout of data/."""
    (folder / "faq").mkdir(parents=True, exist_ok=True)
    content = {"topic": "house", "title": "物业", "entries": entries or large_entries()}
    (folder / "faq" / "house.yml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    (folder / "off_topic.txt").write_text("\n".join(off_topic()) + "\n", "utf-8")
    return Sources.beside(folder / "faq")
