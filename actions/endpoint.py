"""rasa-sdk's webhook without its server: what `/internal/actions` does with a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException


class ActionAnswer(NamedTuple):
    """HTTP status and JSON body for Rasa."""

    status: int
    body: Mapping[str, Any]


def build_executor(actions: Sequence[Action]) -> ActionExecutor:
    """An executor with exactly these actions. Raises ValueError when two have one name."""
    executor = ActionExecutor()
    for action in actions:
        if action.name() in executor.actions:
            raise ValueError(f"two actions are named {action.name()!r}")
        executor.register_action(action)
    return executor


async def run_action(executor: ActionExecutor, payload: Mapping[str, Any]) -> ActionAnswer:
    """Run the action that Rasa asks for.

    A rejection answers 400, as Rasa expects, an unknown action 404, a payload without an action an
    empty result. Other exceptions are the caller's: Rasa then fails the turn.
    """
    # Rasa 3.6 leaves the domain out for actions that do not need it; SDK 3.21 insists on one.
    call = {**payload, "domain": payload.get("domain") or {}}
    try:
        result = await executor.run(call)
    except ActionExecutionRejection as rejection:
        return ActionAnswer(400, {"error": str(rejection), "action_name": rejection.action_name})
    except ActionNotFoundException as missing:
        return ActionAnswer(404, {"error": str(missing), "action_name": missing.action_name})
    return ActionAnswer(200, result.model_dump() if result else {"events": [], "responses": []})
