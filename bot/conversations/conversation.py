"""The state of an episode and its transitions: pure values, and the one function that stores a change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from bot.errors import Conflict, ConversationTaken
from bot.events import record
from bot.messages import Owner
from bot.tables import EpisodeRow

Outcome = Literal["success", "clarify", "miss", "neutral"]


@dataclass(frozen=True)
class Episode:
    """One episode of a conversation.

    `misses`: turns in a row in which the bot could not answer. `clarified`: the last turn asked back, and the
    customer has not been answered since. `emotion_streak`: messages in a row that show displeasure.
    `intensity`: of the feeling in the last message, 0 when it was calm. `emotion_rise`: messages in a row,
    each with a stronger feeling than the one before. `entry` was answered last, `repeats` times in a row.
    `apologised`: the bot has apologised once for a bad experience and does not do it again.
    """

    conversation: str
    number: int
    owner: Owner = "bot"
    agent_id: int | None = None
    agent_name: str | None = None
    misses: int = 0
    emotion_streak: int = 0
    intensity: float = 0.0
    emotion_rise: int = 0
    entry: str | None = None
    repeats: int = 0
    clarified: bool = False
    apologised: bool = False
    closed: bool = False

    def __post_init__(self) -> None:
        if (self.owner == "human") != (self.agent_id is not None):
            raise ValueError(f"owner {self.owner!r} does not go with agent {self.agent_id!r}")

    @property
    def sender(self) -> str:
        """Rasa's sender id: a new episode starts with a fresh tracker."""
        return f"{self.conversation}-{self.number}"

    def heard(self, displeased: bool, intensity: float = 0.0) -> Episode:
        """A customer's message was read; `intensity` of the feeling in it, 0..1, 0 when calm."""
        higher = self.emotion_rise + 1 if intensity > self.intensity else 1
        return replace(
            self,
            emotion_streak=self.emotion_streak + 1 if displeased else 0,
            intensity=intensity,
            emotion_rise=higher if intensity else 0,
        )

    def turned(self, outcome: Outcome, entry: str | None = None) -> Episode:
        """The bot has replied, with the FAQ's `entry` if it answered from it.

        Only a success takes the misses back. Asking back is no miss by itself, asking back again is one.
        """
        if outcome == "success":
            repeats = self.repeats + 1 if entry == self.entry else 1
            asked = replace(self, entry=entry, repeats=repeats) if entry else self
            return replace(asked, misses=0, clarified=False)
        if outcome == "miss":
            return replace(self, misses=self.misses + 1, clarified=False)
        if outcome == "clarify":
            again = self.clarified or self.misses > 0
            return replace(self, misses=self.misses + again, clarified=True)
        return self

    def calmed(self) -> Episode:
        """The bot has apologised."""
        return replace(self, apologised=True)

    def queued(self) -> Episode:
        """A human is asked for. Raises Conflict when one is there already or the episode is over."""
        self._must_be_open()
        if self.owner == "human":
            raise Conflict(f"episode {self.sender} already belongs to a human")
        return replace(self, owner="queue", misses=0, repeats=0, clarified=False)

    def resumed(self) -> Episode:
        """The customer would rather go on with the bot than wait. Raises Conflict unless they wait."""
        self._must_be_open()
        if self.owner != "queue":
            raise Conflict(f"episode {self.sender} does not wait for a human")
        return replace(self, owner="bot")

    def taken(self, agent_id: int, agent_name: str) -> Episode:
        """An agent takes over; taking twice changes nothing.

        Raises ConversationTaken when another agent has it, Conflict when the episode is over.
        """
        self._must_be_open()
        if self.owner == "human" and self.agent_id != agent_id:
            raise ConversationTaken(f"episode {self.sender} belongs to agent {self.agent_id}")
        return replace(
            self, owner="human", agent_id=agent_id, agent_name=agent_name, misses=0, clarified=False
        )

    def ended(self) -> Episode:
        """The matter is settled; the next message starts a new episode. Raises Conflict when it was."""
        self._must_be_open()
        return replace(self, owner="bot", agent_id=None, agent_name=None, closed=True)

    def _must_be_open(self) -> None:
        if self.closed:
            raise Conflict(f"episode {self.sender} is over")


def read_episode(row: EpisodeRow) -> Episode:
    """The row's state as a value."""
    return Episode(
        conversation=row.conversation_id,
        number=row.number,
        owner=row.owner,  # type: ignore[arg-type]
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        misses=row.misses,
        emotion_streak=row.emotion_streak,
        intensity=row.intensity,
        emotion_rise=row.emotion_rise,
        entry=row.entry,
        repeats=row.repeats,
        clarified=row.clarified,
        apologised=row.apologised,
        closed=row.closed_at is not None,
    )


def change(session: Session, row: EpisodeRow, episode: Episode, now: datetime, cause: str) -> None:
    """Store `episode` in its row and emit `conversation.changed` if owner or openness changed.

    The only place that writes an episode. `cause` is the reason of a hand-off or the name of a transition.
    """
    before = read_episode(row)
    if before == episode:
        return
    if (before.conversation, before.number) != (episode.conversation, episode.number):
        raise ValueError(f"{episode.sender} cannot be stored in the row of {before.sender}")
    row.owner = episode.owner
    row.agent_id = episode.agent_id
    row.agent_name = episode.agent_name
    row.misses = episode.misses
    row.emotion_streak = episode.emotion_streak
    row.intensity = episode.intensity
    row.emotion_rise = episode.emotion_rise
    row.entry = episode.entry
    row.repeats = episode.repeats
    row.clarified = episode.clarified
    row.apologised = episode.apologised
    if episode.closed and row.closed_at is None:
        row.closed_at = now
    if (before.owner, before.agent_id, before.closed) != (episode.owner, episode.agent_id, episode.closed):
        record(
            session,
            "conversation.changed",
            episode.conversation,
            {
                "episode": episode.number,
                "from": before.owner,
                "to": episode.owner,
                "closed": episode.closed,
                "cause": cause,
            },
            now,
        )
