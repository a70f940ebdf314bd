"""Comfort before the answer: once in a while, never twice the same, and one apology for what the shop did."""

from __future__ import annotations

import pytest

from actions.empathy import APOLOGIES, SENTENCES, empathy, is_apology
from actions.turn import BotLine, Turn

LATE = "三天了还在揽收，你们可真行"


def dissatisfied(text: str, **more: object) -> Turn:
    return Turn(text, "faq", emotion="dissatisfied", **more)  # type: ignore[arg-type]


def test_the_problem_is_named_and_apologised_for_once() -> None:
    first = empathy(dissatisfied(LATE))
    assert first in APOLOGIES["快递配送问题"]
    assert is_apology(first)
    again = empathy(dissatisfied(LATE, apologised=True))
    assert again in SENTENCES["dissatisfied"]
    assert not is_apology(again)


def test_nothing_is_apologised_for_that_nobody_has_looked_into() -> None:
    assert empathy(dissatisfied("怎么刚买就降价")) in SENTENCES["dissatisfied"]


def test_a_worried_customer_gets_no_apology() -> None:
    assert empathy(Turn("快递不会丢了吧", "faq", emotion="anxious")) in SENTENCES["anxious"]


def test_nobody_is_comforted_twice_running() -> None:
    for said in (*SENTENCES["angry"], *APOLOGIES["快递配送问题"]):
        assert empathy(dissatisfied("太差劲了", said=(BotLine(f"{said}满 99 元包邮。"),))) == ""


@pytest.mark.parametrize("emotion", SENTENCES)
def test_no_sentence_comes_twice_in_a_conversation(emotion: str) -> None:
    told: list[str] = []
    for _ in SENTENCES[emotion]:
        told.append(empathy(Turn("唉", "faq", emotion=emotion, told=tuple(told))))
    assert sorted(told) == sorted(SENTENCES[emotion])
    assert empathy(Turn("唉", "faq", emotion=emotion, told=tuple(told))) == ""


def test_no_apology_for_what_a_courier_may_have_done() -> None:
    assert empathy(dissatisfied("快递员骂人，什么态度")) in SENTENCES["dissatisfied"]
