"""What comes of one message, decided before anything is stored: emotion, policy, Rasa, policy again."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from actions.empathy import is_apology
from bot.conversations.conversation import Episode, Outcome
from bot.conversations.rasa_client import Dialogue, RasaTurn
from bot.conversations.transcript import HUMAN_PAYLOAD, RESUME_PAYLOAD, Message
from bot.emotion import Emotion
from bot.errors import PartUnavailable
from bot.handoff import notify
from bot.handoff.danger import danger
from bot.handoff.past_turns import policy_trace
from bot.handoff.policy import Continue, ConversationState, HandOff, OfferHuman, Step, Thresholds, decide
from bot.handoff.request import asks_about_waiting, withdraws
from bot.handoff.request_detector import BY_RULES, Wish
from bot.messages import Button, Reply

logger = logging.getLogger(__name__)

CALM = Emotion("calm", 0.0)
# Small talk neither solves the customer's matter nor fails to.
_SMALL_TALK = {
    "greet",
    "goodbye",
    "thanks",
    "bot_challenge",
    "chitchat",
    "affirm",
    "deny",
    "praise",
    "rate_service",
}
_FALLBACK_ACTION = "action_default_fallback"
_OPEN_QUESTION = "action_answer_faq"
HUMAN_BUTTON = Button("转人工", HUMAN_PAYLOAD, "human")
RESUME_BUTTON = Button("不等了，继续问小杉", RESUME_PAYLOAD)
_CLARIFIED_AGAIN = "还是这几个问题和您说的比较接近，您看是哪一个？都不是的话，可以点“转人工”。"


class Feeling(Protocol):
    """What the turn needs of `bot.emotion`."""

    async def feel(self, text: str) -> Emotion:
        """What the writer of `text` feels."""


@dataclass(frozen=True)
class Task:
    """A message without a turn, and the state in which it is handled.

    `ticket` is the episode's open hand-off ticket, `last_prompt` the text of the bot's last message, `more`
    whether another message waits behind this one.
    """

    message: Message
    episode: Episode
    channel: str
    ticket: str | None = None
    last_prompt: str | None = None
    more: bool = False


@dataclass(frozen=True)
class Timings:
    """Milliseconds."""

    emotion: float = 0.0
    rasa: float = 0.0
    retrieve: float = 0.0
    started: float = field(default_factory=time.perf_counter)


@dataclass(frozen=True)
class Result:
    """What is to be stored. `outcome` counts for the misses; `transcript` means that the bot stays silent.

    `resumes`: a press of the button takes the customer out of the queue. `withdraws`: their words do, unless
    the ticket is about a danger. `asks_again`: for a human, or how long it takes.
    `state` is what the policy saw when it decided on `step`.
    """

    task: Task
    state: ConversationState
    step: Step
    outcome: Outcome = "neutral"
    replies: tuple[Reply, ...] = ()
    rasa: RasaTurn | None = None
    transcript: bool = False
    resumes: bool = False
    withdraws: bool = False
    asks_again: bool = False
    apologises: bool = False
    error: str | None = None
    timings: Timings = field(default_factory=Timings)

    @property
    def emotion(self) -> Emotion:
        """What the customer feels."""
        return self.state.emotion

    @property
    def displeased(self) -> bool:
        """Whether the message shows displeasure."""
        return self.state.displeased

    def heard(self, episode: Episode) -> Episode:
        """The episode after the message was read."""
        return _heard(episode, self.emotion)

    @property
    def entry(self) -> str | None:
        """The entry that the bot answers from."""
        answered = self.rasa is not None and self.decision == "answer"
        return self.rasa.decision.entry if answered and self.rasa and self.rasa.decision else None

    @property
    def decision(self) -> str:
        """The decision of docs/protocol.md's trace."""
        if isinstance(self.step, HandOff):
            return "handoff"
        if self.rasa is not None and self.rasa.decision is not None:
            return self.rasa.decision.decision
        if self.rasa is not None and _FALLBACK_ACTION in self.rasa.actions:
            return "fallback"
        return "flow"

    def trace(self, ticket: str | None, commit_started: float, release: str) -> dict[str, Any]:
        """The trace of docs/protocol.md, with `error` naming the part that failed."""
        record = self.rasa.decision if self.rasa else None
        now = time.perf_counter()
        return {
            "intent": {"name": self.rasa.intent, "confidence": self.rasa.intent_confidence}
            if self.rasa
            else None,
            "entities": [dict(entity) for entity in self.rasa.entities] if self.rasa else [],
            "emotion": asdict(self.emotion) | {"cues": list(self.emotion.cues)},
            "decision": self.decision,
            "entry": record.entry if record else None,
            "probability": record.probability if record else None,
            "in_scope": record.in_scope if record else None,
            "candidates": [asdict(candidate) for candidate in record.candidates] if record else [],
            "understood": list(record.understood) if record else [],
            "also": list(record.also) if record else [],
            "actions": list(self.rasa.actions) if self.rasa else [],
            "active_loop": self.rasa.active_loop if self.rasa else None,
            "handoff": {"reason": self.step.reason, "ticket": ticket}
            if isinstance(self.step, HandOff)
            else None,
            "policy": policy_trace(self.state, self.step),
            "rating": self.rasa.rating if self.rasa else None,
            "timings_ms": {
                "total": round((now - self.timings.started) * 1000, 2),
                "emotion": round(self.timings.emotion, 2),
                "rasa": round(self.timings.rasa, 2),
                "retrieve": round(self.timings.retrieve, 2),
                "commit": round((now - commit_started) * 1000, 2),
            },
            "release": (record.release if record else "") or release,
            "error": self.error,
        }


