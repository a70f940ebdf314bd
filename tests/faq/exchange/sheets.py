"""Random sheets of FAQ entries as people make them: harmless, meant differently, or broken."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.faq.entry import ChannelAnswer, Entry, EntryButton, Image
from bot.faq.exchange.columns import WRITTEN, entry_cells
from bot.faq.topic_file import Topic
from bot.messages import Link

FULL = Entry(
    "refund-time",
    "退款多久到账？",
    "一到三个工作日，\n请在订单里查看。",
    ("钱什么时候退", "退款, 几天到", '说"三天"的呢'),
    "退款",
    links=(Link("进度", "/my/refunds"),),
    buttons=(EntryButton("退到哪里", "refund-where"),),
    tags=("到账", "=急"),
    rich="**一到三个工作日**\n\n  - 查看订单",
    channels=(ChannelAnswer("wechat", "一到三天。"), ChannelAnswer("email", "您好：\n一到三天。")),
    images=(Image("进度页", "/img/a.png"),),
    valid_from=date(2026, 11, 1),
    valid_until=date(2026, 12, 31),
    owner="小林",
    reviewed=date(2026, 11, 21),
)
TOPICS = (
    Topic(
        "refunds",
        "退款",
        (FULL, Entry("refund-where", "退款退到哪里？", "原路退回。", ("退的钱在哪",), "退款")),
    ),
    Topic(
        "shipping",
        "物流: 快递",
        (
            Entry("ship-fee", "运费多少？", "满99元包邮，否则8元。", ("包邮吗", "要运费不"), "物流: 快递"),
            Entry("ship-time", "几天送到？", "二到四天。", ("什么时候到",), "物流: 快递", audience="agents"),
        ),
    ),
)
HEADERS = [column.header for column in WRITTEN]
FIELDS = [column.field for column in WRITTEN]
ROWS = [[entry_cells(topic, entry)[name] for name in FIELDS] for topic in TOPICS for entry in topic.entries]
PLACE = re.compile(r"第 \d+ 行|条目|\.(csv|xlsx|yml)")
MARKS = (b'"', b",", b"\n", b"=", b":", b"#", b"- ", b"'", b"\t", b"\0", b"<", b"&", b"*", b"|", b"!")
Known = dict[str, tuple[str, Entry]]


@dataclass(frozen=True)
class Grid:
    """A sheet as a person sees it, with the entries that it must give; None: it must be refused.

    `named` has to stand in the refusal.
    """

    rows: list[list[str]]
    expected: Known | None
    named: str = ""


def known(topics: Sequence[Topic]) -> Known:
    return {entry.id: (topic.name, entry) for topic in topics for entry in topic.entries}


def _column(name: str) -> int:
    return FIELDS.index(name)


def _harmless(rng: random.Random) -> Grid:
    rows = [list(HEADERS), *(list(row) for row in ROWS)]
    what = rng.randrange(8)
    if what == 0:
        order = rng.sample(range(len(FIELDS)), len(FIELDS))
        rows = [[row[i] for i in order] for row in rows]
    elif what == 1:
        rows.insert(rng.randint(1, len(rows)), [rng.choice(["", " ", "　"])] * rng.randint(0, len(FIELDS)))
    elif what == 2:
        rows.insert(rng.randint(2, len(rows)), list(rows[rng.randint(1, 1)]))
    elif what == 3:
        pads = ["", " ", "　", "\u00a0", "  "]
        rows = [[f"{rng.choice(pads)}{cell}{rng.choice(pads)}" for cell in row] for row in rows]
    elif what == 4:
        rows.insert(0, ["客服问答汇总"])
    elif what == 5:
        names = [rng.choice([column.header, column.field.split(".")[-1]]) for column in WRITTEN]
        lists = {"similar", "links", "images", "buttons", "tags"}  # a name of one's own divides otherwise
        rows[0] = [c.header if c.field in lists else name for c, name in zip(WRITTEN, names, strict=True)]
    elif what == 6:
        rows = [[str(number), *row] for number, row in enumerate(rows)]
        rows[0][0] = "序号"
    else:
        rows = [rows[0], *_spread(rows[1]), *rows[2:]]
    return Grid(rows, known(TOPICS))


def _spread(row: list[str]) -> list[list[str]]:
    """The 相似问 on a row each, as when their entry's other cells were merged."""
    place = _column("similar")
    first, *others = row[place].split("\n")
    return [[*row[:place], first, *row[place + 1 :]]] + [
        [*[""] * place, other, *[""] * (len(row) - place - 1)] for other in others
    ]


