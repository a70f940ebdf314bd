"""Picks the wording of the domain that was not yet said, or was said longest ago, in this conversation."""

from __future__ import annotations

import copy
import random
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.events import BotUttered


class FreshResponses(TemplatedNaturalLanguageGenerator):
    """Rasa's own generator picks at random and may say the same twice running."""

    def __init__(self, endpoint_config: Any = None, domain: Any = None) -> None:
        super().__init__(domain.responses if domain else {})

    async def generate(
        self, utter_action: str, tracker: Any, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The filled response, or None when the domain has none of this name."""
        if utter_action not in self.responses:
            return None
        slots = tracker.current_slot_values()
        variants = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, slots
        )
        if not variants:
            return None
        said = {
            event.text: turn for turn, event in enumerate(tracker.events) if isinstance(event, BotUttered)
        }
        drafts: list[dict[str, Any]] = [
            self._fill_response(copy.deepcopy(variant), slots, **kwargs) for variant in variants
        ]
        random.shuffle(drafts)
        return min(drafts, key=lambda draft: said.get(draft.get("text"), -1))
