"""Several answers in one message."""

from __future__ import annotations

from actions.faq import EntryView, FaqResult, FollowUp
from actions.speech import answer_speech
from bot.messages import DecisionRecord, Link

HELP = Link("退货说明", "/help/returns")
RETURNS = EntryView(
    "how",
    "怎么申请退货？",
    "在订单里申请。",
    (HELP,),
    (FollowUp("退货运费", "freight"), FollowUp("退到哪里", "where")),
)
FREIGHT = EntryView("freight", "退货运费谁出？", "看原因。", (HELP,), (FollowUp("钱退到哪", "where"),))


def test_answers_come_in_order_with_their_links_and_buttons_once() -> None:
    record = DecisionRecord("answer", "how", 0.9, 0.9, also=("freight",))
    speech = answer_speech(RETURNS, FaqResult(record, RETURNS, (FREIGHT,)), "别着急。")
    assert speech.text == "别着急。1. 怎么申请退货？\n在订单里申请。\n\n2. 退货运费谁出？\n看原因。"
    assert [(button.title, button.payload) for button in speech.buttons] == [
        ("钱退到哪", '/choose_entry{"entry": "where"}')
    ]
    assert speech.effects.links == (HELP,)
    assert speech.effects.decision is record
