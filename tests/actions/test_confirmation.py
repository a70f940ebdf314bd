"""What is said at the end of a task: the fault in the summary, more of it, and what is no yes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from actions import build_actions
from actions.endpoint import build_executor
from actions.faq import FixedAnswerer
from actions.forms_access import FormsAccess
from tests.actions.talk import Answer, Talk
from tests.desk import Clock
from tests.shop.site import token

pytestmark = pytest.mark.anyio

LI, ZHOU = "demo-li", "demo-zhou"
SignIn = Callable[[str], Awaitable[Talk]]


@pytest.fixture
def known(answerer: FixedAnswerer, forms: FormsAccess, clock: Clock) -> SignIn:
    """Sign a demo customer in, as the host site does."""

    async def sign_in(customer: str) -> Talk:
        await forms.shop.present("c", token(customer, clock()))
        return Talk(build_executor(build_actions(answerer, forms)))

    return sign_in


async def repairing(talk: Talk) -> Answer:
    return await talk.open("repair_form", "扫地机器人坏了，我要修 YS2600040002", "request_repair")


@pytest.mark.parametrize("words", ["申请维修", "是刚买没多久那个", "我要报修", "就是那台"])
async def test_what_names_the_task_or_the_product_describes_no_fault(known: SignIn, words: str) -> None:
    talk = await known(ZHOU)
    assert (await repairing(talk)).names == ["utter_ask_case_note"]
    assert (await talk.say(words, "request_repair")).names == ["utter_ask_case_note_again"]


async def test_the_summary_tells_the_fault_and_takes_more_of_it(known: SignIn, forms: FormsAccess) -> None:
    talk = await known(ZHOU)
    await repairing(talk)
    answer = await talk.say("左轮不转，一开机就报错E5")
    assert "左轮不转，一开机就报错E5" in answer.fact("why")
    answer = await talk.say("忘说了，还有异味", "faq", 0.6)
    assert answer.names == ["utter_ask_case_confirm"]
    assert answer.fact("why").endswith("左轮不转，一开机就报错E5；还有异味")
    answer = await talk.say("修的时候数据会丢吗")
    assert answer.names == ["utter_ask_case_confirm_again"]
    await talk.yes()
    order = await (await forms.shop.require("c")).order("YS2600040002")
    assert order.cases[-1].note == "左轮不转，一开机就报错E5；还有异味"


async def test_the_fault_is_told_at_the_confirmation_when_nothing_was_told_before(known: SignIn) -> None:
    talk = await known(ZHOU)
    await repairing(talk)
    await talk.say("没有补充")
    assert (await talk.say("吸力变小，还有异响")).fact("why") == "，说明：吸力变小，还有异响"


async def test_a_click_on_no_help_is_no_value_of_the_form(known: SignIn) -> None:
    talk = await known(LI)
    await talk.open("callback_form", "给我回电", "request_callback")
    answer = await talk.say("/unhelpful", "unhelpful", 1.0)
    assert answer.names == ["utter_misunderstood", "utter_ask_phone"]


async def test_a_question_with_the_tasks_own_word_is_no_vain_confirmation(known: SignIn) -> None:
    talk = await known(LI)
    await talk.open("cancel_form", "取消 YS2600020001，不想要了", "cancel_order")
    answer = await talk.say("那个东西退到哪", "cancel_order")
    assert answer.names[-1] == "utter_ask_cancel_confirm"
    assert "运费怎么算？" in answer.buttons
