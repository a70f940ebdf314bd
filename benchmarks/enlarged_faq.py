"""The shop's FAQ made larger, with questions that were taken out of it and off-topic ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

import numpy as np

from bot.faq.entry import Entry
from bot.faq.evaluate import Question
from bot.faq.normalize import normalize

# A question is taken out of each entry, and calibration needs two that stay where there are as many.
MIN_SENTENCES, ENOUGH_SENTENCES = 2, 3
MATTERS = {
    "price": ("{}多少钱", "{}怎么卖", "买一件{}要花多少", "{}现在什么价位"),
    "stock": ("{}有货吗", "{}还有没有现货", "想买{}，能马上发吗", "{}断货了没有"),
    "size": ("{}有多大", "{}的尺寸是多少", "{}长宽高各几厘米", "家里放得下{}吗"),
    "use": ("{}怎么用", "教教我用{}", "{}的使用方法", "第一次用{}，该怎么弄"),
    "clean": ("{}怎么清洗", "{}脏了怎么办", "给{}做清洁要注意什么", "{}能用水洗吗"),
    "broken": ("{}坏了怎么修", "{}出故障了", "修{}找谁", "{}突然不能用了"),
    "warranty": ("{}保修多久", "{}的质保期", "{}过保了还给修吗", "{}保几年"),
    "parts": ("{}的配件在哪买", "{}少了个零件", "单独买{}的配件", "{}的替换件有卖吗"),
    "colour": ("{}有什么颜色", "{}有白色的吗", "{}的配色有哪些", "换个颜色的{}"),
    "gift": ("{}能包装成礼物吗", "送人用的{}有礼盒吗", "{}帮忙写张贺卡", "{}要礼品包装"),
}
MAKERS = ("青禾", "北屿", "小满", "云雀", "拾光", "南风", "白鹭", "石榴", "松果", "海盐")
GOODS = (
    *("电饭煲", "台灯", "行李箱", "跑步机", "吸尘器", "雨伞", "书桌", "床垫"),
    *("耳机", "键盘", "保温杯", "炒锅", "剃须刀", "吹风机", "窗帘", "帐篷"),
    *("婴儿车", "猫砂盆", "投影仪", "咖啡机", "血压计", "电动车", "油画", "吉他"),
    *("显示器", "加湿器", "衣柜", "浴巾", "地毯", "望远镜", "体重秤", "风扇"),
    *("空调被", "餐椅", "花瓶", "路由器", "打印机", "手表", "滑板", "泳镜"),
    *("羽毛球拍", "登山鞋", "围巾", "手套", "砂锅", "菜刀", "花洒", "门锁"),
    *("梯子", "水壶"),
)  # fmt: skip


@dataclass(frozen=True)
class Exam:
    """An FAQ, and what it is asked.

    `asked` and `off_topic` are in neither `entries` nor `taught`, the off-topic texts that may be learnt
    from. `origin` says where the entries come from.
    """

    entries: tuple[Entry, ...]
    taught: tuple[str, ...]
    asked: tuple[Question, ...]
    off_topic: tuple[str, ...]
    origin: str

    @property
    def lines(self) -> int:
        """How many questions the entries hold."""
        return sum(len(entry.questions) for entry in self.entries)


def enlarged(
    shop: Sequence[Entry],
    groups: Sequence[Sequence[str]] | None,
    off_topic: Sequence[str],
    size: int,
    questions: int,
) -> Exam:
    """`size` entries: those of the shop, then such as are made of groups of sentences or of templates.

    One 相似问 of each entry is taken out; at most `questions` of these are asked. Half of the off-topic
    bank is asked, the other half may be learnt from. Raises ValueError when there are not enough groups.
    """
    rng = np.random.default_rng(0)
    own = [shop[i] for i in rng.permutation(len(shop))[:size]]
    more = size - len(own)
    if groups is None:
        found, source = _from_templates(more), "templates"
    else:
        found, source = _from_groups(groups, more, rng), "groups of paraphrases"
    if len(found) < more:
        raise ValueError(f"{size} entries need {more} from {source}, there are {len(found)}")
    entries, asked = [], []
    for entry in (*own, *found):
        known = {normalize(text) for text in entry.questions[:1]}
        held = [text for text in entry.similar if normalize(text) not in known]
        text = held[int(rng.integers(len(held)))]
        asked.append(Question(text, entry.id))
        kept = tuple(other for other in entry.similar if normalize(other) != normalize(text))
        # Buttons may lead to entries that a smaller FAQ lacks.
        entries.append(replace(entry, similar=kept, buttons=()))
    origin = f"{len(own)} of the shop" + (f" and {more} from {source}" if more else "")
    chosen = sorted(rng.permutation(len(asked))[:questions].tolist())
    return Exam(
        tuple(entries), tuple(off_topic[::2]), tuple(asked[i] for i in chosen), tuple(off_topic[1::2]), origin
    )


def _from_groups(groups: Sequence[Sequence[str]], count: int, rng: np.random.Generator) -> list[Entry]:
    distinct = [list({normalize(text): text for text in group}.values()) for group in groups]
    usable = [group for group in distinct if len(group) >= MIN_SENTENCES]
    shuffled = [usable[i] for i in rng.permutation(len(usable))]
    chosen = sorted(shuffled, key=lambda group: len(group) < ENOUGH_SENTENCES)[:count]
    return [_entry(f"group-{number}", group) for number, group in enumerate(chosen)]


def _from_templates(count: int) -> list[Entry]:
    wanted = islice(product(GOODS, MAKERS, MATTERS.items()), count)
    return [
        _entry(f"goods-{number}", [text.format(maker + thing) for text in texts])
        for number, (thing, maker, (_, texts)) in enumerate(wanted)
    ]


def _entry(identifier: str, texts: Sequence[str]) -> Entry:
    question, *similar = texts
    # Answers in an FAQ name their matter again, so these do, too, in the words of the 标准问.
    answer = f"关于“{question}”：请打开对应页面查看说明，仍有疑问可以联系人工客服。"
    return Entry(id=identifier, question=question, answer=answer, similar=tuple(similar), topic="更多")
