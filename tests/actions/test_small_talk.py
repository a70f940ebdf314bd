"""Small talk never stands before an answer, nor before a good choice of entries."""

from __future__ import annotations

import asyncio

import pytest

from tests.actions.conftest import VAGUE, Run, effects, heard, payloads, said


@pytest.mark.parametrize(("confidence", "response"), [(0.6, "utter_clarify"), (0.9, "utter_thanks")])
def test_only_plain_small_talk_comes_before_a_choice(run: Run, confidence: float, response: str) -> None:
    (answer,), _ = asyncio.run(run("action_answer_faq", VAGUE, "thanks", confidence))
    assert answer["response"] == response


@pytest.mark.parametrize("intent", ["helpful", "stop", "thanks"])
def test_a_misheard_reaction_hides_no_answer(run: Run, intent: str) -> None:
    (answer,), _ = asyncio.run(run("action_answer_faq", "运费怎么算？", intent, 0.95))
    assert answer["text"] == "满 99 元包邮。"
    assert payloads(answer)


@pytest.mark.parametrize("text", ["asdfghjk", "啊啊啊啊啊啊", "。。。。1234", "qwrtypsdf"])
def test_keyboard_mash_is_a_miss(run: Run, text: str) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", text, "chitchat", 0.9))
    assert response["response"] == "utter_rephrase"
    assert effects(response).decision is not None


def test_a_second_chat_in_a_row_is_a_miss(run: Run) -> None:
    before = [heard("你几岁"), said("聊天我还在学习。", "utter_chitchat")]
    (response,), _ = asyncio.run(run("action_answer_faq", "你喜欢吃什么", "chitchat", 0.9, before=before))
    assert response["response"] == "utter_rephrase"


def test_trouble_is_no_thanks(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", "账号出问题了", "helpful", 0.9))
    assert response["response"] == "utter_rephrase"


@pytest.mark.parametrize("intent", ["stop", "correct", "deny"])
@pytest.mark.parametrize("text", ["你看错了吧", "不是，您弄错了", "搞错了吧"])
def test_who_says_that_the_bot_is_wrong_is_asked_what_is_wrong(run: Run, intent: str, text: str) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", text, intent, 0.95))
    assert response["response"] == "utter_misunderstood"


@pytest.mark.parametrize("text", ["你们客服说错了", "我说错了"])
def test_a_slip_of_somebody_else_is_not_the_bots(run: Run, text: str) -> None:
    (response,), _ = asyncio.run(run("action_answer_faq", text, "correct", 0.95))
    assert response["response"] == "utter_correct"


@pytest.mark.parametrize("text", ["那怎么弄", "就上次买的那个", "对，帮我催它"])
def test_what_says_more_than_yes_is_not_nodded_at(run: Run, text: str) -> None:
    (response,), _ = asyncio.run(run("action_affirm", text, "affirm", 0.9))
    assert response["response"] == "utter_rephrase"
    assert effects(response).decision is not None


@pytest.mark.parametrize("text", ["好的", "嗯嗯没问题", "对，就是这个意思", "可以的，谢谢"])
def test_a_nod_stays_a_nod(run: Run, text: str) -> None:
    (response,), _ = asyncio.run(run("action_affirm", text, "affirm", 0.9))
    assert response["response"] == "utter_affirm"


@pytest.mark.parametrize(
    ("intent", "text"), [("praise", "厉害厉害，半个月才出省"), ("thanks", "谢谢啊，又白跑一趟")]
)
def test_mocking_praise_and_thanks_are_not_taken_at_their_word(run: Run, intent: str, text: str) -> None:
    mocking = {"emotion": {"label": "dissatisfied", "intensity": 0.7}}
    said, _ = asyncio.run(run("action_answer_faq", text, intent, 0.95, metadata=mocking))
    assert said[-1]["response"] == "utter_displeased"
    (meant,), _ = asyncio.run(run("action_answer_faq", "东西真好", intent, 0.95))
    assert meant["response"] == f"utter_{intent}"
