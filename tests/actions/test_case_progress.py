"""What was sent in to the shop is found again, whatever the customer calls it."""

from __future__ import annotations

import pytest

from actions import build_actions
from actions.endpoint import build_executor, run_action
from actions.faq import FixedAnswerer
from actions.forms_access import FormsAccess
from bot.nlu.entities import Catalogue, find_entities
from tests.actions.conftest import tracker
from tests.actions.talk import Answer, Talk
from tests.desk import Clock
from tests.shop.site import token

pytestmark = pytest.mark.anyio

ZHOU, CHEN = "demo-zhou", "demo-chen"
GOODS = Catalogue.of({name: name for name in ("扫地机器人", "智能手表", "连衣裙", "蓝牙耳机")})


class Desk:
    """Somebody who asks how far a thing is, signed in or not."""

    def __init__(self, answerer: FixedAnswerer, forms: FormsAccess, clock: Clock) -> None:
        self._executor = build_executor(build_actions(answerer, forms))
        self._forms, self._clock = forms, clock
        self.talk = Talk(self._executor)
        self.followup: str | None = None

    async def sign_in(self, customer: str) -> None:
        await self._forms.shop.present("c", token(customer, self._clock()))

    async def ask(self, text: str) -> Answer:
        entities = [
            {"entity": e.kind, "value": e.value, "start": e.start, "end": e.end}
            for e in find_entities(text, GOODS)
        ]
        call = tracker(text, "ask_ticket_status", entities=entities)
        done = await run_action(self._executor, {"next_action": "action_ticket_status", "tracker": call})
        assert done.status == 200, done.body
        followups = [event["name"] for event in done.body["events"] if event["event"] == "followup"]
        self.followup = followups[0] if followups else None
        return Answer(done.body["responses"])

    async def send_in_repair(self) -> str:
        """A repair of the vacuum cleaner that is under way; its number."""
        await self.talk.open("repair_form", "吸尘器坏了要修 YS2600040001", "request_repair")
        await self.talk.say("开不了机", "nlu_fallback", 0.2)
        done = await self.talk.yes()
        return done.fact("number")


@pytest.fixture
def desk(answerer: FixedAnswerer, forms: FormsAccess, clock: Clock) -> Desk:
    return Desk(answerer, forms, clock)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("智能手表的维修单到哪一步了", "维修"),
        ("连衣裙换货处理得怎么样了", "换货"),
        ("YS2600040003 处理到哪了", "维修"),
    ],
)
async def test_the_named_case_of_a_known_customer_is_told(desk: Desk, text: str, kind: str) -> None:
    await desk.sign_in(ZHOU)
    answer = await desk.ask(text)
    assert answer.names == ["utter_case_progress"]
    assert answer.fact("kind") == kind


async def test_a_repair_just_sent_in_is_found_whatever_is_asked(desk: Desk) -> None:
    await desk.sign_in(ZHOU)
    number = await desk.send_in_repair()
    asked = await desk.ask("我刚提交的那个到哪了")
    assert number in [response["number"] for response in asked.responses]
    refund = await desk.talk.open("refund_form", "我什么时候寄", "ask_refund_progress")
    assert refund.names == ["utter_case_progress"]
    assert refund.fact("number") == number


async def test_who_is_not_known_shows_who_they_are_first(desk: Desk) -> None:
    answer = await desk.ask("我的维修单到哪一步了")
    assert answer.responses == []
    assert desk.followup == "order_status_form"


async def test_goods_without_a_case_lead_to_their_order(desk: Desk) -> None:
    await desk.sign_in(CHEN)
    await desk.ask("蓝牙耳机那个处理得怎么样了")
    assert desk.followup == "order_status_form"


async def test_a_complaint_is_no_case_of_the_shop(desk: Desk) -> None:
    answer = await desk.ask("我退货的投诉处理到哪了")
    assert answer.names == ["utter_ticket_none"]
    assert "查我的订单" in answer.buttons


async def test_without_any_case_the_refund_form_offers_what_can_be_sent_in(desk: Desk) -> None:
    await desk.sign_in(CHEN)
    answer = await desk.talk.open("refund_form", "我的退款呢", "ask_refund_progress")
    assert answer.names == ["utter_refund_none"]
