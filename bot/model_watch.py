"""Brings a newly trained Rasa model into the running service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from bot.errors import BotError, PartUnavailable

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
# Loading takes a second or two; the turns go on meanwhile.
LOAD_SECONDS = 60.0


class ModelWatch:
    """Looks at the pointer to the current model and has Rasa load what is new.

    `current` gives the absolute path of the model to serve or raises BotError, `load` has Rasa load it or
    raises PartUnavailable, `taken` is told when it serves. A model that cannot be used is tried once; the old
    one goes on.
    """

    def __init__(
        self,
        current: Callable[[], Path],
        load: Callable[[Path], Awaitable[None]],
        taken: Callable[[Path], None],
        serving: Path,
        *,
        seconds: float = LOOK_SECONDS,
    ) -> None:
        if seconds <= 0:
            raise ValueError(f"seconds must be above 0, got {seconds!r}")
        self._current = current
        self._load = load
        self._taken = taken
        self._known = serving
        self._complaint = ""
        self._seconds = seconds

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self._look()
            await asyncio.sleep(self._seconds)

    async def _look(self) -> None:
        try:
            # It reads files.
            model = await asyncio.to_thread(self._current)
        except BotError as error:
            self._complain(str(error))
            return
        if model == self._known:
            return
        self._known = model
        try:
            await self._load(model)
        except PartUnavailable as error:
            self._complain(f"the model {model.name} is not taken, the old one goes on: {error}")
            return
        self._taken(model)
        logger.warning("Rasa serves the model %s from now on", model.name)

    def _complain(self, text: str) -> None:
        if text != self._complaint:
            logger.error("%s", text)
        self._complaint = text


async def load_in_rasa(url: str, token: str, model: Path) -> None:
    """Have the Rasa process at `url` take the model, an absolute path. Raises PartUnavailable."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=LOAD_SECONDS) as http:
            answer = await http.post(f"{url}/webhooks/desk/model", json={"path": str(model)}, headers=headers)
    except httpx.HTTPError as error:
        raise PartUnavailable(f"Rasa did not answer: {type(error).__name__} {error}") from error
    if answer.status_code != 200:
        raise PartUnavailable(f"Rasa answered {answer.status_code}: {answer.text[:500]}")
