"""A small FAQ and a way to run one action as Rasa would."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

import pytest

from actions import build_actions
from actions.endpoint import build_executor, run_action
from actions.faq import EntryView, FaqResult, FixedAnswerer, FollowUp
from bot.messages import Candidate, DecisionRecord, Effects, Link

RETURNS = EntryView("returns-how", "怎么申请退货？", "在订单详情页点击申请退货。")
FREIGHT = EntryView(
    "shipping-fee",
    "运费怎么算？",
    "满 99 元包邮。",
    (Link("运费说明", "/help/shipping"),),
    (FollowUp("怎么申请退货？", "returns-how"),),
)
STATUS = EntryView("orders-status", "怎么查看订单状态？", "在我的订单里查看。")
VAGUE = "那个东西"
CANDIDATES = (
    Candidate("shipping-fee", "运费怎么算？", 0.4, 0.9),
    Candidate("returns-how", "怎么申请退货？", 0.3, 0.8),
)

Run = Callable[..., Coroutine[Any, Any, tuple[list[dict[str, Any]], list[dict[str, Any]]]]]


@pytest.fixture
def answerer() -> FixedAnswerer:
    clarify = FaqResult(DecisionRecord("clarify", None, 0.4, 0.8, CANDIDATES))
    near = FaqResult(DecisionRecord("answer", "shipping-fee", 0.9, 0.9, CANDIDATES), FREIGHT)
    return FixedAnswerer([RETURNS, FREIGHT, STATUS], {VAGUE: clarify, "寄东西要给钱吗": near})


def tracker(
    text: str,
    intent: str,
    confidence: float = 0.9,
    *,
    ranking: Sequence[tuple[str, float]] = (),
    entities: Sequence[Mapping[str, Any]] = (),
    metadata: Mapping[str, Any] | None = None,
    slots: Mapping[str, Any] | None = None,
    before: Sequence[Mapping[str, Any]] = (),
    loop: str | None = None,
) -> dict[str, Any]:
    """Rasa's tracker as JSON, with `before` as the events of the turn before."""
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "intent_ranking": [{"name": name, "confidence": share} for name, share in ranking],
        "entities": [dict(entity) for entity in entities],
        "metadata": dict(metadata or {}),
    }
    return {
        "sender_id": "c-1",
        "slots": dict(slots or {}),
        "latest_message": message,
        "events": [*before, {"event": "user", "text": text}],
        "paused": False,
        "followup_action": None,
        "active_loop": {"name": loop} if loop else {},
        "latest_action_name": "action_listen",
    }


def said(text: str, response: str | None = None) -> dict[str, Any]:
    """A bot event of the turn before."""
    return {"event": "bot", "text": text, "metadata": {"utter_action": response} if response else {}}


def heard(text: str) -> dict[str, Any]:
    """A user event of the turn before."""
    return {"event": "user", "text": text}


@pytest.fixture
def run(answerer: FixedAnswerer) -> Run:
    """Run an action: (responses, events)."""
    executor = build_executor(build_actions(answerer))

    async def run(
        action: str, *args: Any, **kwargs: Any
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        answer = await run_action(executor, {"next_action": action, "tracker": tracker(*args, **kwargs)})
        assert answer.status == 200, answer.body
        return answer.body["responses"], answer.body["events"]

    return run


def effects(response: Mapping[str, Any]) -> Effects:
    return Effects.from_custom(response["custom"])


def payloads(response: Mapping[str, Any]) -> list[str]:
    return [button["payload"] for button in response["buttons"]]
