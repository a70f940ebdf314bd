"""`bot faq gaps`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from bot.command_line import AsJson, read_settings, say, say_json

_REMEDIES = {"similar": "加为 {entry} 的相似问", "new": "新建条目", "review": "检查 {entry} 的答案"}
_REASONS = {
    "unresolved": "没有答案",
    "unclicked": "反问后没选",
    "clicked": "反问后选了",
    "handed_off": "转了人工",
    "unhelpful": "没解决",
}


def gaps_command(
    days: Annotated[int, typer.Option(min=1, max=365, help="How far to look back.")] = 30,
    as_json: AsJson = False,
) -> None:
    """What customers asked in vain, by wish, that which would have helped most of them first."""
    from bot.database import Database
    from bot.learning.drafts import Drafts
    from bot.learning.inbox import Inbox
    from bot.published import PublishedFaq
    from bot.published_survey import PublishedSurvey

    settings = read_settings()
    survey = PublishedSurvey(PublishedFaq.load(settings.models, settings.timezone))
    database = Database(settings.effective_database_url)
    try:
        database.migrate()
        inbox = Inbox(database, survey, settings.faq, Drafts(settings.var))
        listing = asyncio.run(inbox.look(days))
    finally:
        database.close()
    gaps = [gap.public() for gap in listing.gaps if gap.state == "open"]
    if as_json:
        say_json({"days": days, "asked": listing.asked, "settled": listing.settled, "gaps": gaps})
        return
    say(
        f"近{days}天有{listing.asked}个问题没有答好，其中{listing.settled}个现在已能回答；待处理{len(gaps)}组"
    )
    for gap in gaps:
        _show(gap)


def _show(gap: dict[str, Any]) -> None:
    remedy = _REMEDIES[gap["suggestion"]["remedy"]].format(entry=gap["suggestion"]["entry"])
    reasons = "，".join(f"{_REASONS[reason]}{count}次" for reason, count in gap["reasons"].items())
    say(f"{gap['customers']}位客户  {gap['question']}  →  {remedy}（{reasons}）")
    for example in gap["examples"][:5]:
        if example != gap["question"]:
            say(f"    {example}")
