"""Strategies for FAQ entries: everything that the rules of an entry allow, nasty texts included."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from bot.faq.entry import AUDIENCES, CHANNELS, ChannelAnswer, Entry, EntryButton, Image
from bot.faq.entry_reader import UNREADABLE
from bot.faq.topic_file import Topic
from bot.messages import Link

# What means something to YAML, CSV, Markdown or a spreadsheet.
NASTY = (
    r"""
=1+1 ¦ '=1 ¦ '' ¦ +86 ¦ - 一 ¦ @我 ¦ "引号" ¦ a,b ¦ a，b；c;d｜e|f、g ¦ # 井号 ¦ ## 标题 {#x} ¦ > 引用
＝1 ¦ －2 ¦ yes ¦ null ¦ ~ ¦ 1.0 ¦ 0755 ¦ 2026-11-21 ¦ a: b ¦ a #b ¦ [x] ¦ {y} ¦ *a ¦ &b ¦ !c ¦ %d
`e` ¦ --- ¦ ... ¦ ? ¦ 好： ¦ x: ¦ <b> ¦ &amp; ¦ ]]> ¦ true ¦ N/A ¦ #REF! ¦ 0x1F ¦ 1_000 ¦ 中　间 ¦ a  b ¦ \n
1e5 ¦ -0 ¦ _x000D_ ¦ _x005F_ ¦ x005F_ ¦ 😡
""".replace("\n", " ¦ ")
    .strip(" ¦")
    .split(" ¦ ")
)
NASTY.extend(["\ufeff首", "a\u00a0b", '=HYPERLINK("http://x")'])


@st.composite
def lines(draw: st.DrawFn) -> str:
    """One line, stripped and not empty."""
    piece = st.one_of(st.sampled_from(NASTY), st.text(max_size=12))
    text = "".join(draw(st.lists(piece, min_size=1, max_size=3)))
    text = UNREADABLE.sub("", text.replace("\t", " ").replace("\n", " ")).strip()
    return text or "问"


@st.composite
def texts(draw: st.DrawFn) -> str:
    """One to four lines, none with spaces at its end, the outer ones not blank; the inner may be indented."""
    inner = st.one_of(lines(), lines().map(lambda line: "  " + line), st.just(""))
    parts = [draw(lines()), *draw(st.lists(inner, max_size=2)), *draw(st.lists(lines(), max_size=1))]
    return "\n".join(parts).strip()


identifiers = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,8}", fullmatch=True)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
urls = st.sampled_from(
    ["/help/a", "https://例子.cn/?a=1,b#c", "tel:400-800-6620", "mailto:a@b.cn", "/a'b\"c{d}[e]"]
)
image_urls = st.sampled_from(["/img/a.png", "https://cdn.example/a.png?x=1&y=2"])


@st.composite
def entries(draw: st.DrawFn, identifier: str, others: list[str], topic: str) -> Entry:
    first, last = sorted([draw(days), draw(days)])
    return Entry(
        id=identifier,
        question=draw(lines()),
        answer=draw(texts()),
        similar=tuple(draw(st.lists(lines(), max_size=4))),
        topic=topic,
        links=tuple(Link(draw(lines()), draw(urls)) for _ in range(draw(st.integers(0, 2)))),
        buttons=tuple(
            EntryButton(draw(lines()), draw(st.sampled_from(others))) for _ in range(draw(st.integers(0, 2)))
        ),
        tags=tuple(draw(st.lists(lines(), max_size=3))),
        rich=draw(st.one_of(st.just(""), texts())),
        channels=tuple(ChannelAnswer(c, draw(texts())) for c in CHANNELS if draw(st.booleans())),
        images=tuple(Image(draw(lines()), draw(image_urls)) for _ in range(draw(st.integers(0, 2)))),
        valid_from=draw(st.one_of(st.none(), st.just(first))),
        valid_until=draw(st.one_of(st.none(), st.just(last))),
        audience=draw(st.sampled_from(AUDIENCES)),
        owner=draw(st.one_of(st.just(""), lines())),
        reviewed=draw(st.one_of(st.none(), days)),
    )


@st.composite
def topic_lists(draw: st.DrawFn) -> tuple[Topic, ...]:
    """One to three topics with one to three entries each, in the order of their names."""
    names = sorted(draw(st.lists(identifiers, min_size=1, max_size=3, unique=True)))
    counts = [draw(st.integers(1, 3)) for _ in names]
    ids = draw(st.lists(identifiers, min_size=sum(counts), max_size=sum(counts), unique=True))
    titles = draw(st.lists(lines(), min_size=len(names), max_size=len(names), unique=True))
    topics, start = [], 0
    for name, title, count in zip(names, titles, counts, strict=True):
        own = tuple(draw(entries(i, ids, title)) for i in ids[start : start + count])
        topics.append(Topic(name, title, own))
        start += count
    return tuple(topics)
