"""Postal addresses in mainland China."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from bot.errors import AddressIncomplete, AddressNotServed

MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
PROVINCES = (
    *("河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南"),
    *("湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海"),
)
REGIONS = {
    "内蒙古": "内蒙古自治区",
    "广西": "广西壮族自治区",
    "西藏": "西藏自治区",
    "宁夏": "宁夏回族自治区",
    "新疆": "新疆维吾尔自治区",
}
_NOT_SERVED = re.compile(r"^(?:中国)?(?:香港|澳门|澳門|台湾|台灣|臺灣|台北|臺北)|海外|国外")
_PROVINCE = re.compile(
    "(?:中国)?(?:"
    + "|".join(
        [
            *(rf"(?P<region{i}>{name})(?:\w{{0,4}}?自治区)?" for i, name in enumerate(REGIONS)),
            rf"(?P<province>{'|'.join(PROVINCES)})省?",
            rf"(?P<municipality>{'|'.join(MUNICIPALITIES)})市?",
        ]
    )
    + ")"
)
_CITY = re.compile(r"(?:(?![区县旗路街镇乡村])[一-龥]){2,9}?(?:自治州|地区|盟|市)")
_DISTRICT = re.compile(r"(?:(?!镇|乡|街道|路|大道|小区|社区|园区)[一-龥]){1,9}?(?:区|县|旗|市)")
# Cities such as 东莞 and 仙桃 have towns and no districts.
_TOWN = re.compile(r"[一-龥]{1,8}?(?:街道|镇|乡)")
# Where a courier rings: a number, or a place that is its own address. A road alone is none.
_HOUSE = re.compile(
    r"[0-9０-９]|[一二三四五六七八九十百]+(?:号|栋|幢|座|单元|楼|层|室|组|队)|[村屯寨](?![路街])"
    r"|(?:大学|学院|学校|中学|小学|医院|酒店|宾馆|政府|派出所)(?![路街])"
)
_UNITS = "号院|号楼|号|栋|幢|座|单元|层|楼|室|弄"
_PART = re.compile(rf"([0-9]+[A-Za-z]?|[A-Za-z])({_UNITS})?")
_MORE = re.compile(r"加|补|漏|少[写了]|还有|后面")
_INSTEAD = re.compile(r"不是|不对|错|改|换|应该|是")
_GAPS = re.compile(r"[\s,，。;；、/|]+")
_LONGEST = 120


@dataclass(frozen=True, config=ConfigDict(strict=True))
class Address:
    """Province, city and district with their full names, and the `detail` below (empty when masked).

    `province` is empty where the customer named the city alone, which is enough to deliver.
    """

    province: Annotated[str, Field(max_length=20)]
    city: Annotated[str, Field(min_length=1, max_length=20)]
    district: Annotated[str, Field(max_length=20)]
    detail: Annotated[str, Field(max_length=_LONGEST)]

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read an address as customers type it, such as 上海浦东新区张杨路500号3楼.

        Raises AddressIncomplete when a part is missing, AddressNotServed outside mainland China.
        """
        rest = _GAPS.sub("", text)
        if _NOT_SERVED.search(rest):
            raise AddressNotServed("the address is outside mainland China")
        if len(rest) > _LONGEST:
            raise AddressIncomplete(f"an address has at most {_LONGEST} characters")
        province, rest = _province(rest)
        if province in {f"{name}市" for name in MUNICIPALITIES}:
            city = province
            rest = rest.removeprefix("市辖区").removeprefix(city)
        else:
            city, rest = _take(_CITY, rest)
        district, rest = _take(_DISTRICT if _DISTRICT.match(rest) else _TOWN, rest)
        if not city or not district or len(rest) < 3 or not _HOUSE.search(rest):
            raise AddressIncomplete("the address needs city, district and house")
        return cls(province, city, district, rest)

    @classmethod
    def find(cls, text: str) -> Address:
        """Read the address in a longer message, from the province or municipality that it names on.

        Raises what `parse` raises where no address is found.
        """
        for start in (0, *(match.start() for match in _PROVINCE.finditer(text))):
            try:
                return cls.parse(text[start:])
            except AddressIncomplete:
                continue
        return cls.parse(text)

    def corrected(self, words: str) -> Address | None:
        """The address with the parts of the house that `words` name put right (是487号) or added (再加601).

        None where the words name none, or where it is not said what they replace.
        """
        said = re.sub(r"不是\s*[0-9A-Za-z一-龥]*?(?=[，,。；;\s]|$|是|而是)", "", words)
        detail, done = self.detail, False
        more = _MORE.search(words) is not None
        for part in _PART.finditer(said):
            # A number without a word behind it is the flat.
            same = [held for held in _PART.finditer(detail) if (held[2] or "室") == (part[2] or "室")]
            if same and not more and _INSTEAD.search(words):
                detail = detail[: same[-1].start()] + part[0] + detail[same[-1].end() :]
            elif more and not same:
                detail += part[0]
            else:
                return None
            done = True
        return replace(self, detail=detail) if done else None

    def masked(self) -> Address:
        """Down to the district and no further."""
        return replace(self, detail="")

    def __str__(self) -> str:
        province = "" if self.province == self.city else self.province
        return province + self.city + self.district + self.detail


def _province(text: str) -> tuple[str, str]:
    match = _PROVINCE.match(text)
    if not match:
        return "", text
    rest = text[match.end() :]
    if match["municipality"]:
        return f"{match['municipality']}市", rest
    if match["province"]:
        return f"{match['province']}省", rest
    return next(full for i, full in enumerate(REGIONS.values()) if match[f"region{i}"]), rest


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    match = pattern.match(text)
    return (match.group(), text[match.end() :]) if match else ("", text)
