"""A six-entry FAQ of a library, and what readers ask beside it."""

from __future__ import annotations

from pathlib import Path

from bot.faq.release import Sources

ENTRIES = {
    "card": (
        "怎么办借书证",
        "带身份证到一楼服务台，当场办好。",
        ["借阅证在哪里办", "办证要带什么材料", "办一张读者卡"],
    ),
    "renew": (
        "借的书怎么续借",
        "在小程序里点续借，可续一次。",
        ["书到期了想再借一个月", "能续借几次", "续借在哪儿点"],
    ),
    "lost": (
        "书丢了怎么赔",
        "买同一版本还上，或按原价赔付。",
        ["把借的书弄丢了", "遗失图书赔多少", "书被水泡坏了要赔吗"],
    ),
    "hours": (
        "图书馆几点开门",
        "每天九点到二十一点，周一闭馆。",
        ["周末开放吗", "晚上几点闭馆", "星期一开不开门"],
    ),
    "seat": (
        "自习座位怎么预约",
        "在小程序里选座，提前一天开放。",
        ["占座要预约吗", "明天的自习室怎么订", "选座功能在哪"],
    ),
    "print": (
        "馆里能打印吗",
        "二楼有自助打印机，一页两角。",
        ["复印文件在几楼", "打印多少钱一张", "可以扫描资料不"],
    ),
}
OFF_TOPIC = [
    "今天天气真好",
    "给我讲个笑话",
    "你多大了",
    "附近有什么好吃的",
    "火车票怎么退",
    "帮我写首诗",
    "股票会涨吗",
    "感冒了吃什么药",
    "手机屏幕碎了",
    "你会唱歌吗",
    "足球比赛谁赢了",
    "怎么减肥",
    "机票改签多少钱",
    "孩子发烧了",
    "电影几点上映",
    "外卖还没到",
    "红烧肉怎么做",
    "水费怎么交",
    "猫不吃东西",
    "我失恋了",
    "空调不制冷",
    "彩票开奖",
    "怎么学游泳",
    "晚安",
]


def write_sources(folder: Path) -> Sources:
    """Write the FAQ in the layout of data/."""
    (folder / "faq").mkdir(parents=True, exist_ok=True)
    lines = ["topic: library", "title: 图书馆", "entries:"]
    for name, (question, answer, similar) in ENTRIES.items():
        lines += [f"  - id: {name}", f"    question: {question}", f"    answer: {answer}", "    similar:"]
        lines += [f"      - {text}" for text in similar]
    (folder / "faq" / "library.yml").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "off_topic.txt").write_text("# beside the library\n" + "\n".join(OFF_TOPIC) + "\n", "utf-8")
    return Sources.beside(folder / "faq")
