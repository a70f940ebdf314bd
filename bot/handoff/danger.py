"""Is somebody in physical danger from goods, here and now? Phrase rules, for seconds count and a miss hurts.

The rules read one clause at a time. Idioms (嗓子冒烟, 气炸了) are blanked out; what is asked about, feared,
denied, reported of others or over is passed over; a bare phrase of danger (漏电, 冒烟) is the customer's own.
"""

from __future__ import annotations

import re
from typing import Literal

from bot.emotion import normalize

Danger = Literal["fire_or_electricity", "gas", "burst", "injury_or_illness"]

_CLAUSES = re.compile(r"[^,.!;~\n\r…、|/]+")
_SPACES = re.compile(r"\s+")

_WORDS = {
    "body": "(?<!左)(?<!右)手(?![机表环工续套册柄电提动把写办势链镯感游])|手指|手臂|胳膊|脸(?!盆|书)|眼睛|"
    "眼皮|(?<!壶)(?<!壶的)嘴(?!巴甜)|嘴唇|舌头|喉咙|头皮|额头|脖子|后背|胸口|肚子|大腿|小腿|膝盖|"
    "(?<!桌)(?<!椅)(?<!支)脚(?!垫|架|踏|轮)|腿(?!部按摩)|皮肤|身上|全身|浑身|牙(?!刷|膏|线|签)",
    "person": "我|俺|孩子|宝宝|娃|小孩|儿子|女儿|闺女|老人|老公|老婆|媳妇|爱人|爸|妈|爷爷|奶奶|外婆|外公|"
    "家人|他|她",
    "cell": "电池|充电宝|移动电源|电瓶|锂电|后盖|手机(?!壳|膜|套|袋|支架)|笔记本|电脑(?!包|桌)|平板|耳机仓?|"
    "电动车|平衡车|滑板车",
    "vessel": "锅|壶|杯|碗|盘|玻璃|瓶|罐|灯|插座|插排|排插|插线板|充电器|适配器|热水器|微波炉|烤箱|面板|茶几|"
    "淋浴房|花洒|镜子|破壁机|榨汁机|料理机|豆浆机|养生|电视|空调|洗衣机|冰箱|取暖器|油汀|热水袋|暖手宝|"
    "吹风机|打火机|喷雾|压力",
    "plug": "插头|插座|插排|排插|插线板|充电器|充电线|数据线|电源线|电线|适配器|主板|电机|电热毯|电褥子",
    "hurt": "烫|灼|割|划|刮|扎|刺|戳|夹|砸|崩|炸|砍|切|磕|摔|压|烧|咬",
}


def _compile(*alternatives: str) -> re.Pattern[str]:
    joined = "|".join(alternatives)
    return re.compile(re.sub(r"<([a-z]+)>", lambda match: f"(?:{_WORDS[match[1]]})", joined))


# Other words that hold the same characters.
_OTHER_WORDS = _compile(
    "火锅|炸锅|炸鸡|油炸|炸[酱串薯排物]|煎炸|爆炸[头盐糖]|爆炸性|信息爆炸|爆[米款料单仓满]|火爆|烟灰缸|一起火锅",
    "(?:打|(?<!差)点|引)得?不?着火|着火点|[等看接跟趁顺围迎烤带守]着火|[一发上恼冒]火大?了",
    "(?:嗓子|喉咙|七窍|头顶|缺德带?|急得|气得|忙得|渴得|干得|快要?)[都快要直在喊说干急]*冒烟|冒烟测试",
    "祖坟.{0,4}冒[青黑]?烟|[气急累等][得到].{0,4}(?:吐血|住院|进医院|送医院|晕倒|抢救)",
    "[防无]漏电|漏电(?:保护|开关|断路|报警|检测|测试)|防火|防爆|防烫伤?|防割|烫伤[膏药贴]|工伤|"
    "触电(?:般|感|一样|的感觉)|(?:心里?|心灵|感情|很|好|钱包|最|太|总|令人|让人)受伤",
    "(?:气|笑|肺|心态|头|脑袋|脑|热|急|吵|忙|[酷帅美累难]|好[看吃听用]到?|我真?的?)[都快要]*[爆炸]炸?[裂了]*(?!伤|开)",
)
_SMOKING_GOODS = re.compile(
    "[蚊檀沉线熏薰]香|倒流香|艾[灸条柱]|烧烤|烤肉|炒菜|电子烟|烟雾机|舞台|干冰|加湿|雾化|香薰"
)
_SLANG = re.compile(
    "音质|低音|音效|效果|性能|颜值|画质|体验|消息|短信|电话|内存|销量|好评|价格|评论|朋友圈|颜色|香味"
)
_ON_THE_WAY = re.compile("快递|运输|路上|包裹|拆开|到货|收到|签收|物流|包装")

