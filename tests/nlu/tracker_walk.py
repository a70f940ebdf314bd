"""Runs in Rasa's environment: `python tracker_walk.py FILE SEED`; random conversations on two stores at once.

The product's store, with turns that fail half-way, other processes on its file and restarts, must give back
what Rasa's own in-memory store gives back. Prints the number of comparisons; exits with 1 at a difference.
"""

from __future__ import annotations

import asyncio
import random
import sys
from typing import Any

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered

from bot.nlu.tracker_store import SqliteTrackerStore

DOMAIN = Domain.from_dict(
    {"slots": {"phone": {"type": "any", "mappings": [{"type": "custom"}]}}, "intents": ["greet"]}
)
STEPS = 300


def turn(chance: random.Random, number: int) -> list[Event]:
    """Some events of one turn, sometimes those of a new session."""
    events: list[Event] = []
    if chance.random() < 0.1:
        events += [ActionExecuted("action_session_start"), SessionStarted(timestamp=float(number))]
    events.append(
        UserUttered(f"你好 {number}", {"name": "greet", "confidence": 1.0}, message_id=f"m{number}")
    )
    if chance.random() < 0.5:
        events.append(SlotSet("phone", chance.choice(["138", None, ["a", 1]])))
    return [*events, BotUttered("您好", {"custom": {"n": number}}), ActionExecuted("action_listen")]


def state(tracker: Any) -> Any:
    """What a turn reads of a tracker."""
    if tracker is None or not tracker.events:
        return None
    # A loaded session begins with its start; what led to it is not read again.
    events = [{**event.as_dict(), "timestamp": None} for event in tracker.events]
    starts = [i for i, event in enumerate(events) if event["event"] == "session_started"]
    return events[starts[-1] if starts else 0 :], tracker.current_slot_values(), tracker.latest_message.text


async def walk(path: str, seed: int) -> int:
    """The number of comparisons. Raises AssertionError at a difference."""
    chance, compared = random.Random(seed), 0
    store, reference = SqliteTrackerStore(DOMAIN, db=path), InMemoryTrackerStore(DOMAIN)
    for number in range(STEPS):
        sender = f"c{chance.randrange(4)}"
        mine, theirs = (
            await store.get_or_create_tracker(sender),
            await reference.get_or_create_tracker(sender),
        )
        assert state(mine) == state(theirs), (number, sender)
        compared += 1
        events = turn(chance, number)
        fails = chance.random() < 0.2
        for event in events[: chance.randrange(len(events)) if fails else len(events)]:
            mine.update(event)
            if not fails:
                theirs.update(event)
        if not fails:
            await store.save(mine)
            await reference.save(theirs)
        if chance.random() < 0.1:
            store = SqliteTrackerStore(DOMAIN, db=path)
        if chance.random() < 0.1:
            other = SqliteTrackerStore(DOMAIN, db=path)
            mine, theirs = (
                await other.get_or_create_tracker(sender),
                await reference.get_or_create_tracker(sender),
            )
            for event in turn(chance, -number):
                mine.update(event)
                theirs.update(event)
            await other.save(mine)
            await reference.save(theirs)
    assert set(await store.keys()) == set(await reference.keys())
    return compared


if __name__ == "__main__":
    print(asyncio.run(walk(sys.argv[1], int(sys.argv[2]))))
