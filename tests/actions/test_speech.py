"""Several answers in one message."""

from __future__ import annotations

from dataclasses import replace

from actions.faq import EntryView, FaqResult, FollowUp
from actions.speech import answer_speech, entry_speech
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


def test_an_answer_takes_its_other_forms_along() -> None:
    picture = Link("退货按钮在哪", "/p.png")
    entry = replace(RETURNS, rich="- 订单\n- **申请**", channels={"wechat": "点菜单。"}, images=(picture,))
    plain = entry_speech(entry, None)
    assert (plain.text, plain.effects.rich) == ("在订单里申请。", "- 订单\n- **申请**")
    assert (plain.effects.channels, plain.effects.images) == ({"wechat": "点菜单。"}, (picture,))
    kind = entry_speech(entry, None, "别急*。")
    assert kind.effects.rich == "别急\\*。\n\n- 订单\n- **申请**"
    assert kind.effects.channels == {"wechat": "别急*。点菜单。"}


def test_several_answers_are_worded_alike_for_each_channel() -> None:
    record = DecisionRecord("answer", "how", 0.9, 0.9, also=("freight",))
    rich = replace(RETURNS, rich="**申请**", channels={"wechat": "点菜单。"})
    speech = answer_speech(rich, FaqResult(record, rich, (FREIGHT,)))
    assert speech.effects.rich == "**1. 怎么申请退货？**\n\n**申请**\n\n**2. 退货运费谁出？**\n\n看原因。"
    assert speech.effects.channels == {"wechat": "1. 怎么申请退货？\n点菜单。\n\n2. 退货运费谁出？\n看原因。"}
