"""The way to a human: from everywhere, whole, to one owner, and never in a circle."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.stack.agent import Agent
from tests.stack.conftest import Arrive
from tests.stack.customer import Customer
from tests.stack.records import all_handled, assert_promises, handoffs
from tests.stack.stack import Stack, until

FORMS = {
    "给我回个电话吧": ("13800138000",),
    "我要投诉": ("收到的杯子是碎的，联系了没人处理",),
    "我的快递到哪了": ("YS2600010001",),
    "我要退货": ("YS2600010002", "2468", "质量问题"),
    "帮我取消订单": ("YS2600020001", "1357", "拍错了"),
    "给我的订单开发票": ("YS2600010003", "2468", "开公司抬头"),
}
STEPS = [(opening, steps) for opening, answers in FORMS.items() for steps in range(len(answers) + 1)]
# Nobody at the shop has an answer to these.
ODD = (
    "窗台上的多肉几天浇一次水",
    "快递柜的门打不开怎么处理",
    "/greet",
    "猫打翻了花盆怎么收拾",
    "还是那个事情啊",
    "给布娃娃缝扣子用几号针",
    "家里的水管漏了怎么堵",
    "楼下车位归谁管",
    "qwert zxcvb",
)


def form(stack: Stack, arrive: Arrive, opening: str, steps: int) -> Customer:
    customer = arrive(stack)
    for line in (opening, *FORMS[opening][:steps]):
        customer.say(line)
        assert customer.status["owner"] == "bot"
    return customer


def assert_handed_off(stack: Stack, customer: Customer, reason: str = "requested") -> None:
    assert customer.status["owner"] == "queue"
    assert handoffs(stack, customer) == [reason]
    assert customer.status["ticket"] in customer.messages[-1]["text"]
    assert_promises(stack, [customer])


@pytest.mark.parametrize("words", ["转人工", "别废话了，给我找个真人来", None])
@pytest.mark.parametrize(("opening", "steps"), STEPS)
def test_at_every_step_of_every_form(
    stack: Stack, arrive: Arrive, opening: str, steps: int, words: str | None
) -> None:
    customer = form(stack, arrive, opening, steps)
    if words:
        customer.say(words)
    else:
        customer.ask_human()
    assert_handed_off(stack, customer)


@pytest.mark.parametrize("opening", list(FORMS))
def test_inside_a_form_after_a_question_in_between_and_nonsense(
    stack: Stack, arrive: Arrive, opening: str
) -> None:
    customer = form(stack, arrive, opening, 0)
    customer.say("运费怎么算")
    customer.say("转人工")
    assert_handed_off(stack, customer)


def test_from_the_first_word_after_an_answer_and_after_a_resolution(
    stack: Stack, arrive: Arrive, administrator: Agent
) -> None:
    customer = arrive(stack)
    customer.say("转人工")
    assert_handed_off(stack, customer)
    assert administrator.resolve(customer.conversation).status_code == 200
    customer.say("怎么申请退货")
    customer.say("转人工")
    assert handoffs(stack, customer) == ["requested", "requested"]
    assert customer.status["owner"] == "queue"
    assert_promises(stack, [customer])


def test_asked_again_while_waiting_and_while_served(
    stack: Stack, arrive: Arrive, administrator: Agent
) -> None:
    customer = arrive(stack)
    customer.say("转人工")
    number = customer.status["ticket"]
    assert number in customer.say("转人工")[-1]["text"]
    administrator.take(customer.conversation).raise_for_status()
    customer.wait(lambda: customer.status["owner"] == "human", "an agent")
    assert number in customer.say("我要找人工客服")[-1]["text"]
    assert handoffs(stack, customer) == ["requested"]
    assert customer.status["ticket"] == number
    assert_promises(stack, [customer])


def test_back_to_the_bot_and_to_a_human_again(stack: Stack, arrive: Arrive) -> None:
    customer = arrive(stack)
    notice = customer.say("转人工")[-1]
    customer.click(notice, notice["buttons"][0]["title"])
    assert customer.status["owner"] == "bot"
    assert "免" in customer.say("运费怎么算")[-1]["text"]
    customer.say("转人工")
    assert_handed_off(stack, customer)


def test_a_reply_in_flight_is_dropped_when_a_human_takes_over(
    stack: Stack, arrive: Arrive, administrator: Agent
) -> None:
    customer = arrive(stack)
    customer.say("你好")
    with stack.held_rasa():
        customer.acked(customer.send("运费怎么算"))
        administrator.reply(customer.conversation, "您好，我来为您解答。").raise_for_status()
    all_handled(stack, [customer])
    customer.settle()
    assert [m["sender"] for m in customer.messages] == ["customer", "bot", "customer", "system", "agent"]
    assert customer.status["owner"] == "human"
    customer.acked(customer.send("好的谢谢"))
    all_handled(stack, [customer])
    customer.settle()
    assert customer.messages[-1]["sender"] == "customer"
    turns = stack.rows("SELECT outcome FROM turns WHERE conversation_id = ?", customer.conversation)
    assert [turn["outcome"] for turn in turns] == ["replied", "dropped", "transcript"]
    assert_promises(stack, [customer])


def test_one_owner_at_a_time(stack: Stack, arrive: Arrive, administrator: Agent) -> None:
    with closing(Agent.added(stack, "lin", "小林")) as rival:
        _compete(stack, arrive, administrator, rival)


def _compete(stack: Stack, arrive: Arrive, administrator: Agent, rival: Agent) -> None:
    for round_number in range(4):
        customer = arrive(stack)
        customer.say("转人工")
        with ThreadPoolExecutor(8) as pool:
            agents = [administrator, rival] * 4
            tries = [pool.submit(agent.take, customer.conversation) for agent in agents]
            answers = [attempt.result() for attempt in tries]
        winners = {agents[i].name for i, answer in enumerate(answers) if answer.status_code == 200}
        refused = [answer.json()["error"]["code"] for answer in answers if answer.status_code != 200]
        assert len(winners) == 1, round_number
        assert refused == ["taken"] * 4
        loser = rival if administrator.name in winners else administrator
        assert loser.reply(customer.conversation, "我来").json()["error"]["code"] == "taken"
        assert loser.resolve(customer.conversation).json()["error"]["code"] == "taken"
        customer.wait(lambda c=customer: c.status["owner"] == "human", "an agent")  # type: ignore[misc]
        customer.settle()
        assert [m["sender"] for m in customer.messages] == ["customer", "bot", "system"]
        assert_promises(stack, [customer])


def test_ticket_owner_notice_and_alert_appear_together(stack: Stack, arrive: Arrive) -> None:
    """Looked at again and again while customers are handed off, no snapshot shows a part of it."""
    customers = [arrive(stack) for _ in range(20)]
    names = ",".join(f"'{customer.conversation}'" for customer in customers)
    counts = (
        f"(SELECT count(*) FROM {table} WHERE {column} AND conversation_id IN ({names})) AS {table}"
        for table, column in (
            ("tickets", "kind = 'handoff'"),
            ("episodes", "owner = 'queue'"),
            ("messages", "sender = 'bot'"),
            ("events", "kind = 'ticket.created'"),
        )
    )
    query = f"SELECT {', '.join(counts)}"
    snapshots: set[tuple[int, ...]] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            snapshots.add(tuple(stack.rows(query)[0].values()))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        for customer in customers:
            customer.send("转人工")
        until(lambda: stack.rows(query)[0]["tickets"] == 20)
    finally:
        over.set()
        watching.join()
    assert all(len(set(snapshot)) == 1 for snapshot in snapshots), snapshots
    all_handled(stack, customers)
    assert_promises(stack, customers)


@pytest.mark.parametrize("seed", range(4))
def test_misses_lead_to_a_human_and_never_in_a_circle(stack: Stack, arrive: Arrive, seed: int) -> None:
    customer = arrive(stack)
    misses = 0
    for line in random.Random(seed).sample(ODD, len(ODD)):
        last = customer.texts()[-1:]
        said = customer.say(line)
        if customer.status["owner"] == "queue":
            break
        query = "SELECT misses FROM episodes WHERE conversation_id = ?"
        before, misses = misses, stack.rows(query, customer.conversation)[0]["misses"]
        if misses > before:
            assert said[-1]["text"] not in last
        if misses > before and misses == 2:
            assert "人工" in said[-1]["text"]
            assert [button["title"] for button in said[-1]["buttons"] if button["kind"] == "human"] == [
                "转人工"
            ]
        assert misses < 3
    assert_handed_off(stack, customer, "misses")


def test_a_furious_complaint(stack: Stack, arrive: Arrive, administrator: Agent) -> None:
    customer = arrive(stack)
    said = customer.say("我要投诉！！！东西是坏的，客服还骂人")
    assert customer.status["owner"] == "queue"
    assert len(handoffs(stack, customer)) == 1
    text = "".join(message["text"] for message in said)
    assert text.count("抱歉") + text.count("对不起") == 1
    ticket = administrator.conversation(customer.conversation)["tickets"][0]
    assert ticket["number"] in text
    assert ticket["emotion"]["label"] == "angry"
    assert ticket["priority"] == "high"
    assert ticket["category"] == "投诉"
    assert "东西是坏的" in ticket["summary"]
    assert_promises(stack, [customer])
