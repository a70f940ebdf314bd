"""Takes a new model into a running Rasa process between two turns."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor

logger = logging.getLogger(__name__)

_PROBE = "你好"


class ModelUnusable(Exception):
    """The model cannot be loaded or does not understand anything; the old one goes on."""


async def swap_model(agent: Any, path: Path) -> None:
    """Load the model beside the one that serves, try it, and put it in its place.

    Turns go on meanwhile, each with the model that it began with. Open forms go on with the new model: the
    trackers are read again from their file. Rasa's own `Agent.load_model` loads on the event loop and has
    no way back. Raises ModelUnusable.
    """
    try:
        processor = await asyncio.get_running_loop().run_in_executor(None, _load, agent, path)
        parsed = await processor.parse_message(UserMessage(_PROBE))
        if not parsed["intent"].get("name"):
            raise ModelUnusable(f"{path.name} finds no intent in {_PROBE!r}")
    except ModelUnusable:
        raise
    except Exception as error:
        logger.exception("the model %s cannot be used", path)
        raise ModelUnusable(f"{path.name}: {type(error).__name__}: {error}") from error
    agent.processor, agent.domain = processor, processor.domain
    agent.tracker_store.domain = agent.domain
    agent.nlg.responses = agent.domain.responses


def _load(agent: Any, path: Path) -> MessageProcessor:
    return MessageProcessor(
        model_path=path,
        tracker_store=agent.tracker_store,
        lock_store=agent.lock_store,
        action_endpoint=agent.action_endpoint,
        generator=agent.nlg,
    )
