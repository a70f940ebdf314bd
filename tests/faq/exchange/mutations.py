"""Random damage to FAQ files, and what must come of it: read rightly, or refused with a clear error.

`python -m tests.faq.exchange.mutations 10000` tries that many of each format and prints the counts.
"""

from __future__ import annotations

import csv
import io
import random
import re
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import yaml

from bot.errors import ConfigurationError, ImportRefused
from bot.faq.entry import ChannelAnswer, Entry, EntryButton, Image
from bot.faq.exchange.columns import WRITTEN, entry_cells, find_heading
from bot.faq.exchange.csv_file import write_csv
from bot.faq.exchange.files import read_records, write_file
from bot.faq.exchange.merge import entry_values, merge
from bot.faq.exchange.xlsx_file import write_xlsx
from bot.faq.topic_file import Topic, load_topics
from bot.faq.topic_writer import format_topic
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


def as_csv(rng: random.Random, sheet: Grid) -> bytes:
    data = write_csv(sheet.rows[0], sheet.rows[1:])
    if rng.random() < 0.5:
        return data
    text = data.decode("utf-8-sig")
    return text.encode(rng.choice(["utf-8", "gb18030", "utf-16"]))


def damage(rng: random.Random, data: bytes) -> bytes:
    """One to three accidents: bytes changed, lost, doubled, put in, or the end cut off."""
    mutable = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(max(len(mutable), 1))
        length = rng.choice([1, 1, 1, 2, 8, 64])
        what = rng.randrange(6)
        if what == 0 and mutable:
            mutable[at] = rng.randrange(256)
        elif what == 1:
            del mutable[at : at + length]
        elif what == 2:
            mutable[at:at] = mutable[at : at + length]
        elif what == 3:
            mutable[at:at] = rng.choice(
                [b'"', b",", b"\n", b"=", b":", b"#", b"- ", b"'", b"\t", b"\0", b"<", b"&"]
            )
        elif what == 4:
            mutable[at:at] = rng.randbytes(length)
        elif rng.random() < 0.2:
            del mutable[at:]
    return bytes(mutable)


