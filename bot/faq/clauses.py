"""What a message's clauses say about each other: one denied for the next, or a question each."""

from __future__ import annotations

import re
import unicodedata

LONGEST_MESSAGE = 200
MOST_QUESTIONS = 3
COMMA = re.compile(r"[,，;；。!]+\s*|\s+(?=不是|是|我|就)")
DENIAL = re.compile(
    r"^(?:(?:其实|那个|你好|亲|我们?|这|并|又|都)*"
    r"(?:不是|没有?|不(?:想|要|用|问|打算|需要|退|换|修|买)|(?:问|要|说|想)的不是|先?别|先不)|谁(?:说|要|问))"
)
RHETORICAL = re.compile(r"(?:吗|吧|么|嘛)\??$")
ASSERTION = re.compile(
    r"^(?:我们?)?(?:而是|就是|是)?(?:就|只是|只|直接)?"
    r"(?:(?:是)?(?:想|要)?(?:问|说)的?(?:一?下)?的?是?|想要?|要的?是?|让你们?)?"
)
SEPARATOR = re.compile(
    r"[?？\n;；]+|[,，。!\s]*(?:另外|还有(?:就是)?|以及|其次|再(?:问|请教)一?下?|顺便(?:再?(?:问|请教))?(?:一?下)?)[,，:]?"
    r"|(?:^|[,，。;；\s]*)(?:[1-3][.、,)]\s*|第[一二三](?:个是|个|是|)[,，、:]?|[一二三](?:是|、))"
)
OPENING = re.compile(
    r"^(?:.{0,8}(?:[一两二三几]个)?问题[:,，]?|(?:请问|你好|您好|在吗|亲|那么?|我?想问一?下?)[,，。!]?)+"
)
QUESTION = re.compile(
    r"怎|如何|咋|吗|么$|什么|嘛|多久|多少|多长|(?<![这那])几[个天点号时]|哪|谁|啥|为何|能不能|可不可以|可否|能否|是否|有没有"
    r"|要不要|是不是|行不行|会不会|能|可以|收费不"
)


CIRCLED = re.compile("[①②③]")


def numbered(text: str) -> str:
    """Circled numbers as numbers that stay apart from the text when it is normalised."""
    return CIRCLED.sub(lambda number: f" {unicodedata.digit(number[0])}、", text)


def wanted(text: str) -> str | None:
    """What is asked for in place of what is denied: 不是要退款,是要换货 → 换货. None where nothing is denied.

    `text` is normalised. A denial that asks (不是包邮吗) denies nothing.
    """
    clauses = [clause for clause in COMMA.split(text[:LONGEST_MESSAGE]) if clause]
    for place, clause in enumerate(clauses[:-1]):
        if not DENIAL.match(clause) or RHETORICAL.search(clause):
            continue
        rest = clauses[place + 1 :]
        marker = ASSERTION.match(rest[0])
        goes_on = clause.endswith("了") and QUESTION.search(rest[0])
        if marker and (marker[0] or goes_on):
            meant = ",".join([rest[0][marker.end() :], *rest[1:]]).strip(",")
            return meant if len(meant) >= 2 else None
    return None


def questions(text: str) -> tuple[str, ...]:
    """The two or three questions of a message, in order; none where there are fewer or more.

    `text` is normalised. Questions end in a question mark, are numbered, or are joined by words such as
    另外 and 顺便问下; a comma divides them when what stands on either side asks something.
    """
    if len(text) > LONGEST_MESSAGE:
        return ()
    parts = _bare(SEPARATOR.split(OPENING.sub("", text)))
    if len(parts) == 1:
        parts = _bare(re.split("[,，]", parts[0]))
    asked = [part for part in parts if QUESTION.search(part) and not _objects(part)]
    return tuple(parts) if 2 <= len(parts) <= MOST_QUESTIONS and len(asked) == len(parts) else ()


def _objects(part: str) -> bool:
    """不是包邮吗 says something in the form of a question."""
    return DENIAL.match(part) is not None and RHETORICAL.search(part) is not None


def _bare(parts: list[str | None]) -> list[str]:
    stripped = [OPENING.sub("", (part or "").strip(" ,，。!:、")) for part in parts]
    return [part for part in stripped if len(part) >= 2]