_FIRE = _compile(
    "着火|(?<![一生升拱燃激勾点惹])起火|(?:烧|着|燃)起来|烧着(?:了|$)|火灾|自燃|"
    "[冒打蹦喷溅闪][着了出起]?电?火[花星苗光]|火花四溅",
    "冒(?:着|了|出|起)?(?:黑|白|浓|青)?烟",
    "<plug>.{0,4}(?:烧(?:焦|黑|糊|化|红|熔)|融化|熔化|化掉)|(?:焦糊|烧焦|糊|焦)味.{0,4}<plug>|"
    "<plug>.{0,6}(?:焦糊|烧焦|糊|焦)味",
    "漏电|触电|[被把](?:<person>|老|手|都|给|可|又){0,3}电(?:了|到|着|得|麻|一下|晕|伤)",
    "(?<![充来没有断停通用省费手漏])电(?:了|到|着)(?:<person>|手|人(?!工))|(?<![充来没有断停通用手漏])电了?(?:<person>)?一下|"
    "(?<!充)电死(?!机)|(?:外壳|机身|水龙头|水里|水管)(?:都|会|上|是|里)*(?:带电|有电|麻手)",
)
_GAS = _compile(
    "(?:煤气|燃气|天然气|液化气)(?:灶|罐|管|热水器)?.{0,3}(?:泄漏|泄露|漏气|漏了)|"
    "(?:煤气|燃气|天然气)的?味|(?:煤气|一氧化碳)中毒"
)
_BURST = _compile(
    "<cell>[^,]{0,8}(?:鼓包|鼓起|鼓了|鼓出|胀起来|胀大|膨胀|胀开|胀了)|(?:鼓包|膨胀)的?<cell>",
    "(?:<vessel>|<cell>)[^,]{0,12}(?:炸(?:了(?![一点两个些盘鸡薯鱼春虾几半油])|$|开|裂|碎|飞|成|得|掉)|爆(?:炸|裂|开|了)|自爆)",
    "(?:爆|炸)(?:裂|了|开)的?(?:<vessel>|<cell>)|^(?:突然|刚才?|刚刚|直接|自己)*爆炸了",
)
_INJURY = _compile(
    "(?:烫|灼|炸|砸|咬|夹|烧|电|扎)伤(?:了|我|<person>|<body>)|[被把].{0,8}(?:烫|灼|炸|砸|咬|夹|烧|扎|割|划|刮)伤|"
    "受(?:了)?(?:重|轻)?伤了|弄伤了",
    "(?:<hurt>)(?:到|伤|破|烂|断|出血|肿)了?(?:<person>)?的?(?:<body>)|"
    "(?:烫|割|划|扎|夹|砸|炸|切|砍)了(?:<person>)?的?(?:<body>)",
    "(?:<body>)(?:上|都|就|也|被|给|直接|全|一下子?|一[块片]|它)*(?:<hurt>)(?:到|伤|破|烂|断|出|起|红|肿)",
    "[把给将被].{0,4}(?:<person>的?(?:<body>)?|<body>)(?:都|给|直接|一下|上)*(?:<hurt>)(?:到|伤|破|烂|出血|起泡|肿|晕|了|下来)",
    "(?:<person>|<body>).{0,6}(?:流血|(?<!磨)出血|流了.{0,4}血|血流|缝了.{0,2}针|起(?:了|满)?(?:水|大)?泡|毁容)",
    "[划割烫缝]了?(?:我|孩子|手|脸)?.{0,2}[一二两三四五六七八九十几\\d]+针|烫起(?:了)?(?:水|大)?泡|满[手脸身地]是血|血止不住",
    "(?:摔|砸|压|撞|夹)[成得到]?了?.{0,2}骨折",
    "(?:<body>).{0,3}(?:烂|毁|肿成|肿得|全肿|肿了|溃烂)|(?:整张|满|全)脸.{0,4}(?:烂|肿|毁|红疹|起泡)|"
    "头皮.{0,3}[烂肿]",
    "(?:眼睛|嘴|喉咙)里?(?:进|喷|溅)[了进到].{0,6}(?:液|剂|药|玻璃)",
    "(?:烫|割|划|扎|刺|夹|砸|崩|炸|切)到了?(?:<person>)|打到了?.{0,2}眼睛",
    "(?<!蓝)牙.{0,5}(?:崩|磕|硌|断)了?(?:一|半|掉|块|$)",
    "吞(?:了|下|进).{0,5}(?:电池|磁|玻璃|珠|零件|硬币|干燥剂)|(?:卡|噎)[在住到]了?.{0,3}(?:喉咙|嗓子|气管)",
)
# These are the goods' doing only when something was eaten, drunk or put on the skin.
_ILLNESS = _compile(
    "上吐下泻|呕吐|一直在?吐(?!槽)|(?<![想要])吐(?:了|个不停|得|血)|拉肚子|拉稀|腹泻|拉了(?:一|两|好|几)|肚子(?:疼|痛|绞)|"
    "吃坏(?:了)?肚子|食物中毒|中毒|"
    "晕倒|昏迷|昏过去|休克|抽搐|呼吸困难|喘不[上过]气|过敏性?休克|严重过敏|过敏.{0,2}(?:很|特别|太)?(?:严重|厉害)|"
    "喉咙.{0,2}肿|全身.{0,4}(?:红疹|起疹|过敏|发痒|肿)|洗胃|抢救|急诊|挂水|输液|打点滴|住院|住进医院|"
    "[进送去在从上]了?(?:急诊|医院)(?!看|开|的|门|上班|工作|附近|食堂)"
)
_TAKEN = _compile(
    "吃(?!药|饭|外卖|瓜|亏|惊|的是)|喝(?!酒)|(?:用|抹|涂|擦|敷|染|贴|戴|喷|闻|泡)(?:了(?!券|优惠|红包|积分)|完|过)|(?:抹|涂|擦|敷)(?:着|上|你|这|那|两|几)|误食|误服|"
    "(?:饼干|牛奶|奶粉|零食|坚果|果冻|水果|海鲜|虾|面膜|面霜|染发|护肤|化妆|食品|保健)"
)
_BESIDES = re.compile("地址|快递|签收|送[到货]|收[货件]|发[货到]|发票|取件|自提|配送|[加催]急|等着|难吃|难喝")

