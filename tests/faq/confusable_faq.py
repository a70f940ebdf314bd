"""An FAQ of one matter for every kind of card: its entries differ in one word, each in two wordings.

The encoder takes cards for each other and hears wordings more than matters; what tells them apart recurs
from card to card, so a map can learn it from the other entries.
"""

from __future__ import annotations

from itertools import product

from bot.faq.entry import Entry

CARDS = (
    "借书证",
    "阅览证",
    "停车卡",
    "门禁卡",
    "饭卡",
    "洗衣卡",
    "游泳卡",
    "健身卡",
    "班车卡",
    "水卡",
    "工会卡",
)
MATTERS = {
    "lost": (
        "{}丢了怎么补办",
        "我的{}找不到了，再给我一张",
        "把{}弄没了咋整",
        "{}遗失以后去哪儿挂失",
        "{}不见了还能重新领吗",
    ),
    "apply": (
        "怎么办{}",
        "想弄一张{}",
        "第一次来，{}在哪儿领",
        "申请{}要带什么材料",
        "新来的怎样才能有{}",
    ),
    "cancel": (
        "{}不用了怎么注销",
        "想把{}退掉",
        "离开以后{}怎么销户",
        "{}停掉，里面的余额退不退",
        "我不要{}了",
    ),
    "top-up": (
        "怎么给{}充值",
        "{}没钱了往哪儿存",
        "{}能用手机加钱吗",
        "给{}续费在哪里操作",
        "{}余额不够了",
    ),
    "price": (
        "{}要多少钱",
        "办{}收费吗",
        "{}贵不贵",
        "{}的押金和工本费是多少",
        "一张{}几块",
    ),
    "lend": (
        "{}能借给别人用吗",
        "朋友可以拿我的{}刷吗",
        "{}是不是只能本人用",
        "一家人能共用{}吗",
        "代刷{}会怎么样",
    ),
    "broken": (
        "{}刷不出来",
        "{}没反应是坏了吗",
        "机器读不到我的{}",
        "{}消磁了怎么修",
        "{}折断了还能用吗",
    ),
    "validity": (
        "{}能用到什么时候",
        "{}的有效期是几年",
        "{}过期了吗在哪儿看",
        "毕业后{}还管用吗",
        "{}多久要换一次",
    ),
}


def confusable_entries() -> tuple[Entry, ...]:
    """88 entries with two questions each; which two of the five wordings differs from card to card."""
    entries = []
    for (number, card), (matter, wordings) in product(enumerate(CARDS), MATTERS.items()):
        first, second = (wordings[(number + shift) % len(wordings)].format(card) for shift in (0, 2))
        entries.append(Entry(f"{matter}-{number}", first, f"{card}请到一楼大厅办理。", (second,), "卡证"))
    return tuple(entries)
