"""The columns of a sheet of entries: what they are called and what a cell of theirs holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.faq.entry import CHANNELS, Audience, Entry
from bot.faq.topic_file import Topic

Kind = Literal["text", "day", "span", "audience", "lines", "links", "images", "buttons", "ignored"]
LISTS: tuple[Kind, ...] = ("lines", "links", "images", "buttons")
AUDIENCE_NAMES: dict[str, Audience] = {
    "所有人": "everyone",
    "全部": "everyone",
    "everyone": "everyone",
    "客服": "agents",
    "仅客服": "agents",
    "agents": "agents",
}


@dataclass(frozen=True)
class Column:
    """One column: the field that it fills, its header, and other names under which it is understood.

    Under its own header a cell holds one item a line. `separators` are what divides items in a sheet
    made elsewhere, under one of the other names; a comma divides tags but is a part of a question.
    """

    field: str
    header: str
    kind: Kind
    names: tuple[str, ...]
    separators: str = ""


_CHANNEL_HEADERS = {
    "web": ("网站答案", "网页答案"),
    "wechat": ("微信答案", "公众号答案"),
    "wecom": ("企业微信答案", "企微答案"),
    "webhook": ("接口答案",),
    "email": ("邮件答案", "邮箱答案"),
}
COLUMNS: tuple[Column, ...] = (
    Column("topic", "分类", "text", ("topic", "分类编号", "主题", "类别", "类目")),
    Column("title", "分类名称", "text", ("title", "主题名称", "category")),
    Column("id", "编号", "text", ("id", "条目编号", "问题编号", "知识编号")),
    Column("question", "标准问", "text", ("question", "标准问题", "标准问法", "问题", "主问题")),
    Column(
        "similar",
        "相似问（每行一个）",
        "lines",
        ("similar", "相似问", "相似问题", "相似问法", "扩展问", "同义问"),
        "；;|｜",
    ),
    Column("answer", "答案", "text", ("answer", "标准答案", "回答", "回复", "答复")),
    Column("rich", "富文本答案", "text", ("rich", "markdown")),
    *(
        Column(
            f"channels.{channel}",
            _CHANNEL_HEADERS[channel][0],
            "text",
            (channel, *_CHANNEL_HEADERS[channel][1:]),
        )
        for channel in CHANNELS
    ),
    Column("links", "链接（每行：标题 地址）", "links", ("links", "链接"), "；;"),
    Column("images", "图片（每行：标题 地址）", "images", ("images", "图片"), "；;"),
    Column(
        "buttons", "按钮（每行：标题 条目编号）", "buttons", ("buttons", "按钮", "追问", "关联问题"), "；;"
    ),
    Column("tags", "标签（每行一个）", "lines", ("tags", "标签", "关键词"), "；;|｜，,、"),
    Column("valid_from", "生效日期", "day", ("valid_from", "开始日期", "有效期开始", "生效时间", "有效期起")),
    Column(
        "valid_until",
        "失效日期",
        "day",
        ("valid_until", "结束日期", "有效期结束", "失效时间", "有效期至", "有效期止", "截止日期", "到期日期"),
    ),
    Column("validity", "有效期", "span", ("validity",)),
    Column("audience", "受众", "audience", ("audience", "适用对象")),
    Column("owner", "负责人", "text", ("owner", "维护人")),
    Column("reviewed", "复核日期", "day", ("reviewed", "最近复核", "审核日期", "复核时间")),
    # Spreadsheets number their rows; the number means nothing.
    Column("", "序号", "ignored", ("no", "no.", "#")),
)
WRITTEN = tuple(column for column in COLUMNS if column.kind not in ("span", "ignored"))


@dataclass(frozen=True)
class Heading:
    """A column as it stands in a file; `separators` divide the items of a cell, besides line breaks."""

    column: Column
    header: str
    separators: str


def find_heading(header: str) -> Heading | None:
    """The column that a header names, or None. Width, case, spaces and marks such as * do not matter."""
    name = _plain(header)
    for column in COLUMNS:
        if name == _plain(column.header) and column.header not in column.names:
            return Heading(column, header, "")
        if name in map(_plain, column.names):
            return Heading(column, header, column.separators)
        numbered = re.fullmatch(r"(.+?)[_-]?\d+", name)
        if column.field == "similar" and numbered and numbered[1] in map(_plain, column.names):
            return Heading(column, header, column.separators)
    return None


def _plain(header: str) -> str:
    return re.sub(r"[\s*:]", "", unicodedata.normalize("NFKC", header)).lower()


def entry_cells(topic: Topic, entry: Entry) -> dict[str, str]:
    """The text of each column of `WRITTEN`, '' where the entry has nothing."""
    channels = {f"channels.{answer.channel}": answer.text for answer in entry.channels}
    cells = {
        "topic": topic.name,
        "title": topic.title,
        "id": entry.id,
        "question": entry.question,
        "similar": "\n".join(entry.similar),
        "answer": entry.answer,
        "rich": entry.rich,
        "links": _pairs([(link.title, link.url) for link in entry.links]),
        "images": _pairs([(image.title, image.url) for image in entry.images]),
        "buttons": _pairs([(button.title, button.entry) for button in entry.buttons]),
        "tags": "\n".join(entry.tags),
        "valid_from": entry.valid_from.isoformat() if entry.valid_from else "",
        "valid_until": entry.valid_until.isoformat() if entry.valid_until else "",
        "audience": "客服" if entry.audience == "agents" else "",
        "owner": entry.owner,
        "reviewed": entry.reviewed.isoformat() if entry.reviewed else "",
    }
    return {column.field: {**cells, **channels}.get(column.field, "") for column in WRITTEN}


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{title} {target}" for title, target in pairs)
