"""The FAQ is asked first; small talk, tasks and questions back come after."""

from __future__ import annotations

import asyncio

import pytest

from actions.empathy import SENTENCES
from tests.actions.conftest import VAGUE, Run, effects, heard, payloads, said


def test_answer_carries_text_links_follow_ups_and_decision(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", "运费怎么算？", "faq"))
    assert response["text"] == "满 99 元包邮。"
    assert payloads(response) == ['/choose_entry{"entry": "returns-how"}']
    found = effects(response)
    assert found.decision is not None
    assert (found.decision.decision, found.decision.entry) == ("answer", "shipping-fee")
    assert [link.url for link in found.links] == ["/help/shipping"]


@pytest.mark.parametrize("intent", ["chitchat", "out_of_scope", "deny", "praise", "request_invoice"])
def test_a_wrong_intent_hides_no_answer(run: Run, intent: str) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", "运费怎么算？", intent, 0.99))
    assert response["text"] == "满 99 元包邮。"


def test_small_talk_without_answer_is_no_miss(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", "今天天气真好", "chitchat", 0.9))
    assert response["response"] == "utter_chitchat"
    assert effects(response).decision is None


def test_small_talk_below_its_threshold_is_still_recognised(run: Run) -> None:
    ranking = [("praise", 0.45), ("faq", 0.2)]
    (response,), _ = asyncio.run(run("action_answer_faq", "可以的", "nlu_fallback", 0.45, ranking=ranking))
    assert response["response"] == "utter_praise"


def test_unsure_small_talk_asks_to_rephrase(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", "嗷嗷", "chitchat", 0.2))
    assert response["response"] == "utter_rephrase"


def test_task_without_answer_shows_the_way_and_a_human(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", "这个我不想要了", "request_return", 0.8))
    assert response["text"] == "在订单详情页点击申请退货。"
    assert "/request_human" in payloads(response)
    decision = effects(response).decision
    assert decision is not None
    assert (decision.decision, decision.entry) == ("answer", "returns-how")


def test_task_whose_entry_is_gone_asks_back(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", "票呢票呢", "request_invoice", 0.9))
    assert response["response"] == "utter_rephrase"


def test_clarify_offers_candidates_and_a_human(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", VAGUE, "faq"))
    assert response["response"] == "utter_clarify"
    assert payloads(response) == [
        '/choose_entry{"entry": "shipping-fee"}',
        '/choose_entry{"entry": "returns-how"}',
        "/request_human",
    ]


def test_clarifying_again_uses_other_words(run: Run) -> None:
    before = [heard(VAGUE), said("您想问的是哪一个？", "utter_clarify")]
    (response,), _ = asyncio.run(run("action_answer_faq", VAGUE, "faq", before=before))
    assert response["response"] == "utter_clarify_again"


def test_second_miss_offers_a_human_in_other_words(run: Run) -> None:
    before = [heard("嗷嗷"), said("我没听懂", "utter_rephrase")]
    (response,), _ = asyncio.run(
        run("action_answer_faq", "哇哇", "faq", before=before, metadata={"misses": 1})
    )
    assert response["response"] == "utter_offer_human"
    assert payloads(response) == ["/request_human"]
    assert effects(response).decision is not None


@pytest.mark.parametrize("misses", [0, 1, 2])
@pytest.mark.parametrize("last", ["utter_rephrase", "utter_offer_human", "utter_rephrase_again"])
def test_no_prompt_twice_running(run: Run, misses: int, last: str) -> None:
    before = [heard("嗷嗷"), said("抱歉", last)]
    (response,), _ = asyncio.run(
        run("action_answer_faq", "哇哇", "faq", before=before, metadata={"misses": misses})
    )
    assert response["response"] != last


def test_displeased_customer_is_comforted_once(run: Run) -> None:
    metadata = {"emotion": {"label": "dissatisfied"}}
    (response,), _ = asyncio.run(run("action_answer_faq", "运费怎么算？", "faq", metadata=metadata))
    sentence = next(s for s in SENTENCES["dissatisfied"] if response["text"].startswith(s))
    before = [heard("运费怎么算？"), said(f"{sentence}满 99 元包邮。")]
    (response,), _ = asyncio.run(
        run("action_answer_faq", "运费怎么算？", "faq", metadata=metadata, before=before)
    )
    assert response["text"] == "满 99 元包邮。"


@pytest.mark.parametrize(("intensity", "comforted"), [(0.4, False), (0.7, True)])
def test_a_question_that_only_sounds_worried_gets_the_plain_answer(
    run: Run, intensity: float, comforted: bool
) -> None:
    metadata = {"emotion": {"label": "anxious", "intensity": intensity}}
    (response,), _ = asyncio.run(run("action_answer_faq", "运费怎么算？", "faq", metadata=metadata))
    assert response["text"].startswith(SENTENCES["anxious"]) is comforted


def test_an_unsure_task_that_the_faq_does_not_know_asks_to_rephrase(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", "木地板起皮了用什么胶粘", "request_return", 0.6))
    assert response["response"] == "utter_rephrase"


def test_where_the_faq_doubts_a_task_of_another_entry_does_not_decide(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", VAGUE, "request_return", 0.95))
    assert response["response"] == "utter_clarify"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("帮我查退款", "refund_form"),
        ("蓝牙耳机我要退货，寄东西要给钱吗", "return_form"),
        ("不用转人工，帮我查一下坚果到哪了就行", "order_status_form"),
    ],
)
def test_what_is_ordered_in_so_many_words_is_begun(run: Run, text: str, form: str) -> None:
    responses, events = asyncio.run(run("action_answer_faq", text, "faq"))
    assert responses == []
    assert [event["name"] for event in events] == [form]


@pytest.mark.parametrize("text", ["先不转人工", "我不想转人工", "不用人工客服，谢谢"])
def test_who_wants_no_human_is_not_told_how_to_reach_one(run: Run, text: str) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", text, "deny"))
    assert response["response"] == "utter_human_declined"


def test_a_task_hides_no_other_answer(run: Run) -> None:
    (response,), events = asyncio.run(run("action_answer_faq", "寄东西要给钱吗", "request_return"))
    assert response["text"] == "满 99 元包邮。"
    assert events == []


CLOSED = {"form_state": {"over": "order_status_form", "heard": "查坚果那单"}}


@pytest.mark.parametrize(
    ("text", "before", "begun"),
    [
        ("不对，是昨天那单", "查坚果那单", ["order_status_form"]),
        ("不对，是昨天那单", "你好", []),
        ("那昨天那单呢", "查坚果那单", ["order_status_form"]),
        ("昨天那单能退吗", "查坚果那单", []),
        ("不对，说错了", "查坚果那单", []),
    ],
)
def test_another_order_was_meant_than_the_one_just_told(
    run: Run, text: str, before: str, begun: list[str]
) -> None:
    named = [{"entity": "date", "value": "昨天", "start": 0, "end": 0}] if "昨天" in text else []
    _, events = asyncio.run(
        run(
            "action_answer_faq",
            text,
            "correct" if text.startswith("不对") else "faq",
            entities=named,
            slots=CLOSED,
            before=[heard(before), said("已签收。")],
        )
    )
    assert [event["name"] for event in events] == begun
