"""Parses many texts with one loaded model: `python -m bot.nlu.parse MODEL TEXTS RESULT`.

TEXTS is a JSON list of strings, RESULT the JSON list of what Rasa made of them: intent, ranking,
entities. Text is read as typed, so a leading `/` is no command.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any


async def parse(model: Path, texts: list[str]) -> list[dict[str, Any]]:
    """The parse of each text, in order."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    parsed = []
    for text in texts:
        result = await agent.parse_message(f"／{text[1:]}" if text.startswith("/") else text)
        parsed.append(
            {
                "intent": result["intent"],
                "ranking": result.get("intent_ranking", []),
                "entities": result["entities"],
            }
        )
    return parsed


def main(model: str, texts: str, result: str) -> None:
    """Read, parse, write."""
    from bot.nlu.launcher import prepare

    prepare("ERROR")
    parsed = asyncio.run(parse(Path(model), json.loads(Path(texts).read_text("utf-8"))))
    Path(result).write_text(json.dumps(parsed, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
