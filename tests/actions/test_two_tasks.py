"""Two tasks in one message, and what is no task at all."""

from __future__ import annotations

import pytest

from actions.tasks import errand, other_task, question_beside, wishes, without_questions
from actions.turn import Mention, Turn
from bot.nlu.entities import find_entities
from tests.actions.talk import CATALOGUE


def turn(text: str, intent: str = "nlu_fallback", confidence: float = 0.9) -> Turn:
    mentions = tuple(Mention(e.kind, e.value, e.start, e.end) for e in find_entities(text, CATALOGUE))
    return Turn(text, intent, confidence, mentions=mentions)


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("帮我查一下快递，顺便开个发票", ["ask_order_status", "request_invoice"]),
        ("蓝牙耳机我要退货，另外查一下羽绒服到哪了", ["request_return", "ask_order_status"]),
        ("先把那单取消了，然后给我回个电话", ["cancel_order", "request_callback"]),
        ("我要退货，运费谁出", ["request_return"]),
        ("不是要退货，我要换货", ["request_exchange"]),
        ("怎么退货，怎么开发票", []),
        ("/request_return", []),
        ("。。。", []),
    ],
)
def test_the_tasks_of_a_message_in_their_order(text: str, intents: list[str]) -> None:
    assert [wish.intent for wish in wishes(turn(text))] == intents


def test_each_task_has_its_own_clause_and_what_is_mentioned_there() -> None:
    first, second = wishes(turn("蓝牙耳机我要退货，另外查一下羽绒服到哪了"))
    assert [mention.value for mention in first.turn.mentions] == ["蓝牙耳机"]
    assert [mention.value for mention in second.turn.mentions] == ["羽绒服"]
    for wish in (first, second):
        mention = wish.turn.mentions[0]
        assert wish.turn.text[mention.start : mention.end] == mention.value


def test_a_product_is_a_correction_unless_the_task_is_named() -> None:
    status = "ask_order_status"
    assert other_task(turn("羽绒服那单", status), "return_form") is None
    assert other_task(turn("先查一下羽绒服的物流", status), "return_form") == "order_status_form"
    assert other_task(turn("不对，是换货", "correct"), "return_form") == "exchange_form"
    assert other_task(turn("不对，不退货", "correct"), "exchange_form") is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("帮我查退款", "ask_refund_progress"),
        ("不用转人工，帮我查一下坚果到哪了就行", "ask_order_status"),
        ("不要人工，就查下T恤那单", "ask_order_status"),
        ("取消订单", "cancel_order"),
        ("蓝牙耳机我要退货，运费谁出", "request_return"),
        ("订单被取消了", None),
        ("之前申请过退货", None),
        ("怎么查退款", None),
        ("退货", None),
    ],
)
def test_what_is_ordered_in_so_many_words(text: str, intent: str | None) -> None:
    wish = errand(turn(text, "faq"))
    assert (wish.intent if wish else None) == intent


def test_a_question_beside_a_task_is_kept_apart() -> None:
    both = turn("蓝牙耳机我要退货，运费谁出，多久能退")
    assert question_beside(both) == "运费谁出，多久能退"
    task = without_questions(both)
    assert len(task.text) == len(both.text)
    assert "运费" not in task.text
    assert [task.text[m.start : m.end] for m in task.mentions] == ["蓝牙耳机"]
    assert question_beside(turn("/request_return")) == ""
