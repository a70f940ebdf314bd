"""Who a parcel is for: name and mobile number, read from what customers write around an address."""

from __future__ import annotations

import re

from actions.view import View

# The most frequent surnames; others are read behind a word such as 收件人.
_SURNAME = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_PLACE = "省市区县镇乡村路街号栋楼室店园厦城院门口内旁校厂司苑庭座层"
_NAMED = re.compile(
    r"(?:收件人|收货人|联系人|收件的?人|名字|姓名)(?:和电话|的?名字|姓名)?(?:也|要|都)*"
    r"(?:改成|换成|改为|改|换|写|填|是|为|叫|[:：])*\s*([一-龥·]{2,6}?)(?=$|[\s，,。；;、吧的和]|电话|手机|号码|联系)"
)
_BESIDE = re.compile(
    rf"(?:^|[\s，,。；;、])([{_SURNAME}](?:(?![{_PLACE}])[一-龥]){{1,2}})(?=$|[\s，,。；;、])"
)
_NO_NAME = re.compile(r"不变|照旧|原来|一样|不改|电话|手机|地址|自己|本人|也要|要改|谢谢|改一")
_BARE = re.compile(r"[一-龥·]{2,6}")
_LABEL = re.compile(r"(?:联系|收件人?|收货人?|手机)?(?:电话|手机|号码|手机号)码?(?:是|为|[:：])*\s*$")


def named_recipient(text: str) -> str | None:
    """The name behind a word such as 收件人."""
    return next((name for name in _NAMED.findall(text) if not _NO_NAME.search(name)), None)


def recipient_beside(text: str) -> str | None:
    """The name in a message that has an address: named as such, or alone between marks."""
    named = named_recipient(text)
    if named is not None:
        return named
    return next((name for name in _BESIDE.findall(text) if not _NO_NAME.search(name)), None)


def bare_recipient(text: str) -> str | None:
    """The name in an answer to who it is for; None when nothing is to change."""
    words = text.strip(" ，。！!,.")
    if _NO_NAME.search(words):
        return None
    return recipient_beside(words) or (words if _BARE.fullmatch(words) else None)


def without_recipient(view: View) -> str:
    """The message without order number, mobile number and name, and without the words that announce them."""
    text = view.turn.text
    for mention in reversed(view.turn.mentions):
        if mention.kind in ("order_number", "phone") and mention.end:
            before = text[: mention.start]
            text = (_LABEL.sub("", before) if mention.kind == "phone" else before) + " " + text[mention.end :]
    name = recipient_beside(text)
    if name is not None:
        text = _NAMED.sub(" ", text) if named_recipient(text) else text.replace(name, " ")
    return text.strip(" ，。！!,.")
