"""Short questions that only make sense after an answer: 那运费呢? 多久? 要钱吗?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.faq.clauses import QUESTION
from bot.faq.entry import Entry

LONGEST_FRAGMENT = 10
START = re.compile(r"^(?:那么?|请问|好的?|哦|嗯|然后|如果|要是|假如)[,，、]?")
END = re.compile(r"[呢呀啊哦嘛吗么\s?？,，]+$")
GOING_ON = re.compile(r"^那|呢\??$")
CONTRAST = re.compile(r"^那么?[^,，]+呢\??$")
BARE = re.compile(
    r"(?:怎么|怎样|如何|在?哪里?|什么时候|多久|多长时间|几天|多少|能不能|能|可以|要|需要|会|到|才|"
    r"[用看查弄办退换领交收改开买填选好]|钱|费用?|吗|么|呢|吧|了|啊|的|得|[\s?,])+"
)
# The question's own words, without what asks in it: the rest is what it is about.
ASKING = re.compile(
    r"怎么办|怎么|如何|怎样|为什么|什么时候|是什么|有什么|什么|在?哪里|哪些|哪|多长时间|多久|是?多少|几点|谁出|"
    r"可以|能不能|能|要多|需要|吗|呢|\(.*?\)|[?？,，。!、]"
)


@dataclass(frozen=True)
class Fragment:
    """A question without its subject.

    `explicit`: its form says that it goes on from before: 那…呢, or nothing but asking words (怎么用?).
    """

    core: str
    explicit: bool


def fragment(text: str) -> Fragment | None:
    """The fragment that a normalised text is, or None for one that is too long or asks nothing."""
    if not (QUESTION.search(text) or GOING_ON.search(text)):
        return None
    core = START.sub("", text)
    if not 2 <= len(core) <= LONGEST_FRAGMENT or not END.sub("", core):
        return None
    return Fragment(core, bool(CONTRAST.match(text) or is_bare(core)))


def is_bare(text: str) -> bool:
    """Whether a question names no matter at all: 要多久, 能退吗."""
    return BARE.fullmatch(START.sub("", text)) is not None


def near(entry: Entry, other: Entry) -> bool:
    """Whether a question after `entry` may well be one for `other`: same topic, or one of its buttons."""
    if other.id == entry.id:
        # Who has just read an answer does not ask for the same one.
        return False
    return other.topic == entry.topic or any(button.entry == other.id for button in entry.buttons)


def whole_questions(
    part: Fragment, entry: Entry, words: Callable[[str], list[str]], weight: Mapping[str, float]
) -> tuple[str, ...]:
    """What the fragment may mean after this entry, most likely first.

    The entry's own button that holds the fragment (运费 → 退货运费谁出); the fragment after the word that
    most of the entry's questions share and few others have (`weight` is that rarity, the idf); the fragment
    after the 标准问 without what asks in it (怎么申请退货? → 申请退货). Nothing for a fragment with a word
    that the FAQ does not know: that is another matter.
    """
    if any(len(word) > 1 and word not in weight for word in words(part.core)):
        return ()
    told = ASKING.sub("", END.sub("", part.core))
    offered = [button.title for button in entry.buttons if len(told) > 1 and told in button.title]
    said = [word for question in entry.questions for word in set(words(question)) if len(word) > 1]
    count = Counter(word for word in said if word in weight)
    key = max(count, key=lambda word: (count[word] * weight[word], word), default="")
    about = ASKING.sub("", entry.question)
    subjects = [subject for subject in (key, about) if subject and subject not in part.core]
    return tuple(dict.fromkeys([*offered, *(f"{subject}{part.core}" for subject in subjects)]))
