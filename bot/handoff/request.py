"""Does the customer ask for a human, here and now? Phrase rules ahead of all else, so that the way out always works.

The rules read one clause at a time. Words that merely contain 人工 (人工费, 人工智能) are blanked out first, then a
clause that reports, asks about hours, or declines is passed over, then the phrases that ask are looked for.
"""

from __future__ import annotations

import re

from bot.emotion import normalize

_CLAUSE_ENDS = re.compile(r"[,.!?;:~\n\r…、|/]+")
_SPACES = re.compile(r"(?<![a-z])\s+|\s+(?![a-z])")

# 人工 as a part of another word or as "by hand".
_OTHER_WORDS = re.compile(
    r"(?:纯|全|半|靠|收|算|含|包|免|和)?人工(?=智能|湖|岛|费|钱|成本|价|授粉|受精|受孕|授精|呼吸|流产|合成|降雨|降雪|增雨|"
    r"草|皮|革|林|养殖|养的|饲养|培育|培植|种植|种的|繁殖|牛黄|麝香|耳蜗|关节|心脏|骨|血|泪|晶|甜味|色素|香料|香精|钻|宝石|"
    r"珍珠|水晶|鱼礁|瀑布|沙滩|雪|造|孵化|喂|缝|编织|编的|雕|打磨|抛光|挑选|分拣|拣|筛选|采摘|采的|做的|制作|制的|制成|印|染|"
    r"剪|压|包装|打包|搬|装卸|安装|拆|上门|配送|送货|维修费|检测|质检|鉴定|审核|复核|核实|审查|翻译|标注|计算|算法|操作费|"
    r"服务费|增?长|红利|短缺|紧张|上涨|涨价|贵|便宜)|纯人工|半人工|收人工|材料人工|人工材料"
)
_PERSONAL = r"信息|资料|中心|账|帐|用户|隐私|原因|卡|名|版|页|主页|所得|认证|实名|证|身份|情况|习惯|觉得|问题|码|签|设置|头像|空间|简介|发票|抬头"
_ERRANDS = (
    r"收货|收件|收一下|代收|签收|来取|取件|取货|拿|送|上门|安装|修|测量|搬|一起|拼|买|玩|聊天|陪|结婚|恋爱"
)

_HUMAN = (
    r"(?:人工客服|人工服务|人工坐席|人工座席|人工专员|人工|真人客服|真人|活人|真的人|在线客服|客服人员|客服专员|客服代表|"
    r"客服经理|客服主管|客服小姐姐|客服小哥|客服妹妹|坐席|座席|专员|专人|工作人员|值班人员|值班的|管事的|管事儿的|负责的人|能管事的)"
)
_DESK = r"(?:客服|售后|店家|商家|店主|掌柜)"
_BOSS = r"(?:经理|主管|领导|负责人|老板|店长|上司|上级|管理员|头儿|组长)"
_YOURS = r"(?:你们?的?|您们?的?|贵[司店方]的?|店里的?|店铺的?|商城的?|平台的?|上面的?|值班的?|一?[个位下名]|当班的?|那边的?|家的?)"
_TALK = r"(?:聊|说|讲|谈|沟通|对话|交流|打交道|扯|讨论|解释)"

