"""Sheets as shops have them: understood, or refused with row and column, never half."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.errors import ImportRefused
from bot.faq.entry import ChannelAnswer, Entry, EntryButton
from bot.faq.exchange.files import read_records
from bot.faq.exchange.merge import Merged, merge
from bot.faq.topic_file import Topic
from bot.messages import Link

TOPIC = Topic(
    "refunds",
    "退款",
    (
        Entry("time", "退款多久到账？", "一到三天。", ("钱什么时候退",), "退款", tags=("到账",)),
        Entry("where", "退款退到哪里？", "原路退回。", topic="退款"),
    ),
)
PLAIN = "编号,分类,标准问,相似问,答案\nfee,退款,退款收手续费吗？,要手续费吗；扣钱吗,不收。\n"


def imported(data: bytes, name: str = "faq.csv") -> Merged:
    return merge((TOPIC,), read_records(name, data))


def fee(merged: Merged) -> Entry:
    (entry,) = (entry for topic in merged.topics for entry in topic.entries if entry.id == "fee")
    return entry


def refused(data: bytes, name: str = "faq.csv") -> str:
    with pytest.raises(ImportRefused) as caught:
        imported(data, name)
    return str(caught.value)


def workbook(fill: Callable[[Worksheet], None]) -> bytes:
    book = Workbook()
    fill(book.worksheets[0])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet(*rows: tuple[object, ...], merged: str = "") -> bytes:
    def fill(page: Worksheet) -> None:
        for row in rows:
            page.append(list(row))
        if merged:
            page.merge_cells(merged)

    return workbook(fill)


HEADER = ("编号", "分类", "标准问", "相似问", "答案")
FEE = Entry("fee", "退款收手续费吗？", "不收。", ("要手续费吗", "扣钱吗"), "退款")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_encoding_of_excel_is_read(encoding: str) -> None:
    assert fee(imported(PLAIN.encode(encoding))) == FEE


@pytest.mark.parametrize("delimiter", ["\t", ";", "，", "|"])
def test_every_delimiter_is_read(delimiter: str) -> None:
    text = (
        PLAIN.replace("；", "\n")
        .replace("要手续费吗\n扣钱吗", '"要手续费吗\n扣钱吗"')
        .replace(",", delimiter)
    )
    assert fee(imported(text.encode())) == FEE


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("\n", "\r\n"),
        PLAIN + ",,,,\n\n , ,　,\t,\n",  # blank rows
        PLAIN + PLAIN.split("\n")[1],  # the row again
        "云杉商城客服问答,,,,\n\n" + PLAIN,  # a title above
        PLAIN.replace("编号,分类", " 编 号 *,　分类：").replace("fee,退款", " fee , 退款　"),
        PLAIN.replace("编号,分类,标准问,相似问,答案", "ID,主题,标准问题,扩展问,回复"),
        PLAIN.replace("退款,退款收", "refunds,退款收"),
        "序号,编号,分类,标准问,相似问1,相似问2,答案\n1,fee,退款,退款收手续费吗？,要手续费吗,扣钱吗,不收。\n",
        PLAIN.replace("；扣钱吗", "") + ",,,扣钱吗,\n",  # what a merged cell leaves behind
        PLAIN.replace("；扣钱吗", "") + "fee,退款,退款收手续费吗？,扣钱吗,不收。\n",
        PLAIN.replace("；", "｜"),
        PLAIN.replace("要手续费吗；扣钱吗", '"要手续费吗\n\n  扣钱吗；"'),
    ],
)
def test_a_messy_sheet_is_understood(text: str) -> None:
    merged = imported(text.encode())
    assert fee(merged) == FEE
    assert len(merged.changes) == 1
    assert merged.touched == ("refunds",)


def test_what_the_file_leaves_out_stays_and_a_blank_cell_clears() -> None:
    merged = imported("编号,标签,答案\ntime,,两到三天。\n".encode())
    (change,) = merged.changes
    assert change.fields == ("answer", "tags")
    assert change.entry == Entry("time", "退款多久到账？", "两到三天。", ("钱什么时候退",), "退款")
    assert merged.topics[0].entries[1] == TOPIC.entries[1]


def test_without_an_id_the_question_tells_the_entry() -> None:
    merged = imported("标准问,答案\n退款多久到账？,两到三天。\n".encode())
    assert [change.entry.id for change in merged.changes] == ["time"]
    text = "标准问,分类,答案\n退款要审核吗？,refunds,要。\n".encode()
    (added,) = imported(text).changes
    assert merge(imported(text).topics, read_records("faq.csv", text)).changes == ()
    assert added.entry.id.startswith("refunds-")


def test_a_new_topic_needs_a_name_and_a_title() -> None:
    row = "编号,分类,分类名称,标准问,答案\ngift,gifts,礼品卡,礼品卡能退吗？,不能。\n"
    merged = imported(row.encode())
    assert [topic.name for topic in merged.topics] == ["gifts", "refunds"]
    assert merged.touched == ("gifts",)
    assert "第 2 行“分类”列: 没有分类“礼品卡”" in refused(row.replace("gifts,", "礼品卡,").encode())
    assert "新条目要写明分类" in refused("编号,标准问,答案\ngift,礼品卡能退吗？,不能。\n".encode())
    assert "分类 refunds 的名称是“退款”" in refused(row.replace("gifts", "refunds").encode())


def test_an_entry_moves_to_another_topic() -> None:
    topics = (TOPIC, Topic("shipping", "物流"))
    merged = merge(topics, read_records("faq.csv", "编号,分类\nwhere,物流\n".encode()))
    assert [[entry.id for entry in topic.entries] for topic in merged.topics] == [["time"], ["where"]]
    assert merged.touched == ("refunds", "shipping")
    assert merged.changes[0].fields == ("topic",)


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("有效期", "2026-11-01至2026-11-30", (date(2026, 11, 1), date(2026, 11, 30))),
        ("有效期", "2026/11/1～2026/11/30", (date(2026, 11, 1), date(2026, 11, 30))),
        ("有效期", "2026年11月30日", (None, date(2026, 11, 30))),
        ("有效期", "长期有效", (None, None)),
        ("失效日期", "2026.11.30", (None, date(2026, 11, 30))),
        ("有效期至", "２０２６－１１－３０", (None, date(2026, 11, 30))),
        ("开始日期", "2026-11-01 00:00:00", (date(2026, 11, 1), None)),
    ],
)
def test_dates_as_people_write_them(
    column: str, cell: str, expected: tuple[date | None, date | None]
) -> None:
    (change,) = imported(f"编号,答案,{column}\ntime,改,{cell}\n".encode()).changes
    assert (change.entry.valid_from, change.entry.valid_until) == expected


def test_every_column_of_other_names() -> None:
    text = (
        "编号,标准问,关键词,链接,追问,公众号答案,适用对象\n"
        'time,退款多久到账？,"快，到账、慢",说明 /help/a；进度 /my/refunds,退到哪 where,三天内。,客服\n'
    )
    (change,) = imported(text.encode()).changes
    assert change.entry.tags == ("快", "到账", "慢")
    assert change.entry.links == (Link("说明", "/help/a"), Link("进度", "/my/refunds"))
    assert change.entry.buttons == (EntryButton("退到哪", "where"),)
    assert change.entry.channels == (ChannelAnswer("wechat", "三天内。"),)
    assert change.entry.audience == "agents"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("编号,分类,标准问,相似问,答案", "a,b,c,d,e", "faq.csv: 没有找到表头"),
        ("答案", "答复内容", "faq.csv 第 1 行第 5 列: 不认识的列名 '答复内容'"),
        ("分类", "答案", "第 1 行第 5 列: “答案”与“答案”是同一列"),
        ("不收。", "不收。,还有", "第 2 行第 6 列: 这一格上方没有列名"),
        ("不收。", "", "第 2 行“答案”列: 缺少内容"),
        ("不收。", "=1+1", "第 2 行第 5 列: 以等号开头，像是公式"),
        ("不收。", "长" * 10_001, "第 2 行“答案”列: 太长：10001 个字符，最多 10000 个"),
        ("不收。", "不\x07收。", "第 2 行“答案”列: 含有不可见的控制字符 U+0007"),
        ("不收。", '"不收。', "faq.csv 第 2 行: 引号或分隔符有误"),
        ("要手续费吗；扣钱吗", f"要手续费吗；{'长' * 501}", "第 2 行“相似问”列第 2 项: 太长：501"),
        ("fee", "收费", "第 2 行“编号”列: '收费' 只能含"),
        (
            "不收。\n",
            "不收。\nfee,退款,退款收手续费吗？,,收。\n",
            "第 3 行“答案”列: 与第 2 行同一条目的内容不同",
        ),
        ("fee,退款,退款收手续费吗？", ",退款,", "第 2 行“标准问”列: 缺少内容"),
    ],
)
def test_a_broken_sheet_is_refused_with_row_and_column(old: str, new: str, named: str) -> None:
    assert old in PLAIN
    assert named in refused(PLAIN.replace(old, new).encode())


@pytest.mark.parametrize(
    ("column", "cell", "named"),
    [
        ("失效日期", "下个月", "第 2 行“失效日期”列: 应为日期，如 2026-11-21，实际是 '下个月'"),
        ("失效日期", "2026-02-30", "第 2 行“失效日期”列: 应为日期"),
        ("有效期", "2026-11-30至2026-11-01", "第 2 行“有效期”列: 2026-11-01 早于生效日期"),
        ("有效期", "2026-11-01至2026-11-02至2026-11-03", "第 2 行“有效期”列: 应为"),
        ("链接", "退换货规则", "第 2 行“链接”列: 每行应为“标题 地址”"),
        ("链接", "规则 javascript:alert(1)", "第 2 行“链接”列第 1 项: 'javascript:alert(1)'"),
        ("按钮", "退到哪 nowhere", "没有编号为 'nowhere' 的条目"),
        ("受众", "老板", "第 2 行“受众”列: 应为 所有人 或 客服"),
    ],
)
def test_a_broken_cell_is_refused(column: str, cell: str, named: str) -> None:
    assert named in refused(f"编号,答案,{column}\ntime,改,{cell}\n".encode())


def test_all_problems_are_listed_in_one_run() -> None:
    rows = "".join(f"n{number},退款,问{number},,\n" for number in range(50))
    assert len(refused(f"{PLAIN}{rows}".encode()).splitlines()) == 50


def test_damaged_utf8_is_not_taken_for_gbk() -> None:
    data = PLAIN.encode()
    broken = data[:-10] + b"\xff" + data[-9:]
    assert "faq.csv 第 2 行: 文字编码有误" in refused(broken)


def test_cells_merged_downwards_count_in_every_row() -> None:
    rows = (
        HEADER,
        ("fee", "退款", "退款收手续费吗？", "要手续费吗", "不收。"),
        (None, None, None, "扣钱吗", None),
    )
    assert fee(imported(sheet(*rows), "faq.xlsx")) == FEE

    def merge_all(page: Worksheet) -> None:
        for row in rows:
            page.append(list(row))
        for column in "ABCE":
            page.merge_cells(f"{column}2:{column}3")

    assert fee(imported(workbook(merge_all), "faq.xlsx")) == FEE


def test_cells_merged_across_columns_are_refused() -> None:
    data = sheet(HEADER, ("fee", "退款", "退款收手续费吗？", "要手续费吗", "不收。"), merged="C2:D2")
    assert "第 2 行: C2:D2 是跨列合并的单元格" in refused(data, "faq.xlsx")
    titled = sheet(
        ("问答",), HEADER, ("fee", "退款", "退款收手续费吗？", "要手续费吗；扣钱吗", "不收。"), merged="A1:E1"
    )
    assert fee(imported(titled, "faq.xlsx")) == FEE


def test_numbers_and_dates_of_a_workbook() -> None:
    header = ("编号", "分类", "标准问", "答案", "生效日期")
    (change,) = imported(
        sheet(header, (7, "退款", "客服电话", 4008006620, date(2026, 11, 1))), "x.xlsx"
    ).changes
    assert (change.entry.id, change.entry.answer) == ("7", "4008006620")
    assert change.entry.valid_from == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        ("=1+1", "x.xlsx 第 2 行第 4 列: 单元格是公式"),
        ("=HYPERLINK(A1)", "第 2 行第 4 列: 单元格是公式"),
        (date(2026, 11, 1), "第 2 行“答案”列: 单元格是日期 2026-11-01，这一列应为文本"),
        ("#REF!", "第 2 行第 4 列: 单元格是错误值"),
        (True, "第 2 行第 4 列: 看不懂的内容 True"),
    ],
)
def test_a_cell_that_is_no_text_is_refused(cell: object, named: str) -> None:
    assert named in refused(sheet(("编号", "分类", "标准问", "答案"), ("fee", "退款", "问", cell)), "x.xlsx")


def test_every_sheet_of_a_workbook_is_read_or_refused() -> None:
    book = Workbook()
    book.worksheets[0].append(HEADER)
    book.worksheets[0].append(("fee", "退款", "退款收手续费吗？", "要手续费吗；扣钱吗", "不收。"))
    book.create_sheet("空")
    second = book.create_sheet("更多")
    second.append(("编号", "答案"))
    second.append(("time", "改了"))
    stream = io.BytesIO()
    book.save(stream)
    assert [change.entry.id for change in imported(stream.getvalue(), "x.xlsx").changes] == ["fee", "time"]
    book.create_sheet("说明").append(("这是说明", "不是问答"))
    stream = io.BytesIO()
    book.save(stream)
    assert "x.xlsx 工作表“说明”: 没有找到表头" in refused(stream.getvalue(), "x.xlsx")


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_bombs_are_refused() -> None:
    parts = unpacked(sheet(HEADER, ("fee", "退款", "问", "", "答")))
    page = "xl/worksheets/sheet1.xml"
    bomb = packed({**parts, "xl/media/big.bin": bytes(65 * 2**20)})
    assert len(bomb) < 2**20
    assert "解压后太大" in refused(bomb, "x.xlsx")
    merges = b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    wide = parts[page].replace(b"</sheetData>", b"</sheetData>" + merges)
    assert "合并的单元格太多" in refused(packed({**parts, page: wide}), "x.xlsx")
    last = b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    far = parts[page].replace(b"</sheetData>", last)
    assert "最多 50000 行" in refused(packed({**parts, page: far}), "x.xlsx")
    entities = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert "不是完好的 XLSX 文件" in refused(packed({**parts, page: entities}), "x.xlsx")


def test_a_cell_that_would_be_lost_in_silence_is_refused() -> None:
    parts = unpacked(sheet(HEADER, ("fee", "退款", "问", "", "答")))
    page = "xl/worksheets/sheet1.xml"
    for old, new, named in (
        (b'r="E2" t="inlineStr"', b'r="E2" t="inline"', "单元格 E2 的内容与类型不符"),
        (b'r="E2" t="inlineStr"', b'r="E2" t="str"', "单元格 E2 的内容与类型不符"),
        (b'r="E2"', b'r="C2"', "单元格 C2 的位置不对"),
        (b'r="E2"', b'r="E3"', "单元格 E3 的位置不对"),
        (b'r="E2"', b'r="Z2" rr="E2"', "这一格上方没有列名"),
        (b' r="E2"', b"", "第 2 行有单元格没有位置"),
        (b'<row r="2"', b'<row r="1"', "第 1 行的位置不对"),
    ):
        assert old in parts[page]
        assert named in refused(packed({**parts, page: parts[page].replace(old, new)}), "x.xlsx")


@pytest.mark.parametrize(
    ("name", "data", "named"),
    [
        ("faq.xlsx", b"not a zip", "不是完好的 XLSX 文件"),
        ("faq.xlsx", sheet(), "没有条目"),
        ("faq.csv", b"", "没有找到表头"),
        ("faq.md", b"", "faq.md: 没有条目"),
        ("faq.csv", bytes(10 * 2**20 + 1), "文件太大，最多 10 MiB"),
        ("faq.docx", b"", "文件名应以 .csv、.xlsx、.md 结尾"),
    ],
)
def test_a_file_that_is_none_is_refused(name: str, data: bytes, named: str) -> None:
    assert named in refused(data, name)


MARKDOWN = "# 退款 {#refunds}\n\n## 收费吗？ {#fee}\n\n### 相似问\n\n- 扣钱吗\n\n### 答案\n\n> 不收。\n"


def test_markdown_is_read_as_a_person_writes_it() -> None:
    assert fee(imported(MARKDOWN.replace("\n\n", "\n").encode(), "a.md")).similar == ("扣钱吗",)
    assert fee(imported(MARKDOWN.replace("> ", ">").encode("utf-8-sig"), "a.md")).answer == "不收。"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("> 不收。", "不收。", "a.md 第 11 行: “答案”的每一行应以“> ”开头"),
        ("- 扣钱吗", "扣钱吗", "a.md 第 7 行: “相似问（每行一个）”的每一行应以“- ”开头"),
        (" {#fee}", "", "a.md 第 3 行: 标题应为“## 文字 {#编号}”"),
        ("{#fee}", "{#收费}", "a.md 第 3 行（id）: '收费' 只能含"),
        ("### 答案", "### 回答", "a.md 第 9 行: 不认识的字段 '回答'"),
        ("### 相似问", "### 答案", "a.md 第 9 行: 字段“答案”出现了两次"),
        ("## 收费吗？ {#fee}\n", "", "a.md 第 4 行: 字段不属于任何条目"),
        ("# 退款 {#refunds}\n", "散落的字\n", "a.md 第 1 行: 这一行不属于任何条目的字段"),
        ("> 不收。", ">", "a.md 第 9 行（answer）: 缺少内容"),
        ("- 扣钱吗", f"- 扣钱吗\n- {'长' * 501}", "a.md 第 8 行（similar[2]）: 太长"),
    ],
)
def test_broken_markdown_is_refused_with_its_line(old: str, new: str, named: str) -> None:
    assert old in MARKDOWN
    assert named in refused(MARKDOWN.replace(old, new).encode(), "a.md")


def test_markdown_in_another_encoding_is_refused() -> None:
    assert "a.md 第 1 行: 不是 UTF-8 编码" in refused(MARKDOWN.encode("gbk"), "a.md")
