"""Checks of one entry, with the others only to know what it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.faq.entry import Entry
from bot.faq.lint import finding as rules
from bot.faq.lint.finding import Finding, Rule
from bot.faq.lint.mending import mend_spaces, mend_width, repeats
from bot.faq.lint.policy import BUTTON_BYTES, CHANNEL_BYTES, LintPolicy
from bot.faq.lint.wording import CHANNEL_WORDS, named
from bot.privacy import mask

_PROBLEM = re.compile("不能|不可以|无法|没法|不支持|不提供|不退|不行|没有|暂时|暂不|缺货|失败|不了")
_NEXT_STEP = re.compile(
    "请|可以|可[在到用按凭选先直改]|能[在用]|联系|点[击“]|提交|申请|拨打|致电|转人工|留言|重新|改[用选]|换[个用成]|"
    "建议|试试|稍后|耐心|自动|我们会|会为您|为您|告诉我|发给我|即可|就能|就会"
)
_QUESTION_MARK = re.compile("[?？]")
_SEPARATOR = re.compile("[；;|｜]")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>")


def check_entry(entry: Entry, entries: Mapping[str, Entry], policy: LintPolicy) -> list[Finding]:
    """All findings about one entry; `entries` has every entry by id."""
    checks = (
        _empty(entry),
        _length(entry, policy),
        _validity(entry, policy),
        _personal_data(entry, policy),
        _targets(entry, entries, policy),
        _markup(entry),
        _next_step(entry),
        _questions(entry),
        _mechanical(entry),
    )
    return [found for check in checks for found in check]


def found(
    rule: Rule, entry: Entry, field: str, message: str, mend: str, *others: str, fixable: bool = False
) -> Finding:
    """A finding about an entry."""
    return Finding(rule.code, rule.severity, entry.topic, entry.id, field, message, mend, others, fixable)


def _empty(entry: Entry) -> Iterator[Finding]:
    fields = {"question": entry.question, "answer": entry.answer}
    fields |= {f"similar[{number}]": text for number, text in enumerate(entry.similar, 1)}
    for name, text in fields.items():
        if not text.strip():
            yield found(rules.EMPTY, entry, name, "内容为空", "补上内容，或删除这一项")


def _length(entry: Entry, policy: LintPolicy) -> Iterator[Finding]:
    if len(entry.answer) > policy.answer_length:
        yield found(
            rules.ANSWER_LENGTH,
            entry,
            "answer",
            f"答案有 {len(entry.answer)} 个字，超过 {policy.answer_length} 个字，顾客不会读完",
            "先给结论，再说下一步，细节放到链接或追问按钮里",
        )
    own = {answer.channel: answer.text for answer in entry.channels}
    for channel, limit in CHANNEL_BYTES.items():
        name, word = f"channels.{channel}" if channel in own else "answer", CHANNEL_WORDS[channel]
        size = len(own.get(channel, entry.answer).encode())
        if size > limit:
            yield found(
                rules.CHANNEL_LIMIT,
                entry,
                name,
                f"在{word}上有 {size} 字节，超过 {limit} 字节，发不出去",
                f"缩短到约 {limit // 3} 个汉字以内，或为{word}单独写一个短答案",
            )
    for number, button in enumerate(entry.buttons, 1):
        if len(button.title.encode()) > BUTTON_BYTES:
            yield found(
                rules.CHANNEL_LIMIT,
                entry,
                f"buttons[{number}].title",
                f"按钮文字超过 {BUTTON_BYTES} 字节，在{CHANNEL_WORDS['wecom']}上发不出去",
                f"缩短到约 {BUTTON_BYTES // 3} 个汉字以内",
            )


def _validity(entry: Entry, policy: LintPolicy) -> Iterator[Finding]:
    until = entry.valid_until
    if until is not None and until < policy.today:
        yield found(
            rules.EXPIRED,
            entry,
            "valid_until",
            f"已于 {until} 失效，顾客看不到它",
            "更新内容和失效日期，或删除条目",
        )
    elif until is not None and (until - policy.today).days <= policy.soon_days:
        yield found(
            rules.EXPIRES_SOON, entry, "valid_until", f"将于 {until} 失效", "到期前更新内容或失效日期"
        )
    days = (policy.today - entry.reviewed).days if entry.reviewed else 0
    if days > policy.review_days:
        yield found(
            rules.REVIEW_DUE,
            entry,
            "reviewed",
            f"已有 {days} 天没有复核",
            "核对答案是否仍然正确，然后更新复核日期",
        )


def _texts(entry: Entry) -> dict[str, str]:
    texts = {"question": entry.question, "answer": entry.answer, "rich": entry.rich}
    texts |= {f"similar[{number}]": text for number, text in enumerate(entry.similar, 1)}
    return texts | {f"channels.{answer.channel}": answer.text for answer in entry.channels}


def _markup(entry: Entry) -> Iterator[Finding]:
    for name, text in _texts(entry).items():
        if tags := _TAG.findall(text):
            yield found(
                rules.MARKUP,
                entry,
                name,
                f"有 HTML 标签 {'、'.join(dict.fromkeys(tags))}，顾客会看到原样的标签",
                "删除标签；要加粗、列表或链接，请在富文本答案里用它的写法",
            )


def _personal_data(entry: Entry, policy: LintPolicy) -> Iterator[Finding]:
    for name, text in _texts(entry).items():
        for contact in policy.contacts:
            text = text.replace(contact, "")
        masked = mask(text)
        if masked != text:
            yield found(
                rules.PERSONAL_DATA,
                entry,
                name,
                f"像是含有个人信息：{masked}",
                "删除或改写；店铺自己的联系方式请登记为公开联系方式",
            )


def _targets(entry: Entry, entries: Mapping[str, Entry], policy: LintPolicy) -> Iterator[Finding]:
    for number, button in enumerate(entry.buttons, 1):
        name = f"buttons[{number}].entry"
        target = entries.get(button.entry)
        if target is None or target.id == entry.id:
            what = f"没有编号为 {button.entry} 的条目" if target is None else "按钮指向条目自己"
            yield found(rules.DEAD_BUTTON, entry, name, what, "改成有效的条目编号，或删除按钮")
        elif entry.shown_on(policy.today) and not target.shown_on(policy.today):
            yield found(
                rules.HIDDEN_FOLLOW_UP,
                entry,
                name,
                f"{named(target)}今天不对顾客显示，按钮不会出现",
                "换一个条目，或删除按钮",
                target.id,
            )
    addresses = [("links", link.url) for link in entry.links] + [("images", i.url) for i in entry.images]
    numbers = dict.fromkeys(("links", "images"), 0)
    for name, url in addresses:
        numbers[name] += 1
        if name == "links" and url.startswith("/") and not policy.has_page(url):
            yield found(
                rules.DEAD_LINK,
                entry,
                f"links[{numbers[name]}].url",
                f"网站没有页面 {url}",
                "改成有效的页面，或删除链接",
            )


def _next_step(entry: Entry) -> Iterator[Finding]:
    leads = entry.links or entry.buttons or _NEXT_STEP.search(entry.answer)
    if not leads and _PROBLEM.search(entry.answer):
        yield found(
            rules.NO_NEXT_STEP,
            entry,
            "answer",
            "答案只说了不行，没有说接下来怎么办",
            "补一句可以怎么做，或加上链接、追问按钮",
        )


def _questions(entry: Entry) -> Iterator[Finding]:
    if not entry.similar:
        yield found(
            rules.SINGLE_QUESTION,
            entry,
            "similar",
            "只有标准问，没有相似问，换个说法就找不到",
            "补上至少五个顾客真实的问法",
        )
    for number, text in enumerate(entry.similar, 1):
        if len(_QUESTION_MARK.findall(text.rstrip("?？"))) > 1 or _SEPARATOR.search(text):
            yield found(
                rules.SEVERAL_QUESTIONS,
                entry,
                f"similar[{number}]",
                f"像是几个问法写在了一起：{text}",
                "拆成几个相似问",
            )


def _mechanical(entry: Entry) -> Iterator[Finding]:
    for place in repeats(entry):
        yield found(
            rules.REPEATED_QUESTION,
            entry,
            f"similar[{place + 1}]",
            f"与本条目的另一个问法相同：{entry.similar[place]}",
            "删除这一行",
            fixable=True,
        )
    for rule, mended, what in (
        (rules.SPACES, mend_spaces(entry), "有多余的空格"),
        (rules.WIDTH, mend_width(entry), "全角、半角混用"),
    ):
        for name, before, after in _differences(entry, mended):
            yield found(rule, entry, name, f"{what}：{before}", f"改为：{after}", fixable=True)


def _differences(before: Entry, after: Entry) -> Iterator[tuple[str, str, str]]:
    """The texts in which two states of an entry differ, each with the name of its field."""
    if before == replace(after, topic=before.topic):
        return
    yield from _pairs("question", (before.question,), (after.question,))
    yield from _pairs("answer", (before.answer,), (after.answer,))
    yield from _pairs("similar", before.similar, after.similar)
    yield from _pairs("tags", before.tags, after.tags)
    for old, new in zip(before.channels, after.channels, strict=True):
        yield from _pairs(f"channels.{old.channel}", (old.text,), (new.text,))


def _pairs(name: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    for number, (old, new) in enumerate(zip(before, after, strict=True), 1):
        if old != new:
            yield (f"{name}[{number}]" if name in ("similar", "tags") else name), old, new
