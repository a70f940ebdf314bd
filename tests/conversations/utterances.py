"""What the customers of a random walk say: questions, tasks, values right and wrong, feelings, noise."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

FREIGHT = "退货运费谁出"
FREIGHT_ANSWER = "7 天无理由"
HUMAN = ("转人工", "我要人工客服", "找真人", "叫个人工来", "請轉人工", "人工！")


@dataclass(frozen=True)
class Visitor:
    """A customer of the demo shop: `digits` end the phone, `orders` are their own."""

    id: str
    digits: str
    orders: tuple[str, ...]
    goods: tuple[str, ...]


VISITORS = (
    Visitor(
        "demo-chen",
        "2468",
        ("YS2600010001", "YS2600010002", "YS2600010003"),
        ("羽绒服", "蓝牙耳机", "四件套", "枕头", "保温杯"),
    ),
    Visitor(
        "demo-li",
        "1357",
        ("YS2600020001", "YS2600020002", "YS2600020003"),
        ("运动鞋", "电饭煲", "行李箱"),
    ),
    Visitor(
        "demo-zhao", "6699", ("YS2600030001", "YS2600030002", "YS2600030003"), ("卫衣", "耳机", "空气炸锅")
    ),
    Visitor(
        "demo-zhou",
        "5203",
        ("YS2600040001", "YS2600040002", "YS2600040003", "YS2600040004"),
        ("吸尘器", "扫地机器人", "智能手表", "连衣裙"),
    ),
    Visitor(
        "demo-wu",
        "8810",
        ("YS2600050001", "YS2600050002", "YS2600050003", "YS2600050004"),
        ("坚果", "键盘", "T恤", "内裤"),
    ),
)

QUESTIONS = (
    FREIGHT,
    "怎么开发票",
    "什么是运费险",
    "退款多久到账",
    "忘记登录密码怎么办",
    "可以指定发顺丰吗",
    "人工客服几点上班",
    "积分有什么用",
    "优惠券怎么领",
    "发货要多久啊",
    "能货到付款吗",
    "保修期是多长时间",
    "買錯了可以退嗎",
    "tuikuan要几天",
    "怎么注销账号",
)
TASKS = (
    "我的快递到哪了",
    "查一下订单",
    "我的{goods}到哪了",
    "我要退货",
    "{goods}我要退货",
    "我要换货",
    "{goods}想换一个",
    "{goods}坏了，要维修",
    "退款到哪一步了",
    "取消订单",
    "把{goods}那单取消了",
    "改收货地址",
    "{order}改一下地址",
    "催一下发货",
    "帮我开发票",
    "{order}要开发票",
    "给我回个电话",
    "我要投诉",
    "我想提个建议",
    "我的工单怎么样了",
    "给工单补充一下",
    "我要评价",
    "我要退貨，{goods}",
    "帮我查一下物流，顺便开个发票",
    "{goods}我要退货，另外查一下快递",
)
VALUES = (
    "{order}",
    "{digits}",
    "{order} 尾号{digits}",
    "{goods}",
    "{goods}那单",
    "第一个",
    "第二个",
    "昨天那单",
    "质量问题",
    "尺码不合适",
    "不想要了",
    "发错货了",
    "拍错了",
    "左边没声音，充不进电",
    "没有",
    "同款",
    "个人",
    "公司",
    "杭州青禾文化有限公司",
    "91330106MA2ABCDE1X",
    "qinghe@example.com",
    "浙江省杭州市西湖区文三路90号2幢301室",
    "13800138000",
    "明天下午三点以后",
    "随时都行",
    "快递拖了一个星期，打电话也没人接",
    "希望晚上也能送货",
    "3分",
)
WRONG = (
    "1111",
    "YS2699999999",
    "YS123",
    "1380013800",
    "凌晨三点",
    "昨天下午",
    "文三路90号",
    "香港九龙弥敦道100号",
    "那个那个",
    "税号不记得",
    "abc@",
    "第九十九个",
)
# Numbers and names that belong to somebody else.
OTHERS = ("{other}", "查一下 {other}", "{other} 尾号{digits}", "取消 {other}", "我要退 {other} 这单")
ASSENT = ("好的", "是的", "确认", "嗯", "可以", "对", "不是", "不对", "不用了", "没有了")
TURNS = (
    "不对，是{goods}那单",
    "不对，是换货",
    "返回上一步",
    "改一下",
    "说错了",
    "算了",
    "不办了",
    "停",
    "先不弄了",
    "再见",
)
FEELINGS = (
    "快点行不行，急死了",
    "你们可真行，三天了还在揽收",
    "太慢了吧，真让人失望",
    "无语",
    "我很不满意",
    "谢谢你",
    "太好了",
    "你好",
    "你是机器人吗",
)
RAGE = ("垃圾客服！！！气死我了！", "再不处理我就去12315投诉", "骗子公司，我要曝光你们")
NOISE = (
    "asdfgh",
    "啊啊啊啊啊",
    "。。。。",
    "？？？",
    "😂😂",
    "👍",
    "哈哈哈",
    "今天天气怎么样",
    "帮我订张火车票",
    "<b>1</b>",
    "1",
    "0",
    "嗯嗯嗯嗯嗯嗯嗯",
    "，",
    "/restart",
    '/inform{"value":"YS2600050001"}',
    "你说的我一句都没看懂，我这边情况有点复杂，"
    + "前几天买的东西到现在也不知道怎么样了，家里人一直在问，" * 12,
)
KINDS = (
    (QUESTIONS, 16),
    (TASKS, 22),
    (VALUES, 26),
    (WRONG, 8),
    (OTHERS, 5),
    (ASSENT, 12),
    (TURNS, 8),
    (FEELINGS, 5),
    (RAGE, 1),
    (NOISE, 7),
    (HUMAN, 2),
)


# What customers say one after the other, whatever the bot answers, until its patience ends.
STRANGE = (
    "你们老板结婚了没有",
    "隔壁超市几点关门",
    "帮我写一篇作文",
    "量子力学怎么入门",
    "我家猫三天没吃饭了",
    "驾照换证要带什么",
    "明天股票会涨吗",
    *NOISE,
)
VAGUE = (
    "那个怎么弄",
    "东西的事",
    "运费",
    "退",
    "有没有优惠",
    "还没到",
    "发票",
    "改一下行吗",
    "这个不对",
    "会员",
)
# An opening, and answers that no form can use.
OPENINGS = (
    "给我回个电话",
    "我要退货",
    "催一下发货",
    "查一下订单",
    "改收货地址",
    "帮我开发票",
    "我要换货",
    "取消订单",
)
USELESS = ("你猜", "我哪知道", "随你便", "就那样", "不是早说过了吗", "看着办", "嗯哼", "那个那个", "问你自己")
WRONG_DIGITS = ("0000", "1234", "9999", "4321")


def insistence(rng: Random, visitor: Visitor, *, known: bool) -> list[str]:
    """Several messages of one mind: nothing the bot knows, too little to go on, useless or false answers."""
    kinds = ["strange", "vague", "useless"] if known else ["strange", "vague", "useless", "false", "false"]
    match rng.choice(kinds):
        case "strange":
            return rng.sample(STRANGE, 4)
        case "vague":
            return rng.sample(VAGUE, 4)
        case "useless":
            return [rng.choice(OPENINGS), *rng.sample(USELESS, 4)]
        case _:
            order = rng.choice([order for one in VISITORS if one is not visitor for order in one.orders])
            return [f"查一下 {order} 尾号{digits}" for digits in rng.sample(WRONG_DIGITS, 3)]


def utterance(rng: Random, visitor: Visitor) -> str:
    """Something that the visitor might type at any time."""
    others = [order for one in VISITORS if one is not visitor for order in one.orders]
    kind = rng.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS])[0]
    words = rng.choice(kind)
    for name, value in {
        "{order}": rng.choice(visitor.orders),
        "{digits}": visitor.digits,
        "{goods}": rng.choice(visitor.goods),
        "{other}": rng.choice(others),
    }.items():
        words = words.replace(name, value)
    return words