def _meant(rng: random.Random) -> Grid:
    """A person changes something, and it becomes so."""
    expected = known(TOPICS)
    rows = [list(row) for row in ROWS]
    number = rng.randrange(len(rows))
    topic, entry = expected[rows[number][_column("id")]]
    text = (
        "".join(rng.choices("改成别的答案，=+-@\"'、；|#:{}[]&*!>_%~` x1", k=rng.randint(1, 30))).strip()
        or "改"
    )
    what = rng.choice(["answer", "owner", "question", "rich", "similar", "drop"])
    if what == "drop":
        if entry.id == "refund-where":  # a button leads there
            return _harmless(rng)
        del rows[number], expected[entry.id]
    elif what == "similar":
        rows[number][_column("similar")] += f"\n{text}"
        expected[entry.id] = (topic, replace(entry, similar=(*entry.similar, text)))
    else:
        rows[number][_column(what)] = text
        expected[entry.id] = (topic, replace(entry, **{what: text}))  # type: ignore[arg-type]
    return Grid([list(HEADERS), *rows], expected)


BROKEN: dict[str, Sequence[str]] = {
    "id": ["退款", "A B", "x" * 65, "Refund"],
    "question": ["", "两\n行", "长" * 501, "控\x08制"],
    "answer": ["", "长" * 10_001, "控\x00制"],
    "similar": ["长" * 501, "好\n坏\x1b"],
    "links": ["没有地址", "危险 javascript:1", "外站 //x.cn"],
    "images": ["电话 tel:1", "只有标题"],
    "buttons": ["去哪 nowhere", "没有编号的"],
    "valid_from": ["昨天", "2026-13-01", "2026-02-30", "11/21"],
    "valid_until": ["2020-01-01到", "永远"],
    "audience": ["老板", "customers"],
    "reviewed": ["46000", "21.11.2026"],
    "topic": ["没有这个", ""],
    "title": ["别的名称"],
}


def _broken(rng: random.Random) -> Grid:
    rows = [list(HEADERS), *(list(row) for row in ROWS)]
    what = rng.randrange(6)
    number = rng.randint(1, len(ROWS))
    place = f"第 {number + 1} 行"
    if what == 0:
        column = rng.randrange(len(FIELDS))
        rows[0][column] = rng.choice(["备注", "Kommentar", "???"])
        place = "第 1 行"
    elif what == 1:
        rows[number].append("多出来的")
    elif what == 2:
        other = list(rows[number])
        other[_column("answer")] += "，不对"
        rows.append(other)
        place = f"第 {len(rows)} 行"
    elif what == 3:
        rows[0][_column("owner")] = "答案"
        place = "第 1 行"
    else:
        name = rng.choice(list(BROKEN))
        rows[number][_column(name)] = rng.choice(BROKEN[name])
        if name == "topic":
            rows[number][_column("title")] = ""
        if name == "title":
            place = "第 "  # the first row of the topic names it, the second differs
        if name == "buttons":
            place = "refund" if number < 3 else "ship"
            place = "" if rows[number][_column(name)] == "没有编号的" else place
    return Grid(rows, None, place)


def grid(rng: random.Random) -> Grid:
    return rng.choice([_harmless, _meant, _broken])(rng)
