"""The story of an episode, as the agent who takes it over reads it in the ticket."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions.tasks import form_title
from bot.conversations.turn import Result
from bot.handoff.policy import HandOff
from bot.handoff.ticket import TOLD, Line, TicketDraft, summarise
from bot.tables import EpisodeRow, MessageRow, TurnRow

_TRANSCRIPT_LINES = 40
_CATEGORIES = {
    "make_complaint": "投诉",
    "suggest": "建议",
    "request_callback": "回电",
    "ask_order_status": "订单物流",
    "urge_shipping": "订单物流",
    "cancel_order": "订单物流",
    "change_address": "订单物流",
    "request_return": "退换修",
    "request_exchange": "退换修",
    "request_repair": "退换修",
    "ask_refund_progress": "退款",
    "request_invoice": "发票",
}
_REASON_CATEGORIES = {
    "complaint": "投诉",
    "complaint_unresolved": "投诉",
    "not_verified": "订单身份核实",
    "legal_threat": "投诉",
    "media_exposure": "投诉",
    "abuse": "投诉",
    "anger": "投诉",
    "rising_anger": "投诉",
    "self_harm": "人身安全",
    "danger": "人身安全",
    "fraud": "账号与资金安全",
    "failing_part": "系统故障",
    "callback": "回电",
}
# The topic of a FAQ entry, as a word for people.
Topics = Callable[[str], str | None]


def draft_handoff(
    session: Session, row: EpisodeRow, result: Result | None, step: HandOff, topic: Topics
) -> TicketDraft:
    """The ticket that tells an agent the whole story of the episode."""
    lines, traces = _story(session, row)
    current = result.trace(None, time.perf_counter(), "") if result else None
    tried = [line for trace in traces if (line := _attempt(trace))]
    if current and (line := _attempt(current)):
        tried.append(line)
    everything = [*traces, current] if current else traces
    feelings = [trace["emotion"] for trace in everything if trace.get("emotion")]
    return TicketDraft(
        kind="handoff",
        handoff=step,
        category=_category(step.reason, everything, topic),
        summary=summarise(lines, step.explanation, tried),
        emotion=feelings[-1] if feelings else {"label": "calm", "intensity": 0.0, "risk": "none", "cues": []},
        tried=tried,
        fields=told_by_action(result),
    )


def told_by_action(result: Result | None) -> dict[str, str]:
    """What the action that asked for a human tells the agent, as a field of the ticket."""
    note = result.rasa.told if result and result.rasa else ""
    return {TOLD: note} if note else {}


def _story(session: Session, row: EpisodeRow) -> tuple[list[Line], list[dict[str, Any]]]:
    session.flush()
    here = (MessageRow.conversation_id == row.conversation_id, MessageRow.episode == row.number)
    newest = session.execute(
        sa.select(MessageRow.sender, MessageRow.text)
        .where(*here)
        .order_by(MessageRow.seq.desc())
        .limit(_TRANSCRIPT_LINES)
    ).all()
    traces = session.scalars(
        sa.select(TurnRow.trace)
        .where(TurnRow.conversation_id == row.conversation_id, TurnRow.episode == row.number)
        .order_by(TurnRow.seq.desc())
        .limit(10)
    ).all()
    return [Line(sender, text) for sender, text in reversed(newest)], list(reversed(traces))


def _attempt(trace: dict[str, Any]) -> str | None:
    """One line about what the bot tried in a turn."""
    candidates = trace.get("candidates") or []
    if trace["decision"] == "answer" and candidates:
        return f"回答了“{candidates[0]['question']}”（把握{candidates[0]['probability']:.0%}）"
    if trace["decision"] == "clarify" and candidates:
        return "请客户选择：" + "、".join(candidate["question"] for candidate in candidates[:3])
    if trace["decision"] in ("no_answer", "fallback"):
        return "没有找到可靠的答案"
    if trace.get("active_loop"):
        return f"办理中：{form_title(trace['active_loop'])}"
    return f"系统故障：{trace['error']}" if trace.get("error") else None


def _category(reason: str, traces: list[dict[str, Any]], topic: Topics) -> str:
    if reason in _REASON_CATEGORIES:
        return _REASON_CATEGORIES[reason]
    for trace in reversed(traces):
        intent = (trace.get("intent") or {}).get("name")
        if intent in _CATEGORIES:
            return _CATEGORIES[intent]
        found = topic(trace["entry"]) if trace.get("entry") else None
        if found:
            return found
    return "咨询"