# An injury that is only why something is bought, carried upstairs or waited for.
_NEEDS = re.compile("想买|买[什个点]|有没有|推荐|送上|轮椅|用哪个|用什么|什么时候到")

# Said before the phrase, these make it a question, a fear, somebody else's, or long past.
_SUPPOSED = _compile(
    "会不会|能不能|是不是会|有没有(?!人管)|是否|可能会|(?<![可害后])怕|担心|万一|如果|要是|假如|假设|容易|避免|预防|防止|以免|免得|"
    "小心|当心|听说|据说|新闻|网上|评论|评价|差评里|别人|有人说|仓库|驿站|快递车|货车|隔壁|(?:电影|游戏|视频)[里上]|"
    "写成|改成|填成|(?:上次|上回|以前|去年|前年|曾经)(?![^,]{0,4}买)|什么(?:情况|时候)|怎样|如何|"
    "(?:一般|通常|为了|多久|遇到|发生|出现).{0,4}$"
)
_DENIED = re.compile(
    "(?:没有?|未|无|不|别|勿|并非|不是|零|从不|不会|不再|没人|没有人|没让人)(?:再|发生|被|有|什么|任何|完全)?$"
)
# Said after it, these ask about the goods or the rules.
_ASKED = re.compile(
    "会不会|能不能|可不可以|能(?:退|换|修|赔|用)|可以(?:退|换|修|赔|申请)|(?:给|怎么|咋|如何)(?:退|换|赔|预防|避免|判断)|"
    "保修|算不?算|属于|风险|隐患|功能|标准|概率|的(?:话|时候|可能|情况)|[吗么嘛?]+$"
)
_WILL = re.compile("(?<![怎么居竟然老总还就都也一])会[^,]{0,8}$")
_OVER = re.compile(
    "(?:已经?|都|早就?)(?:给我|帮我)?(?:修好|解决|处理好|换好|赔|退)了(?!吗|没)|开个?玩笑的|打个比方"
)


def danger(text: str) -> Danger | None:
    """What endangers the customer or somebody beside them, if the message tells of it; else None.

    `burst` is a swollen battery or something that blew up, `gas` leaking fuel gas, `injury_or_illness` a
    person who was hurt or fell ill by goods. The one that calls for the quickest help is named.
    """
    normal = normalize(text).replace("空气炸锅", "电锅")
    if _OVER.search(normal):
        return None
    clauses = [_OTHER_WORDS.sub("□", _SPACES.sub("", clause)) for clause in _CLAUSES.findall(normal)]
    if any(_tells(_GAS, clause) for clause in clauses):
        return "gas"
    if any(_tells(_FIRE, clause) and not _smokes_anyway(clause, normal) for clause in clauses):
        return "fire_or_electricity"
    if _hurt(normal, clauses) or _fell_ill(normal, clauses):
        return "injury_or_illness"
    if any(_tells(_BURST, clause) and not _only_a_word(clause) for clause in clauses):
        return "burst"
    return None


def _tells(phrase: re.Pattern[str], clause: str) -> bool:
    """Whether the clause states it as a fact of the customer's own."""
    return any(
        _stated(clause[: found.start()], found[0], clause[found.end() :]) for found in phrase.finditer(clause)
    )


def _stated(before: str, phrase: str, after: str) -> bool:
    if _SUPPOSED.search(before) or _SUPPOSED.search(phrase) or _DENIED.search(before):
        return False
    certain = phrase.endswith("了") or after.startswith("了")
    asked = _ASKED.search(after) is not None
    return not asked or (certain and not _WILL.search(before))


def _smokes_anyway(clause: str, normal: str) -> bool:
    return "烟" in clause and _SMOKING_GOODS.search(normal) is not None


def _hurt(normal: str, clauses: list[str]) -> bool:
    return _NEEDS.search(normal) is None and any(_tells(_INJURY, clause) for clause in clauses)


def _fell_ill(normal: str, clauses: list[str]) -> bool:
    taken = _TAKEN.search(normal) is not None and _BESIDES.search(normal) is None
    return taken and any(_tells(_ILLNESS, clause) for clause in clauses)


def _only_a_word(clause: str) -> bool:
    return _SLANG.search(clause) is not None or _ON_THE_WAY.search(clause) is not None
