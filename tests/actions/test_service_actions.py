"""Buttons, handoff, yes, tickets, unhelpful answers, and the endpoint."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa_sdk import Action
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.endpoint import build_executor, run_action
from actions.handoff import Handoff
from tests.actions.conftest import Run, effects, heard, payloads, said, tracker


def test_chosen_entry_is_answered(run: Run) -> None:
    entities = [{"entity": "entry", "value": "shipping-fee"}]
    (response,), _ = asyncio.run(
        run("action_choose_entry", "/choose_entry", "choose_entry", entities=entities)
    )
    assert response["text"] == "满 99 元包邮。"
    assert effects(response).decision is not None


@pytest.mark.parametrize("entities", [[], [{"entity": "entry", "value": "gone"}]])
def test_chosen_entry_that_is_gone_gets_a_sentence(run: Run, entities: list[dict[str, Any]]) -> None:
    (response,), _ = asyncio.run(
        run("action_choose_entry", "/choose_entry", "choose_entry", entities=entities)
    )
    assert response["response"] == "utter_entry_gone"


def test_handoff_is_an_effect_and_closes_a_form(run: Run) -> None:
    (response,), events = asyncio.run(run("action_handoff", "转人工", "request_human", loop="callback_form"))
    handoff = effects(response).handoff
    assert handoff is not None
    assert handoff.reason == "requested"
    assert {"event": "active_loop", "name": None, "timestamp": None} in events


def test_yes_to_a_human_is_a_request(run: Run) -> None:
    before = [heard("嗷嗷"), said("要转人工吗？", "utter_offer_human")]
    (response,), _ = asyncio.run(run("action_affirm", "好的", "affirm", before=before))
    assert effects(response).handoff is not None


def test_yes_to_anything_else_is_a_nod(run: Run) -> None:
    before = [heard("你好"), said("您好", "utter_greet")]
    (response,), _ = asyncio.run(run("action_affirm", "好的", "affirm", before=before))
    assert response["response"] == "utter_affirm"
    assert effects(response).handoff is None


def test_yes_to_a_person_who_may_do_more_says_why(run: Run) -> None:
    before = [heard("取消订单"), said("已发货，需要人工吗？", "utter_agent_may")]
    (response,), _ = asyncio.run(run("action_affirm", "好的", "affirm", before=before))
    handoff = effects(response).handoff
    assert handoff is not None
    assert (handoff.reason, handoff.note) == ("beyond_authority", "已发货，需要人工吗？")


def test_ticket_status_without_ticket_offers_a_human(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_ticket_status", "工单呢", "ask_ticket_status"))
    assert response["response"] == "utter_ticket_none"
    assert payloads(response) == ["/ask_order_status", "/request_human"]


def test_unhelpful_is_a_miss_and_offers_other_entries(run: Run) -> None:
    before = [heard("寄东西要给钱吗"), said("满 99 元包邮。")]
    (response,), _ = asyncio.run(run("action_unhelpful", "没用", "unhelpful", before=before))
    decision = effects(response).decision
    assert decision is not None
    assert decision.decision == "no_answer"
    assert payloads(response) == ['/choose_entry{"entry": "returns-how"}', "/request_human"]


def test_unhelpful_at_once_offers_a_human(run: Run) -> None:
    (response,), _ = asyncio.run(run("action_unhelpful", "没用", "unhelpful"))
    assert payloads(response) == ["/request_human"]
    # Nothing stands below that could be chosen from.
    assert response["response"] == "utter_misunderstood"


def test_unhelpful_twice_without_a_choice_says_something_else(run: Run) -> None:
    before = [heard("/unhelpful"), said("抱歉，是我没弄对。", "utter_misunderstood")]
    (response,), _ = asyncio.run(run("action_unhelpful", "还是不对", "unhelpful", before=before))
    assert response["response"] == "utter_unhelpful_again"


class _Rejects(Action):  # type: ignore[misc]
    def name(self) -> str:
        return "action_rejects"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise ActionExecutionRejection(self.name())


def test_rejection_is_400_as_rasa_expects() -> None:
    payload = {"next_action": "action_rejects", "tracker": tracker("嗯", "affirm")}
    status, body = asyncio.run(run_action(build_executor([_Rejects()]), payload))
    assert status == 400
    assert body["action_name"] == "action_rejects"


def test_unknown_action_is_404() -> None:
    payload = {"next_action": "action_nowhere", "tracker": tracker("嗯", "affirm")}
    status, body = asyncio.run(run_action(build_executor([Handoff()]), payload))
    assert (status, body["action_name"]) == (404, "action_nowhere")


def test_two_actions_with_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="action_handoff"):
        build_executor([Handoff(), Handoff()])