_REPORTED = re.compile(
    rf"(?:{_HUMAN}|{_DESK})(?:那边|之前|刚才|刚刚|昨天|上次|前天|早上|今天|已经|也|都|又|还|就|总|老|只会|光|一直|一个劲)*"
    r"(?:说的|说了|说过|说是|说要|说会|说可以|说没|说不|说让|说今|说明|说后|跟我说[了过的是]|和我说[了过的是]|告诉|答应|承诺|"
    r"保证过|骗|骂|怼|态度|让我|叫我|要我|给我说|回复[我了说]|不理|不管|不回|不接|没回|没接|没理|没管|没处理|没解决|解决不了|"
    r"处理不了|处理过|处理的|挂[了断]|太差|真差|很差|垃圾|不专业|推|敷衍|登记|帮我查|帮我登|帮我改|给我改|给我办|人很好|很好|真好|不错|"
    r"挺好|很耐心|热情|专业|辛苦)"
)
_SPEAKS = re.compile(
    r"(?<![跟和与同对找让叫请])(?<!你们)(?:人工客服|人工|真人客服|客服)(?:说|讲)(?!话|一|清|下|吧|可以|行|$)"
)
_PAST = re.compile(
    rf"(?:刚才|刚刚|昨天|昨晚|上次|上回|之前|前面|前天|前几天|前两天|早上|上午|上周|那天|已经|以前).{{0,10}}(?:{_HUMAN}|{_DESK})"
)
_DONE = re.compile(
    rf"(?:问|找|联系|转|打|聊|说|接|换|谈|反馈|沟通|咨询)(?:过|了|完|好了)(?:好?几次|很多次|半天|好多)?(?:{_YOURS})?(?:{_HUMAN}|{_DESK})"
    rf"|(?:跟|和|与|找|联系|转)(?:{_HUMAN}|{_DESK}).{{0,2}}(?:聊|说|谈|沟通|反馈|联系|问|讲)?(?:过|好了|完了)(?!去|来)"
    rf"|(?:{_HUMAN}|{_DESK})(?:联系|找)(?:过|了)?我"
)
_WISHES_NOW = re.compile(
    r"再|还是|现在|马上|立刻|立即|赶紧|想|我要|请|帮|麻烦|重新|继续|又断|还要|还得|能不能|可以"
)
_HOURS = re.compile(
    r"几点|上班|下班|工作时间|服务时间|在线时间|营业时间|接待时间|时间段|24小时|二十四小时|全天|什么时间|何时|休息吗|放假|"
    rf"(?:周末|周[六日天]|节假日|国庆|春节|过年|元旦|五一|半夜|凌晨|晚上|夜里|夜间|假期).{{0,4}}(?:有|在|还有).{{0,4}}(?:{_HUMAN}|{_DESK})"
    rf"|(?:{_HUMAN}|{_DESK}).{{0,4}}(?:周末|周[六日天]|节假日|国庆|春节|过年|半夜|凌晨|晚上|夜里|夜间|假期)"
)
_ABOUT = re.compile(
    rf"(?:代替|取代|替代|替换|比得上|比|像|不如|相当于|冒充|假装|装成|模仿){_HUMAN}|{_HUMAN}(?:的?区别|有什么不同|和机器|跟机器|还是机器|是不是|是什么|什么意思|叫什么|多少人|"
    rf"有几个|有多少|多不多|招|待遇|工资|累不累|收费|要钱|要收|免费|电话|热线|号码|微信|工号|邮箱)"
    rf"|(?:你|您|这|那|对面|那边|刚才那个?|跟我聊的)(?:到底|究竟)?(?:是不是|就是|是|不是)(?:一个|个)?(?:机器人?还是)?(?:{_HUMAN}|{_DESK})"
    rf"|机器人?还是(?:{_HUMAN})|有真人吗|是真人|{_DESK}(?:电话|热线|号码|微信|邮箱|工号|中心)|"
    rf"(?:怎么|如何|怎样)联系(?:你们的?)?(?:商家|店家|客服|售后)|应聘|招聘|招人|招不招"
)
_CALLBACK = re.compile(r"打(?:个|一个|下)?电话|回(?:个)?电|来电|致电|电话联系|给我回|电话回访")
_DECLINES = re.compile(
    r"(?<!能)(?<!可)(?<!要)(?<!是)(?<!行)(?<!想)(?<!还)(?<!再)(?<!么)(?<!啥)(?<!嘛)(?<!你)(?<!们)(?<!老)(?<!总)(?<!都)(?<!直)(?<!活)(?<!愿)"
    r"(?:不用|不要|不必|不需|不需要|无需|无须|用不着|没必要|不想|不打算|没想|没说|没要|没有要|不是要|不是想|不是让|不是叫|并非要|不愿|别|甭|勿|先不|暂不|"
    r"暂时不|不急着|不着急|不|取消|拒绝|停止|退出|算了不|谁要|谁说要|省得|免得|懒得)"
    rf"(?:再|给我|帮我|给|帮|去|麻烦|必|需|要|用|你|急着|着急|非要|总|老|一直|动不动就?|随便|劳烦|惊动)*(?:转接?|找|接|换|叫|联系|来|上|切换?|喊|请|跟|和|排队等|等)?(?:到|给|成|入|去)?(?:{_YOURS})?(?:{_HUMAN}|{_DESK}|{_BOSS})"
    rf"|(?:{_HUMAN})(?:客服)?(?:就)?(?:不用|不必|不需要|不要)(?:了|转|$)"
)
_INSISTS = re.compile(r"(?:不是|不用|不要|别|不想).{0,8}机器")

