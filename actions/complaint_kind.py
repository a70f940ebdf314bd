"""What somebody who complains is after: to be heard, respect, compensation, or that it is done better.

The four are the trade's own distinction (发泄、尊重、补偿、建议); the words that show them are written here.
"""

from __future__ import annotations

import re
from typing import Literal

ComplaintKind = Literal["compensation", "respect", "advice", "vent"]

# In this order: who asks for money wants an answer about it, whatever else is said.
_SIGNS: tuple[tuple[ComplaintKind, re.Pattern[str]], ...] = (
    (
        "compensation",
        re.compile(
            r"赔|补偿|退(?:一赔)?[一二三四五六七八九十]|假一|损失|误工|退差价|给个说法|免单|返现|折价|补(?:我)?券"
        ),
    ),
    (
        "respect",
        re.compile(
            r"态度|骂|不理|不回|没人(?:管|理|回|处理)|敷衍|踢皮球|推来推去|推脱|挂(?:我)?电话|不耐烦|阴阳怪气|道歉|尊重|"
            r"爱答不理|冷漠|忽悠|骗|欺负|当我傻|已读"
        ),
    ),
    ("advice", re.compile(r"建议|希望你们|应该改|改进|改善|下次能不能|能不能改|以后别|最好能")),
)
_CONDUCT = r"态度|骂|凶|吼|威胁|不耐烦|没礼貌|没素质|阴阳怪气|冷漠|敷衍|服务.{0,3}(?:差|烂|不好|恶劣|不行)"
_COURIER = r"(?:快递|派送|送货|配送|送件|取件)(?:员|小哥|师傅|人员|大哥|的(?!东西|商品|时候))|骑手"
_FITTER = r"(?:安装|维修|上门)(?:的)?(?:师傅|人员|工人)|师傅"
# What it is about, in words that can be said back to the customer: all of them and `UNNAMED` fit 您说的{…},
# 关于{…} and 遇到{…}. The conduct of whoever came to the door comes first: it is not the agent's.
_MATTERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "快递员态度问题",
        re.compile(rf"(?:{_COURIER}).*(?:{_CONDUCT})|(?:快递|物流)(?!.{{0,3}}客服).{{0,6}}(?:态度|服务)"),
    ),
    ("上门师傅的态度问题", re.compile(rf"(?:{_FITTER}).*(?:{_CONDUCT})")),
    (
        "客服态度问题",
        re.compile(
            r"客服.{0,8}(?:态度|骂|不理|敷衍|挂|不耐烦|阴阳怪气|冷漠|差|坏|恶劣)|态度.{0,4}(?:差|恶劣|不好)"
        ),
    ),
    (
        "一直没人处理的问题",
        re.compile(
            r"没(?:有)?人(?:管|理|回|处理)|谁都?不(?:管|理)|不理人|不回(?:我|复|消息)|联系不上|踢皮球|推来推去|推脱"
        ),
    ),
    ("发错商品的问题", re.compile(r"发错|寄错|送错|货不对板|不是我买的")),
    ("少发商品的问题", re.compile(r"少发|少了|漏发|缺件|缺了|少件")),
    ("商品破损的问题", re.compile(r"碎|破(?:损|皮|洞|开|了)|[是都]破的|压坏|裂|摔坏|变形|漏液|漏了")),
    ("商品真假的问题", re.compile(r"假货|假的|仿品|冒牌|不是正品|山寨")),
    ("商品疑似用过的问题", re.compile(r"二手|用过的|翻新|别人退")),
    ("商品质量问题", re.compile(r"质量|坏了|坏的|掉色|起球|开线|故障|开不了机|瑕疵|异味|毛病")),
    ("退款没到账的问题", re.compile(r"退款|不退钱|退钱|钱.{0,4}(?:没退|不退|没到)")),
    ("迟迟没发货的问题", re.compile(r"不发货|没发货|还没发|迟迟不发|拖着不发|一直待发货")),
    (
        "包裹丢失的问题",
        re.compile(r"被偷|丢了|丢失|弄丢|丢件|不见了|没收到(?!.{0,6}(?:码|短信|邮件|通知|款|钱|发票|回复))"),
    ),
    ("快递配送问题", re.compile(r"快递|物流|派送|送货|签收|驿站|配送|揽[件收]")),
    ("价格变动的问题", re.compile(r"降价|涨价|价格|差价|贵了|先涨后降")),
    ("优惠没兑现的问题", re.compile(r"优惠|券|活动|满减|赠品")),
    ("等得太久的问题", re.compile(r"[等拖]了.{0,4}(?:[天周月年]|星期|小时|久)|太慢|磨蹭")),
    ("售后被拒的问题", re.compile(r"拒绝|驳回|不给退|不让退|不给换|售后")),
)

_ELSEWHERE = re.compile(
    r"(?:隔壁|别[家处人]|其[他它]|人家|对面|同行|网上|超市|京东|淘宝|天猫|拼多多|多多|抖音|唯品会).{0,12}"
    r"(?:便宜|更低|低(?:了|不少|很多|好多)|划算|优惠|实惠)|比.{0,4}(?:隔壁|别家|别处|其他|人家).{0,6}贵"
)
_WRONGED = re.compile(r"投诉|举报|[骗坑宰]|黑|忽悠|烂|差(?:劲|评)|冤大头|质量|无语|恶心|过分")

UNNAMED = "这件事"


def complaint_kind(text: str) -> ComplaintKind:
    """What the customer wants; `vent` where nothing is asked for."""
    return next((kind for kind, signs in _SIGNS if signs.search(text)), "vent")


def complaint_matter(text: str) -> str:
    """The problem by name, for 您说的{…}."""
    return next((matter for matter, signs in _MATTERS if signs.search(text)), UNNAMED)


def compares_prices(text: str) -> bool:
    """Whether somebody only says that it costs less elsewhere: they haggle, nothing went wrong."""
    return (
        _ELSEWHERE.search(text) is not None and complaint_kind(text) == "vent" and not _WRONGED.search(text)
    )
