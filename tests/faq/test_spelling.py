"""Pinyin and slips of the same sound become the FAQ's own words, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.faq.lexical import character_grams
from bot.faq.sounds import Sounds
from bot.faq.spelling import Spelling

LINES = (
    "退款多久到账", "怎么退货", "怎么查快递", "优惠券怎么用", "可以自提吗", "账号登录不了", "发错货了",
    "怎么开发票", "包裹破损怎么办", "app在哪下载", "女装有码吗", "字体怎么改", "私人号码",
)  # fmt: skip
WORDS = {
    "退款": 9, "多久": 9, "到账": 4, "怎么": 30, "退货": 9, "查": 5, "快递": 8, "优惠券": 6, "用": 9,
    "可以": 9, "自提": 1, "字体": 3, "吗": 20, "账号": 4, "登录": 3, "不": 9, "了": 20, "发": 5, "错": 3,
    "货": 4, "和": 20, "发票": 7, "开": 6, "包裹": 3, "破损": 2, "怎么办": 9, "app": 2, "下载": 2, "女装": 1,
    "私人": 1,
}  # fmt: skip
ORDINARY = {"公式", "汇款", "创始人"}


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    grams = {gram for line in LINES for gram in character_grams(line)}
    return Spelling(WORDS, grams, ORDINARY.__contains__, Sounds.load())


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("tuikuan", "退款"),
        ("tui kuan duo jiu dao zhang", "退款多久到账"),
        ("Tuikuan多久到账", "退款多久到账"),
        ("zenme tuihuo", "怎么退货"),
        ("iphone zenme tuihuo", "iphone 怎么退货"),
        ("nvzhuang", "女装"),
        ("怎 么 退 货", "怎么退货"),
        ("怎么查快弟", "怎么查快递"),
        ("怎么查快第", "怎么查快递"),
        ("退欵多久到帐", "退款多久到账"),
        ("怎么开发飘", "怎么开发票"),
        ("优惠劵怎么用", "优惠券怎么用"),
        ("优惠卷怎么用", "优惠券怎么用"),
        ("帐号登陆不了", "账号登录不了"),
        ("包裹破顺怎么办", "包裹破损怎么办"),
    ],
)
def test_what_sounds_like_the_faq_is_written_like_it(spelling: Spelling, typed: str, mended: str) -> None:
    spelled = spelling.mend(typed)
    assert spelled.text == mended
    assert spelled.notes


@pytest.mark.parametrize(("typed", "mended"), [("keyi ziti ma", "可以自提吗"), ("fa cuo huo le", "发错货了")])
def test_of_words_that_sound_alike_those_that_meet_in_the_faq_are_read(
    spelling: Spelling, typed: str, mended: str
) -> None:
    assert spelling.mend(typed).text == mended


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "iPhone",
        "USB",
        "wifi",
        "ok",
        "app",
        "hello",
        "haha",
        "baidu",
        "1234",
        "怎么退货",
        "😀",
        "公式",
        "tui",
    ],
)
def test_what_the_faq_knows_or_cannot_read_stays(spelling: Spelling, typed: str) -> None:
    spelled = spelling.mend(typed)
    assert (spelled.text, spelled.notes) == (typed, ())


def test_the_notes_say_what_became_what(spelling: Spelling) -> None:
    assert spelling.mend("tuikuan多久到帐").notes == ("pinyin tuikuan → 退款", "sound 到帐 → 到账")


TYPED = st.text(alphabet="tuikanfhozemdj '退款货到帐账号快弟递怎么发飘票吗 。？😀1", max_size=30) | st.text(
    max_size=40
)


@given(TYPED)
@settings(deadline=None)
def test_any_text_is_mended_once_and_for_all(spelling: Spelling, typed: str) -> None:
    mended = spelling.mend(typed)
    assert spelling.mend(mended.text).text == mended.text
    assert bool(mended.notes) == (mended.text != typed)


def test_an_faq_without_words_mends_nothing() -> None:
    empty = Spelling({}, (), lambda word: False, Sounds.load())
    assert empty.mend("tuikuan 退欵").notes == ()