_VERB = (
    r"(?:转|接|换|找|叫|喊|要|需要|想要?|联系|连线|连接|呼叫|呼|召唤|来|给我|给个|帮我|帮忙|安排|派|请|有没有|有|跟|和|与|同|让|上|直接|求|走|改|申请|"
    r"希望|必须|得|拉|等|进|切|切换|切到|出来|用|找到|通知|麻烦|想跟|把)"
)
_ASKS = tuple(
    re.compile(pattern)
    for pattern in (
        # 人工 on its own, with nothing but courtesy and particles around it.
        rf"^(?:要|我|想|想要|请|麻烦|就|直接|给|上|换|来|找|还是|快点?|赶紧|马上|立刻|那就|那|算了|需要|可以|能|能不能|有|喂|你好|您好|在吗|有没有|行了|好|好的|帮忙|给我|帮我|我的|急|的|说|吧|个|一下|都|全是|听不懂|呼叫|嗨|现在|我说)*"
        rf"{_HUMAN}(?:客服|服务|处理|协助|帮助|支持|介入|咨询|解决|回复|回答|接听|接待|通道|窗口|入口|来|吧|啊|呢|吗|呀|啦|了|嘛|哈|哦|喽|咯|谢谢|拜托|求求|快点?|赶紧|在吗|在线|在不在|有吗|在哪里?|哪里|在|呢|线上|急|好吗|可以吗|行吗|行不行|可以不|可不可以|求你了?|速度|好不好|有没有|还在|{_HUMAN})*$",
        rf"^(?:请|呼叫|喂|你好|找|在线|联系|转|叫|接|给我|要|我要)*{_DESK}(?:呢|啊|人呢|在哪里?|出来|快出来|快来|来|谢谢|{_DESK}|吧|一下|人)*$",
        rf"{_VERB}[^不没别]{{0,7}}?{_HUMAN}",
        rf"(?:不|没).{{0,3}}(?:转|接|换|找).{{0,3}}{_HUMAN}",
        rf"{_HUMAN}(?:来|给我|帮我|出来|上|进来|介入|接手|处理|跟进|解决|回答|回复|看看|看一下)",
        # A transfer verb tolerates the usual slips of an input method.
        r"(?:转|专|砖|传)(?:到|去|成|接|至|入|给|个|下|一下|为|接到|接给|一个|回)*(?:人工|人公|人供|人功|认工|仁工|工人|真人|活人)",
        r"(?:转|接)(?:到|去|接|给|入|一下|个)*(?:客服|专员|专人|坐席|座席|售后)|转人(?:$|吧|啊|工)|^(?:请|帮我|给我|麻烦|直接)*转接(?:$|吧|一下|啊|谢谢|过去)",
        rf"(?:找|联系|连线|连接|呼叫|召唤|叫|喊|换|要|让|请|跟|和|来|给我|需要|等)(?:一下|一?个|别的|其他的?|另外?的?|{_YOURS})*{_DESK}(?!退|换|要|说|不|没|都|还|也|电|热|微|号|态|骂|是|的)",
        rf"(?:找|叫|让|喊|请|要|换|转|跟|和|与|把|联系|见|给我)(?:一下|{_YOURS})+{_BOSS}",
        rf"(?:找|叫|让|喊|请|换|我要跟|我要和|我要见|想跟|想和|要求见?|转){_BOSS}(?:$|来|出来|说|谈|讲|过来|处理|解决|跟我|和我|给我|接|对话|沟通|一下|投诉|反映)",
        rf"(?:叫|让|把|喊)(?:你们?|{_YOURS})*(?:管事的|能做主的|说了算的|能拍板的|能解决的|上面的人|负责的)",
        rf"(?:来|找|换|叫|喊|派|安排|给我|给|要|整|搞|弄|拉|请|上|能不能有|让)(?:我)?(?:一)?[个位名](?:大活|活|真|真正的?|懂[^,]{{0,3}}的|能[^,]{{1,8}}的|会[^,]{{0,6}}的|管事的|靠谱的?|正常的?|明白的?|有温度的|有血有肉的)?人(?!{_PERSONAL}|{_ERRANDS}|造|品|力|家)",
        r"(?:能不能|可不可以|可以|能|会)(?:让|叫|换|来)(?:一?个)?人(?:来|帮|处理|解决|看|管|跟我|和我)",
        r"(?:叫|换|喊|让|派|找)(?:真|活)?人(?:来|过来|出来|给我|帮我|处理|解决|跟我|和我)(?!取|收|拿|送|安装|修|上门)",
        r"有没有(?:活|真|大活|个)?人(?:能|可以|会|来|出来|管|理我|处理|解决|帮我|跟我|回我|搭理)|有(?:没有)?人(?:管|处理|解决|搭理|理我)",
        r"(?:不想|不要|别|不愿意?|拒绝|懒得|不跟|不和|受够|不需要|我不用).{0,6}(?:机器|自动回复|ai|智障|程序)人?.{0,4}"
        + _TALK,
        r"(?:不想|不要|别)(?:再|给我|老是|总是|一直)*(?:用|拿|要|发|看到|来)?(?:这个|这种|你这)?(?:自动)?机器人(?:$|了|回|糊弄|敷衍|应付|打发)|我不要机器人|谁要跟机器",
        rf"(?:想|要|直接|能不能|可以|可不可以|让我|希望|只想|只跟|能)(?:跟|和|同|与)(?:一?个)?(?:真|活|大活|真正的)?人(?:直接|好好|当面)?{_TALK}",
        r"^(?:zrg|rg|rengong|zhuanrengong|zhuan rengong|rengong ?kefu|zhuan ?ren ?gong|kefu|human|agent|operator)$",
        r"(?:talk|speak|chat|connect|transfer|switch).{0,14}(?:human|person|agent|someone|representative|operator|staff|people)"
        r"|(?:human|live|real|need an?) ?(?:agent|person|human|support|being|operator|representative)|转(?:human|agent)",
    )
)
_AGAIN = re.compile(r"(?:帮我|给我|快|赶紧|麻烦|请|再)(?:再|快|直接)?(?:转|接|换)(?:一下|过去|接|吧|$|啊|呀)")