def _cells(rows: list[list[str]]) -> list[dict[str, str]] | None:
    """Another, simpler reading of a sheet in the written form; None when it is not in that form."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return None
    headings = [find_heading(cell) for cell in filled[0]]
    if not all(headings):
        return None
    names = [heading.column.field for heading in headings if heading]
    return [dict(zip(names, row, strict=False)) for row in filled[1:]]


def _tidy(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def agrees(imported: Known, rows: list[list[str]]) -> bool:
    """Whether every text of an imported sheet is in an entry and the other way round."""
    cells = _cells(rows)
    if cells is None:
        return False
    said = {piece for row in cells for name, cell in row.items() for piece in _pieces(name, _tidy(cell))}
    kept = {
        piece
        for topic, entry in imported.values()
        for name, cell in entry_cells(Topic(topic, entry.topic), entry).items()
        for piece in _pieces(name, cell)
    }
    return kept == said or {_day(text) for text in kept} == {_day(text) for text in said}


def _pieces(name: str, cell: str) -> list[str]:
    column = next(c for c in WRITTEN if c.field == name)
    if column.kind in ("text", "day", "audience"):
        pieces = [cell.replace("agents", "客服").replace("所有人", "")]
    else:
        pieces = [" ".join(line.split()) for line in cell.split("\n")]
    return [piece for piece in pieces if piece]


def _day(text: str) -> str:
    """A day may be written in several ways."""
    day = re.fullmatch(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*", text)
    return "-".join(str(int(part)) for part in day.groups()) if day else text


def try_import(name: str, data: bytes) -> Known | str:
    """The entries, or the refusal. Anything else that is raised is a bug."""
    try:
        return known(merge((), read_records(name, data)).topics)
    except ImportRefused as error:
        return str(error)


def check_grid(sheet: Grid, name: str, data: bytes) -> str:
    result = try_import(name, data)
    if sheet.expected is None:
        assert isinstance(result, str), f"taken over: {sheet.rows}"
        assert sheet.named in result, f"{sheet.named} is not in {result}"
        return "refused"
    assert result == sheet.expected, f"{result} from {sheet.rows}"
    return "read"


def check_clear(refusal: str) -> str:
    assert refusal
    assert all(PLACE.search(line) for line in refusal.splitlines()), refusal
    return "refused"


def mutate_csv(rng: random.Random) -> str:
    if rng.random() < 0.6:
        sheet = grid(rng)
        return check_grid(sheet, "faq.csv", as_csv(rng, sheet))
    data = damage(rng, write_csv(HEADERS, ROWS))
    result = try_import("faq.csv", data)
    if isinstance(result, str):
        return check_clear(result)
    rows = list(csv.reader(io.StringIO(_text(data), newline="")))
    plain = [[re.sub(r"^'(?='*[=+\-@＝＋－＠])", "", cell) for cell in row] for row in rows]
    assert agrees(result, plain), f"{result}\nfrom {plain}"
    return "read"


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def mutate_xlsx(rng: random.Random) -> str:
    how = rng.random()
    if how < 0.5:
        sheet = grid(rng)
        while any(re.search("[\x00-\x08\x0b-\x1f]", cell) for row in sheet.rows for cell in row):
            sheet = grid(rng)  # what no workbook can hold
        return check_grid(sheet, "faq.xlsx", write_xlsx(sheet.rows[0], sheet.rows[1:]))
    data = write_xlsx(HEADERS, ROWS)
    if how < 0.75:  # in the archive: its checksums are what notices
        result = try_import("faq.xlsx", damage(rng, data))
        if isinstance(result, str):
            return check_clear(result)
        assert result == known(TOPICS)
        return "read"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = rng.choice(["xl/worksheets/sheet1.xml"] * 3 + sorted(parts))
    parts[part] = damage(rng, parts[part])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    result = try_import("faq.xlsx", stream.getvalue())
    if isinstance(result, str):
        return check_clear(result)
    rows = _xml_rows(parts["xl/worksheets/sheet1.xml"])
    assert result == known(TOPICS) or agrees(result, rows), f"{result}\nfrom {rows}"
    return "read"


def _xml_rows(page: bytes) -> list[list[str]]:
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    rows: list[list[str]] = []
    for row in ET.fromstring(page).iter(f"{space}row"):
        cells = [""] * len(FIELDS)
        for cell in row.iter(f"{space}c"):
            column = 0
            for letter in re.sub("[^A-Za-z]", "", cell.get("r", "")).upper():
                column = column * 26 + ord(letter) - 64
            text = "".join(piece.text or "" for piece in cell.iter(f"{space}t"))
            if 0 < column <= len(cells):
                cells[column - 1] = text
        rows.append(cells)
    return rows


def mutate_yaml(rng: random.Random) -> str:
    texts = {topic.name: format_topic(topic).encode() for topic in TOPICS}
    victim = rng.choice(sorted(texts))
    texts[victim] = damage(rng, texts[victim])
    with tempfile.TemporaryDirectory() as folder:
        for name, data in texts.items():
            Path(folder, f"{name}.yml").write_bytes(data)
        try:
            topics = load_topics(Path(folder))
        except ConfigurationError as error:
            return check_clear(str(error))
    for topic in topics:
        plain = yaml.load(texts[topic.name].decode("utf-8-sig"), yaml.BaseLoader)
        kept = sorted(_scalars([topic.name, topic.title, [entry_values(entry) for entry in topic.entries]]))
        said = sorted(_scalars(plain))
        assert kept == said, f"{kept}\n{said}"
    return "read"


def _scalars(value: Any) -> list[str]:
    """Every text, number and day below a value; what was left out and what is blank count for nothing."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in _scalars(item)]
    if isinstance(value, list):
        return [text for item in value for text in _scalars(item)]
    text = _tidy(str(value)) if value is not None else ""
    return [] if text in ("", "everyone", "~", "null", "Null", "NULL") else [text]


MUTATIONS: dict[str, Callable[[random.Random], str]] = {
    "csv": mutate_csv,
    "xlsx": mutate_xlsx,
    "yaml": mutate_yaml,
}


def try_many(form: str, count: int, seed: int = 0) -> Counter[str]:
    """Try so many mutations of a format; raises AssertionError with the number of the first that failed."""
    outcomes: Counter[str] = Counter()
    for number in range(seed, seed + count):
        try:
            outcomes[MUTATIONS[form](random.Random(number))] += 1
        except Exception as error:
            raise AssertionError(f"{form} mutation {number}: {type(error).__name__}: {error}") from error
    return outcomes


if __name__ == "__main__":
    assert write_file("faq.csv", TOPICS)
    for form in MUTATIONS:
        sys.stdout.write(f"{form}: {dict(try_many(form, int(sys.argv[1])))}\n")