async def _nobody(_conversation: str) -> None:
    return None


class TurnHandler:
    """Thinks a turn through. Whatever fails on the way becomes a hand-off, never silence.

    `thresholds` gives the settings in force, read once a turn. `level` tells which of the shop's levels a
    conversation's customer has; it is asked only when the answer matters.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        feeling: Feeling,
        thresholds: Callable[[], Thresholds] = Thresholds,
        release: Callable[[], str] = lambda: "",
        hear: Callable[[str], Wish] = BY_RULES.hear,
        level: Callable[[str], Awaitable[str | None]] = _nobody,
    ) -> None:
        self._dialogue = dialogue
        self._feeling = feeling
        self._thresholds = thresholds
        self._hear = hear
        self._level = level
        self.release = release

    def needs_dialogue(self, task: Task) -> bool:
        """Whether the bot will take a moment, so that a typing sign makes sense."""
        return task.episode.owner == "bot"

    async def think(self, task: Task) -> Result:
        """Decide. Never raises but for cancellation."""
        timings = Timings()
        try:
            return await self._think(task, timings)
        except Exception as error:
            if not isinstance(error, PartUnavailable):
                logger.exception("a turn of %s failed", task.episode.sender)
            return self.failed(task, timings, f"{type(error).__name__}: {error}")

    def failed(self, task: Task, timings: Timings, error: str) -> Result:
        """The turn of a message that could not be handled."""
        logger.error("handing off %s, message %s: %s", task.episode.sender, task.message.seq, error)
        silent = task.episode.owner != "bot"
        step: Step = Continue() if silent else HandOff.because("failing_part")
        state = ConversationState(wants_human=False, emotion=CALM, failing=not silent)
        return Result(task, state, step, transcript=silent, error=error, timings=timings)

    async def _think(self, task: Task, timings: Timings) -> Result:
        message, episode = task.message, task.episode
        typed = message.payload is None
        emotion = await self._feeling.feel(message.text) if typed else CALM
        timings = replace(timings, emotion=(time.perf_counter() - timings.started) * 1000)
        heard, thresholds = _heard(episode, emotion), self._thresholds()
        wish = self._hear(message.text) if typed else Wish(message.payload == HUMAN_PAYLOAD, 0.0)
        state = ConversationState(
            wants_human=wish.heard,
            emotion=emotion,
            emotion_streak=heard.emotion_streak,
            emotion_rise=heard.emotion_rise,
            misses=episode.misses,
            danger=danger(message.text) if typed else None,
        )
        result = Result(task, state, decide(state, thresholds), timings=timings)
        if episode.owner == "human":
            return replace(result, transcript=True, asks_again=state.wants_human, step=Continue())
        if message.payload == RESUME_PAYLOAD:
            return replace(result, resumes=True, step=Continue())
        if episode.owner == "queue":
            return _in_queue(result)
        if isinstance(result.step, HandOff):
            return replace(result, apologises=result.displeased and not episode.apologised)
        rasa = await self._ask(task, emotion, heard, thresholds)
        timings = replace(timings, rasa=rasa.ms, retrieve=rasa.decision.retrieve_ms if rasa.decision else 0.0)
        result = replace(result, rasa=rasa, timings=timings)
        if result.displeased or _outcome(result.decision, rasa) in ("miss", "clarify"):
            state = replace(state, level=await self._level(message.conversation))
        state = replace(state, wants_human=wish.with_intent(rasa.request))
        return self._judge(result, state, thresholds)

    async def _ask(self, task: Task, emotion: Emotion, heard: Episode, thresholds: Thresholds) -> RasaTurn:
        metadata = {
            "channel": task.channel,
            "misses": task.episode.misses,
            "emotion": asdict(emotion) | {"cues": list(emotion.cues)},
            "emotion_streak": heard.emotion_streak,
            "form_attempts": thresholds.form_attempts,
            "apologised": heard.apologised,
            "last_prompt": task.last_prompt,
            "ticket": task.ticket,
            "release": self.release(),
        }
        message = task.message
        return await self._dialogue.turn(
            task.episode.sender,
            f"{message.conversation}:{message.seq}",
            message.payload or message.text,
            command=message.payload is not None,
            metadata=metadata,
        )

    def _judge(self, result: Result, state: ConversationState, thresholds: Thresholds) -> Result:
        rasa, episode = result.rasa, result.task.episode
        assert rasa is not None
        outcome = _outcome(result.decision, rasa)
        after = episode.turned(outcome, result.entry)
        state = replace(
            state,
            misses=after.misses,
            missed=after.misses > episode.misses,
            repeats=after.repeats if result.entry else 0,
            intent=rasa.intent,
            intent_confidence=rasa.intent_confidence,
            asked=rasa.handoff,
            failing=not rasa.replies and rasa.handoff is None,
        )
        step = decide(state, thresholds)
        result = replace(result, state=state)
        if isinstance(step, HandOff):
            told = rasa.replies if rasa.handoff == step.reason and step.reason != "requested" else ()
            sorry = result.displeased or step.reason in ("complaint", "complaint_unresolved")
            apologises = sorry and not episode.apologised
            error = "Rasa returned no reply" if step.reason == "failing_part" and not rasa.handoff else None
            return replace(
                result, step=step, outcome="neutral", replies=told, apologises=apologises, error=error
            )
        replies = self._varied(
            result, rasa.replies, missed=after.misses > episode.misses, misses=after.misses
        )
        if isinstance(step, OfferHuman):
            replies = _with_offer(replies)
        sorry = any(is_apology(reply.text) for reply in replies)
        return replace(result, step=step, outcome=outcome, replies=replies, apologises=sorry)

    @staticmethod
    def _varied(
        result: Result, replies: tuple[Reply, ...], *, missed: bool, misses: int
    ) -> tuple[Reply, ...]:
        """After a miss the bot never says the same again: another wording replaces a repeated one."""
        last = result.task.last_prompt or ""
        if not missed or not last.startswith(replies[-1].text):
            return replies
        again = (
            _CLARIFIED_AGAIN
            if result.decision == "clarify"
            else notify.MISSED[(misses - 1) % len(notify.MISSED)]
        )
        if last.startswith(again):
            again = notify.MISSED[misses % len(notify.MISSED)]
        return (*replies[:-1], replace(replies[-1], text=again))


def _in_queue(result: Result) -> Result:
    """What a message means that is said while waiting; a danger told in it comes before all else."""
    message, step = result.task.message, result.step
    if isinstance(step, HandOff) and step.priority == "urgent":
        return result
    typed = message.payload is None
    if typed and withdraws(message.text):
        return replace(result, withdraws=True, step=Continue())
    return replace(
        result, asks_again=result.state.wants_human or (typed and asks_about_waiting(message.text))
    )


def _heard(episode: Episode, emotion: Emotion) -> Episode:
    displeased = emotion.label in ("dissatisfied", "angry")
    return episode.heard(displeased, 0.0 if emotion.label == "calm" else emotion.intensity)


def _outcome(decision: str, rasa: RasaTurn) -> Outcome:
    if decision == "clarify":
        return "clarify"
    if decision in ("no_answer", "fallback"):
        return "miss"
    if decision != "flow":
        return "success"
    # A polite refusal of an open question leaves the customer as helpless as no answer at all.
    refused = rasa.intent == "out_of_scope" and _OPEN_QUESTION in rasa.actions
    if refused or rasa.intent == "unhelpful":
        return "miss"
    return "neutral" if rasa.intent in _SMALL_TALK or _OPEN_QUESTION in rasa.actions else "success"


def _with_offer(replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    last = replies[-1]
    if "人工" not in last.text:
        last = last.followed_by(notify.OFFER)
    offered = any(button.kind == "human" for button in last.buttons)
    return (
        *replies[:-1],
        replace(last, buttons=last.buttons if offered else (*last.buttons, HUMAN_BUTTON)),
    )