def wants_human(text: str) -> bool:
    """Whether the message asks for a human to take over this chat.

    A question about the service's hours or phone number, a report of what a human said, a wish for a call back
    and a refusal (不用转人工) are not requests.
    """
    clauses = [_SPACES.sub("", clause) for clause in _CLAUSE_ENDS.split(normalize(text).lower())]
    blanked = [_OTHER_WORDS.sub("□", clause) for clause in clauses if clause]
    named = any(re.search(_HUMAN, clause) for clause in blanked)
    return any(_asks(clause) or (named and _AGAIN.search(clause) is not None) for clause in blanked)


def _asks(clause: str) -> bool:
    if not any(pattern.search(clause) for pattern in _ASKS):
        return False
    if _INSISTS.search(clause):
        return True
    # Only what follows a refusal counts: 不用转人工 asks for nothing, 不用查了给我转人工 does.
    rest = _DECLINES.sub("", clause)
    if rest != clause and not any(pattern.search(rest) for pattern in _ASKS):
        return False
    if _HOURS.search(clause) or _ABOUT.search(clause) or _SPEAKS.search(clause):
        return False
    if _CALLBACK.search(clause) and not re.search(r"转(?:到|接|给)?人工", clause):
        return False
    told = _REPORTED.search(clause) or _PAST.search(clause) or _DONE.search(clause)
    return not told or bool(
        _WISHES_NOW.search(clause[told.end() :]) and any(p.search(clause[told.end() :]) for p in _ASKS)
    )
