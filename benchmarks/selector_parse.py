"""Runs in Rasa's environment: `python selector_parse.py MODEL` reads questions.json, writes choices.json."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


async def choose(model: str, questions: Sequence[str]) -> list[dict[str, Any]]:
    """What the ResponseSelector of `model` chooses for every question."""
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    choices = []
    for question in questions:
        parsed = await agent.parse_message(question)
        top = parsed["response_selector"]["faq"]["ranking"][0]
        choices.append(
            {"entry": top["intent_response_key"].split("/", 1)[1], "confidence": top["confidence"]}
        )
    return choices


def main(model: str) -> None:
    """Read, ask, write."""
    questions = json.loads(Path("questions.json").read_text("utf-8"))
    Path("choices.json").write_text(json.dumps(asyncio.run(choose(model, questions))), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
