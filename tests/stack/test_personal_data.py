"""What customers give of themselves stays in the transcript: logs, tickets and alerts are masked."""

from __future__ import annotations

import json

import pytest

from tests.stack.agent import Agent
from tests.stack.conftest import Arrive
from tests.stack.records import all_handled, assert_promises
from tests.stack.stack import Stack

PHONE = "13987654321"
# Valid check digits; none of them was ever issued.
ID_CARD = "110101199003074610"
BANK_CARD = "6222021234567890128"
EMAIL = "wang.xiaoming@mail.example.com"
STREET = "文三路90号2幢301室"
NAME = "欧阳晓明"
LINES = (
    f"我的手机号是{PHONE}，帮我看看订单",
    f"身份证{ID_CARD}能实名吗",
    f"退款退到银行卡 6222 0212 3456 7890 128，也就是{BANK_CARD}",
    f"发票发到{EMAIL}",
    f"收货人：{NAME}，地址浙江省杭州市西湖区{STREET}，电话 139-8765-4321",
)
SECRETS = (
    PHONE,
    "139-8765-4321",
    "139 8765 4321",
    ID_CARD,
    BANK_CARD,
    "6222 0212 3456 7890 128",
    EMAIL,
    "wang.xiaoming",
    STREET,
    NAME,
)


def assert_masked(text: str, where: str) -> None:
    found = [secret for secret in SECRETS if secret in text]
    assert not found, f"{found} in {where}: {text[:2000]}"


def test_tickets_alerts_and_logs_are_masked(stack: Stack, arrive: Arrive, administrator: Agent) -> None:
    customer = arrive(stack)
    for line in LINES:
        customer.acked(customer.send(line))
    all_handled(stack, [customer])
    customer.settle()
    customer.say("转人工")
    number = customer.status["ticket"]

    seen = administrator.look(f"/tickets/{number}")["ticket"]
    assert_masked(json.dumps(seen, ensure_ascii=False), "the ticket")
    assert "139****4321" in seen["summary"]
    assert_masked(json.dumps(administrator.look("/tickets", state="open"), ensure_ascii=False), "the tickets")
    assert_masked(stack.bot("tickets", "--json").stdout, "the command line")
    stored = stack.rows("SELECT * FROM tickets WHERE conversation_id = ?", customer.conversation)
    assert_masked(json.dumps(stored, ensure_ascii=False), "the stored ticket")
    alerts = stack.rows("SELECT data FROM events WHERE conversation_id = ?", customer.conversation)
    assert_masked(json.dumps(alerts, ensure_ascii=False), "the stored events")
    assert_masked(stack.log, "the log")
    # The agent who serves the customer reads what was said.
    transcript = administrator.conversation(customer.conversation)["messages"]
    assert PHONE in "".join(message["text"] for message in transcript)
    assert_promises(stack, [customer])


@pytest.mark.parametrize("before", range(104, 120, 3))
def test_a_number_at_the_end_of_a_shortened_line_is_masked_whole(
    stack: Stack, arrive: Arrive, administrator: Agent, before: int
) -> None:
    """The summary shortens long lines; half a number must not slip through."""
    customer = arrive(stack)
    customer.say("退" * before + f"，{ID_CARD}，{BANK_CARD}")
    customer.say("转人工")
    summary = administrator.look(f"/tickets/{customer.status['ticket']}")["ticket"]["summary"]
    assert ID_CARD[:6] not in summary
    assert BANK_CARD[:6] not in summary


def test_a_call_back_keeps_the_number_for_the_one_who_calls(
    stack: Stack, arrive: Arrive, administrator: Agent
) -> None:
    customer = arrive(stack)
    for line in ("给我回个电话吧", PHONE, "明天下午三点以后"):
        customer.say(line)
    assert "139****4321" in customer.texts()[-1]
    shown = administrator.conversation(customer.conversation)["tickets"]
    assert [ticket["category"] for ticket in shown] == ["回电"]
    assert_masked(shown[0]["summary"], "the ticket")
    fields = stack.rows("SELECT fields FROM tickets WHERE conversation_id = ?", customer.conversation)
    assert json.loads(fields[0]["fields"])["phone"] == PHONE
    assert_masked(stack.log, "the log")
