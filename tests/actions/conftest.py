"""A small FAQ, the demo shop, and a way to run one action as Rasa would."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from actions import build_actions
from actions.endpoint import build_executor, run_action
from actions.faq import EntryView, FaqResult, FixedAnswerer, FollowUp
from actions.forms_access import FormsAccess
from bot.handoff.hours import BusinessHours
from bot.messages import Candidate, DecisionRecord, Effects, Link
from bot.shop.access import OrderAccess
from bot.shop.demo import build_demo
from bot.shop.embedded_shop import EmbeddedShop
from bot.shop.identity_token import IdentityTokens
from bot.shop.ledger import Ledger
from bot.shop.shop import DEMO
from bot.shop.tables import open_shop_database
from tests.desk import Clock
from tests.shop.site import SECRET

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
# Answered by the entry on how to look up an order.
ORDER_NAMED = "我的订单号是YS2600010001"
CANDIDATES = (
    Candidate("shipping-fee", "运费怎么算？", 0.4, 0.9),
    Candidate("returns-how", "怎么申请退货？", 0.3, 0.8),
)

Run = Callable[..., Coroutine[Any, Any, tuple[list[dict[str, Any]], list[dict[str, Any]]]]]


@pytest.fixture
def answerer() -> FixedAnswerer:
    clarify = FaqResult(DecisionRecord("clarify", None, 0.4, 0.8, CANDIDATES))
    near = FaqResult(DecisionRecord("answer", "shipping-fee", 0.9, 0.9, CANDIDATES), FREIGHT)
    how = FaqResult(DecisionRecord("answer", "orders-status", 0.9, 0.9), STATUS)
    return FixedAnswerer(
        [RETURNS, FREIGHT, STATUS],
        {VAGUE: clarify, f"{VAGUE}退到哪": clarify, "寄东西要给钱吗": near, ORDER_NAMED: how},
    )


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
    message_id: str = "c:1",
) -> dict[str, Any]:
    """Rasa's tracker as JSON, with `before` as the events of the turn before."""
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "intent_ranking": [{"name": name, "confidence": share} for name, share in ranking],
        "entities": [dict(entity) for entity in entities],
        "metadata": dict(metadata or {}),
        "message_id": message_id,
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


@pytest.fixture(scope="session")
def seeded_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop's file, made once."""
    path = tmp_path_factory.mktemp("shop") / "shop.db"
    demo, database = build_demo(DEMO), open_shop_database(path)
    EmbeddedShop(database).seed(demo.customers, demo.orders)
    database.close()
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def forms(seeded_shop: Path, tmp_path: Path, clock: Clock) -> Iterator[FormsAccess]:
    """The demo shop, open to whoever shows who they are; people work from nine to nine."""
    database = open_shop_database(Path(shutil.copy(seeded_shop, tmp_path / "shop.db")))
    shop = EmbeddedShop(database, clock=clock)
    access = OrderAccess(shop, shop, shop, Ledger(database), IdentityTokens(SECRET), clock=clock)
    yield FormsAccess(access, BusinessHours.parse("09:00-21:00", "Asia/Shanghai"), clock=clock)
    database.close()


@pytest.fixture
def run(answerer: FixedAnswerer, forms: FormsAccess) -> Run:
    """Run an action: (responses, events)."""
    executor = build_executor(build_actions(answerer, forms))

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
