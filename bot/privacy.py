"""Personal data is masked wherever text leaves the transcript: logs, summaries, alerts, exports."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

_DIGIT = "[0-9０-９]"
_GAP = r"[\s\-－—]?"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐伍庞颜倪庄聂章鲁岳"
    "翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤"
    "張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭蔣餘葉蘇魏呂盧薑鍾譚陸賈韋鄒"
)
_NAME = rf"(?:欧阳|上官|司马|诸葛|慕容|东方|[{_SURNAMES}])[一-龥]{{1,2}}?"
_NAME_LEAD = (
    r"(?:收件人|收货人|收貨人|联系人|聯繫人|下单人|付款人|户名|姓名|名字|持卡人|本人叫|我叫|我的名字)"
)
_NAME_END = (
    r"(?=$|[^一-龥]|电话|電話|手机|手機|地址|住址|收货|的|电|，|。|女士|先生|小姐|想|要|在|住|买|下单|订单)"
)
_PLACE = (
    r"(?:[一-龥]{2,8}?(?:省|自治区|特别行政区))?(?:[一-龥]{2,8}?(?:市|自治州|地区))?"
    r"(?:[一-龥]{1,8}?(?:区|县|旗|市))?"
)
_STREET = (
    rf"[一-龥0-9０-９]{{1,12}}?(?:路|街|大道|道|巷|弄|胡同|镇|乡|村|小区|花园|新村|公寓|大厦|广场)"
    rf"[一-龥A-Za-z0-9０-９\-－#]{{0,16}}?(?:{_DIGIT}+|[一二三四五六七八九十百]+)(?:号楼|号院|号|弄|栋|幢|座|单元|室|楼|层|户)"
    rf"(?:[一-龥A-Za-z0-9０-９\-－#]{{0,12}}?(?:{_DIGIT}+|[一二三四五六七八九十]+)(?:号楼|栋|幢|座|单元|室|楼|层|户|号))*(?:{_DIGIT}{{2,4}})?"
)
# A character that JSON has escaped, such as \u6211, ends in what looks like a part of the number.
_EDGE_BEFORE = r"(?:(?<![0-9０-９A-Za-z])|(?<=\\u[0-9a-fA-F]{4}))"
_EDGE_AFTER = r"(?![0-9０-９])"


def _digits(text: str) -> str:
    return "".join(str(int(char)) if char.isdecimal() else char for char in text if char.isalnum()).upper()


def _id_card(match: re.Match[str]) -> str:
    return "[身份证号]" if _is_id_card(_digits(match.group())) else match.group()


def _is_id_card(number: str) -> bool:
    """Check digit of GB 11643-1999 (ISO 7064 MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    if len(number) != 18 or not number[:17].isdigit():
        return False
    return (
        "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11]
        == number[17]
    )


def _bank_card(match: re.Match[str]) -> str:
    number = _digits(match.group())
    return f"[银行卡号尾号{number[-4:]}]" if 13 <= len(number) <= 19 and _luhn(number) else match.group()


def _luhn(number: str) -> bool:
    """Check digit of ISO/IEC 7812-1."""
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _phone(match: re.Match[str]) -> str:
    number = _digits(match.group())[-11:]
    return f"{number[:3]}****{number[-4:]}"


def _email(match: re.Match[str]) -> str:
    return f"{match.group()[0]}***@***"


def _landline(match: re.Match[str]) -> str:
    return f"****{_digits(match.group())[-4:]}"


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"[A-Za-z0-9._%+-]{1,64}[@＠][A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"), _email),
    (
        re.compile(
            rf"{_EDGE_BEFORE}{_DIGIT}{{6}}{_GAP}{_DIGIT}{{8}}{_GAP}{_DIGIT}{{3}}[0-9０-９XxＸｘ]{_EDGE_AFTER}"
        ),
        _id_card,
    ),
    (
        re.compile(
            rf"{_EDGE_BEFORE}(?:[+＋]?(?:86|８６){_GAP})?[1１][3-9３-９]{_DIGIT}{_GAP}{_DIGIT}{{4}}{_GAP}{_DIGIT}{{4}}{_EDGE_AFTER}"
        ),
        _phone,
    ),
    (re.compile(rf"{_EDGE_BEFORE}(?:{_DIGIT}[ \-－]?){{12,18}}{_DIGIT}{_EDGE_AFTER}"), _bank_card),
    (re.compile(rf"{_EDGE_BEFORE}[0０]{_DIGIT}{{2,3}}[\-－ ]{_DIGIT}{{7,8}}{_EDGE_AFTER}"), _landline),
    (
        re.compile(
            rf"({_NAME_LEAD}(?:姓名)?[:：\s]{{0,2}}(?:是|叫|为|改成|换成|改为|写成)?\s?){_NAME}{_NAME_END}"
        ),
        lambda m: f"{m.group(1)}[姓名]",
    ),
    (re.compile(_PLACE + _STREET), lambda _: "[地址]"),
)


def mask(text: str) -> str:
    """The text without phone numbers, ID cards, bank cards, e-mail addresses, postal addresses and names.

    Names are found after words such as 收件人 or 我叫 only. Masking twice changes nothing more.
    """
    for pattern, replace in _RULES:
        text = pattern.sub(replace, text)
    return text


class MaskingFormatter(logging.Formatter):
    """Formats a log record and masks the result, whatever part of it the personal data came from."""

    def format(self, record: logging.LogRecord) -> str:
        """The masked line."""
        return mask(super().format(record))


def configure_logging(level: str) -> None:
    """Send all logs to standard error through the mask. `level` is DEBUG, INFO, WARNING or ERROR."""
    handler = logging.StreamHandler()
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # httpx logs every request at INFO, which is one line a turn and says nothing.
    for noisy in ("httpx", "httpcore", "alembic", "rasa_sdk", "websockets", "jieba"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # At DEBUG uvicorn prints frames with their middle cut out: half a number is not known for what it is.
    logging.getLogger("uvicorn.error").setLevel(max(root.level, logging.INFO))
