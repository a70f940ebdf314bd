"""The form step as a state machine."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from actions.appointment import parse_appointment
from actions.callback_form import CALLBACK_FORM, read_time
from actions.complaint_form import COMPLAINT_FORM, read_first_detail
from actions.form import ASKS, Form, FormState, FormStep, is_question
from actions.form import step as step_form
from actions.speech import Speech
from actions.tasks import other_task
from actions.turn import Mention, Turn
from actions.view import ALWAYS, TicketView, View
from tests.desk import MORNING

PHONE = Turn("13800138000", "faq", 0.3, mentions=(Mention("phone", "13800138000", 0, 11),))
TIME = Turn("明天下午", "faq", 0.3, mentions=(Mention("date", "明天", 0, 2), Mention("time", "下午", 2, 4)))
NONSENSE = Turn("嗷嗷", "nlu_fallback", 0.2)
HUMAN = Turn("转人工", "request_human", 0.98)
STOP = Turn("算了", "stop", 0.9)
BACK = Turn("上一步", "go_back", 0.9)
OPEN = Turn("给我回电话", "request_callback", 0.9)
TOMORROW = str(parse_appointment("明天下午", MORNING, ALWAYS))
ANSWER = Speech(text="满 99 元包邮。")


def view_of(turn: Turn, state: FormState | None = None) -> View:
    return View(turn, state.values if state else {}, now=MORNING)


def step(form: Form, state: FormState, turn: Turn, answered: Speech | None = None) -> FormStep:
    return step_form(form, state, view_of(turn, state), answered)


def finish(form: Form, state: FormState, turn: Turn, *tickets: TicketView) -> Speech:
    """What the form says and does at its end."""

    async def finished() -> tuple[Speech, ...]:
        return await form.finish(replace(view_of(turn, state), tickets=tickets), None)

    (speech,) = asyncio.run(finished())
    return speech


def responses(result: FormStep) -> list[str | None]:
    return [speech.response for speech in result.say]


def opened(form: Form = CALLBACK_FORM, turn: Turn = OPEN) -> FormState:
    return step(form, FormState({}), turn).state


def test_happy_path_ends_with_a_ticket() -> None:
    state = opened()
    state = step(CALLBACK_FORM, state, PHONE).state
    result = step(CALLBACK_FORM, state, TIME)
    assert result.ending == "done"
    done = finish(CALLBACK_FORM, result.state, TIME)
    assert done.effects.ticket is not None
    assert dict(done.effects.ticket.fields) == {"phone": "13800138000", "time": TOMORROW}
    assert done.values["phone"] == "138****8000"


def test_known_values_are_not_asked_again() -> None:
    turn = Turn("下午三点打 13800138000", "request_callback", 0.9, mentions=(*PHONE.mentions,))
    state = opened(turn=turn)
    assert state.requested == "callback_time"
    assert state.values == {"callback_phone": "13800138000"}


def test_asked_twice_then_explained_then_handed_off() -> None:
    state, seen = opened(), []
    for _ in range(ASKS):
        result = step(CALLBACK_FORM, state, NONSENSE)
        seen += responses(result)
        state = result.state
    assert seen == ["utter_ask_phone_again", "utter_explain_phone"]
    assert step(CALLBACK_FORM, state, NONSENSE).ending == "form_failed"


def test_fewer_attempts_explain_sooner() -> None:
    asked = opened()
    result = step(CALLBACK_FORM, asked, replace(NONSENSE, form_attempts=2))
    assert responses(result) == ["utter_explain_phone"]
    assert step(CALLBACK_FORM, result.state, replace(NONSENSE, form_attempts=2)).ending == "form_failed"
    assert step(CALLBACK_FORM, asked, replace(NONSENSE, form_attempts=1)).ending == "form_failed"


def test_question_in_between_is_answered_and_the_form_goes_on() -> None:
    state = opened()
    result = step(CALLBACK_FORM, state, Turn("运费怎么算", "faq", 0.9), ANSWER)
    assert result.say[0] is ANSWER
    assert responses(result)[1] == "utter_ask_phone"
    assert result.state == replace(state, between=1)


def test_a_value_given_early_is_kept() -> None:
    state = step(CALLBACK_FORM, opened(), TIME).state
    assert (state.requested, state.values) == ("callback_phone", {"callback_time": TOMORROW})
    assert step(CALLBACK_FORM, state, PHONE).ending == "done"


def test_an_earlier_value_can_be_corrected() -> None:
    state = step(CALLBACK_FORM, opened(), PHONE).state
    other = Turn("不对，是 13900139000", "correct", 0.8, mentions=(Mention("phone", "13900139000", 5, 16),))
    result = step(CALLBACK_FORM, state, other)
    assert result.ending is None
    assert result.state.values["callback_phone"] == "13900139000"
    assert result.state.requested == "callback_time"


def test_to_change_something_is_to_go_back_whatever_the_intent() -> None:
    state = step(CALLBACK_FORM, opened(), PHONE).state
    result = step(CALLBACK_FORM, state, Turn("我要改一下", "change_address", 0.95))
    assert result.state.requested == "callback_phone"
    assert other_task(Turn("改一下", "change_address", 0.95), "callback_form") is None
    assert other_task(Turn("改一下地址", "change_address", 0.95), "callback_form") == "address_form"


def test_going_back_asks_the_field_before() -> None:
    state = step(CALLBACK_FORM, opened(), PHONE).state
    result = step(CALLBACK_FORM, state, BACK)
    assert result.state.requested == "callback_phone"
    assert result.state.values == {}


def test_complaint_told_at_once_is_not_asked_for() -> None:
    told = Turn("我要投诉，杯子碎了客服还不理人", "make_complaint", 0.9)
    assert opened(COMPLAINT_FORM, told).requested == "complaint_order"
    assert (
        opened(COMPLAINT_FORM, Turn("我要投诉你们！", "make_complaint", 0.9)).requested == "complaint_detail"
    )


def test_complaint_without_order_number_is_handed_over() -> None:
    state = opened(COMPLAINT_FORM, Turn("我要投诉", "make_complaint", 0.9))
    state = step(COMPLAINT_FORM, state, Turn("杯子碎了", "request_repair", 0.9)).state
    result = step(COMPLAINT_FORM, state, Turn("没有", "deny", 0.9))
    done = finish(COMPLAINT_FORM, result.state, NONSENSE)
    assert done.effects.handoff is not None
    assert (done.effects.handoff.reason, done.effects.handoff.note) == ("complaint", "杯子碎了")
    assert done.values["matter"] == "商品破损的问题"


def test_a_complaint_about_somebody_tells_nothing_yet_but_whom_it_is_about() -> None:
    opened_with = Turn("快递小哥服务太差了，我要投诉他", "make_complaint", 0.9)
    state = opened(COMPLAINT_FORM, opened_with)
    assert state.requested == "complaint_detail"
    number = Turn("YS2600050001", "faq", 0.3, mentions=(Mention("order_number", "YS2600050001", 0, 12),))
    asked_again = step(COMPLAINT_FORM, state, number)
    assert asked_again.state.requested == "complaint_detail"
    told = Turn("把我的箱子扔在楼道里还吼我", "nlu_fallback", 0.3)
    result = step(COMPLAINT_FORM, asked_again.state, told)
    assert result.ending == "done"
    done = finish(COMPLAINT_FORM, result.state, told)
    assert done.values["matter"] == "快递员态度问题"
    assert done.effects.handoff is not None
    assert done.effects.handoff.note == f"{opened_with.text}；{told.text}（订单 YS2600050001）"


def test_an_announced_complaint_can_be_taken_a_step_back() -> None:
    state = opened(COMPLAINT_FORM, Turn("快递员态度恶劣，投诉", "make_complaint", 0.9))
    state = step(COMPLAINT_FORM, state, Turn("把包裹扔在雨里", "nlu_fallback", 0.3)).state
    assert state.requested == "complaint_order"
    assert step(COMPLAINT_FORM, state, BACK).state.requested == "complaint_detail"


def test_who_complains_again_is_not_questioned_again() -> None:
    ticket = TicketView("T20261120-0001", False, "投诉", MORNING, MORNING)
    told = Turn("我要投诉，杯子碎了客服还不理人", "make_complaint", 0.9)
    result = step_form(COMPLAINT_FORM, FormState({}), replace(view_of(told), tickets=(ticket,)))
    assert result.ending == "done"
    done = finish(COMPLAINT_FORM, result.state, told, ticket)
    assert done.effects.handoff is not None
    assert done.effects.handoff.reason == "complaint_unresolved"


def test_bare_ten_digits_are_an_order_number_when_asked_for() -> None:
    state = opened(COMPLAINT_FORM, Turn("我要投诉，杯子碎了没人管", "make_complaint", 0.9))
    result = step(COMPLAINT_FORM, state, Turn("2026110512", "nlu_fallback", 0.2))
    assert result.state.values["complaint_order"] == "YS2026110512"


def test_long_text_in_a_free_field_is_the_value_whatever_it_looks_like() -> None:
    state = opened(COMPLAINT_FORM, Turn("我要投诉", "make_complaint", 0.9))
    told = Turn("不对，是你们发错了货还不承认错误", "correct", 0.95)
    assert step(COMPLAINT_FORM, state, told).state.values["complaint_detail"] == told.text


def test_announcing_a_complaint_tells_nothing() -> None:
    for text in ("我要投诉", "投诉！！！", "我现在就要投诉你们", "帮我投诉一下商家"):
        assert read_first_detail(view_of(Turn(text, "make_complaint"))) is None, text


def test_time_in_plain_words() -> None:
    for text in ("随时都可以", "越快越好", "下班以后吧"):
        assert read_time(view_of(Turn(text, "affirm"))) is not None, text
    assert read_time(view_of(NONSENSE)) is None


def test_who_asks_on_and_on_is_left_in_peace() -> None:
    state, question = step(CALLBACK_FORM, FormState({}), OPEN).state, Turn("运费怎么算", "faq", 0.9)
    prompts = []
    for _ in range(5):
        result = step(CALLBACK_FORM, state, question, ANSWER)
        assert result.ending is None
        state = result.state
        prompts.append([speech.response for speech in result.say[1:]])
    assert prompts == [["utter_ask_phone"], ["utter_ask_phone"], ["utter_form_waits"], [], []]
    given = step(CALLBACK_FORM, state, PHONE)
    assert (given.state.requested, given.state.between) == ("callback_time", 0)


class CallbackFormMachine(RuleBasedStateMachine):
    """Any row of messages: a human within the turn, no endless asking, only valid values at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.result = step(CALLBACK_FORM, FormState({}), OPEN)
        self.state = self.result.state
        self.not_understood = 0

    def _turn(self, turn: Turn, answered: Speech | None = None) -> None:
        before = self.state
        self.result = step(CALLBACK_FORM, before, turn, answered)
        self.state = self.result.state
        progressed = self.state.values != before.values or self.state.requested != before.requested
        understood = progressed or answered or self.result.ending in ("requested", "stopped")
        self.not_understood = 0 if understood else self.not_understood + 1

    @precondition(lambda self: self.result.ending is None)
    @rule(turn=st.sampled_from([PHONE, TIME, NONSENSE, BACK, OPEN]))
    def speaks(self, turn: Turn) -> None:
        self._turn(turn)

    @precondition(lambda self: self.result.ending is None)
    @rule()
    def asks_a_question(self) -> None:
        turn = Turn("运费怎么算", "faq", 0.9)
        assert is_question(CALLBACK_FORM, self.state, view_of(turn, self.state))
        self._turn(turn, ANSWER)

    @precondition(lambda self: self.result.ending is None)
    @rule()
    def wants_a_human(self) -> None:
        self._turn(HUMAN)
        assert self.result.ending == "requested"

    @precondition(lambda self: self.result.ending is None)
    @rule()
    def stops(self) -> None:
        self._turn(STOP)
        assert self.result.ending == "stopped"

    @precondition(lambda self: self.result.ending is not None)
    @rule(turn=st.sampled_from([OPEN, PHONE]))
    def opens_again(self, turn: Turn) -> None:
        self.result = step(CALLBACK_FORM, FormState({}), turn)
        self.state = self.result.state
        self.not_understood = 0

    @invariant()
    def never_silent(self) -> None:
        assert self.result.say or self.result.ending in ("done", "requested", "form_failed")

    @invariant()
    def gives_up_in_time(self) -> None:
        assert self.not_understood <= ASKS + 1
        if self.not_understood == ASKS + 1:
            assert self.result.ending == "form_failed"

    @invariant()
    def done_means_complete(self) -> None:
        if self.result.ending == "done":
            assert set(self.state.values) == {"callback_phone", "callback_time"}


TestCallbackForm = CallbackFormMachine.TestCase
TestCallbackForm.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)
