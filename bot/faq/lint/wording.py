"""How findings name entries and fields in Chinese."""

from __future__ import annotations

import re

from bot.faq.entry import Channel, Entry

CHANNEL_WORDS: dict[Channel, str] = {
    "web": "网站",
    "wechat": "微信",
    "wecom": "企业微信",
    "webhook": "外部系统",
    "email": "邮件",
}
_FIELDS = {
    "question": "标准问",
    "similar": "相似问",
    "answer": "答案",
    "rich": "富文本答案",
    "channels": "渠道答案",
    "links": "链接",
    "images": "图片",
    "buttons": "后续按钮",
    "tags": "标签",
    "valid_from": "生效日期",
    "valid_until": "失效日期",
    "reviewed": "复核日期",
}
_FIELD = re.compile(r"([a-z_]+)(?:\[(\d+)\])?")


def named(entry: Entry) -> str:
    """An entry by its id and its question."""
    return f"条目 {entry.id}（{entry.question}）"


def field_word(field: str) -> str:
    """`similar[3]` becomes 相似问第3条; '' stays empty."""
    found = _FIELD.match(field)
    if found is None:
        return field
    name, number = found.groups()
    return _FIELDS.get(name, name) + (f"第{number}条" if number else "")
