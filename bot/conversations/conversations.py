"""What channels and agents may do with a conversation. Everything is stored before it is confirmed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.conversations.commit import Bookkeeping, latest_episode, lock_conversation, open_episode
from bot.conversations.conversation import change, read_episode
from bot.conversations.feedback import (
    UNHELPFUL_PAYLOAD,
    UNHELPFUL_TEXT,
    find_answer,
    give,
    is_latest,
)
from bot.conversations.story import draft_handoff
from bot.conversations.transcript import (
    HUMAN_PAYLOAD,
    WELCOME_LIMIT,
    Message,
    append,
    message_at,
    messages_after,
    read_message,
)
from bot.database import Database
from bot.errors import InvalidInput, MessageEmpty, MessageTooLong, NotFound, UnknownChoice
from bot.events import Hint, Hints
from bot.handoff import notify
from bot.handoff.policy import HandOff
from bot.handoff.ticket import ahead_of, assign, open_handoff, open_ticket, open_tickets, resolve
from bot.messages import Owner, Sender
from bot.tables import ConversationRow, EpisodeRow, MessageRow

CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SENT = sa.select(MessageRow).where(
    MessageRow.conversation_id == sa.bindparam("conversation"),
    MessageRow.sender == sa.bindparam("sender"),
    MessageRow.client_id == sa.bindparam("client_id"),
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\ufeff]")


def clean_text(text: object, limit: int) -> str:
    """The text without control characters and lone surrogates.

    Raises InvalidInput when it is no string, MessageTooLong over `limit` characters, MessageEmpty when
    nothing in it can be seen.
    """
    if not isinstance(text, str):
        raise InvalidInput("text must be a string")
    if len(text) > limit:
        raise MessageTooLong(f"text has {len(text)} characters, the limit is {limit}")
    cleaned = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if all(unicodedata.category(char)[0] in "ZC" for char in cleaned):
        raise MessageEmpty("text has no visible character")
    return cleaned


def check_client_id(client_id: object) -> str:
    """The id. Raises InvalidInput when it breaks docs/protocol.md's rule."""
    if not isinstance(client_id, str) or not CLIENT_ID.fullmatch(client_id):
        raise InvalidInput("client_id must be 1 to 64 characters of [A-Za-z0-9_-]")
    return client_id


@dataclass(frozen=True)
class Status:
    """Who serves the customer; `ahead`: waiting tickets before theirs, None unless they wait."""

    owner: Owner = "bot"
    agent: str | None = None
    ticket: str | None = None
    ahead: int | None = None


@dataclass(frozen=True)
class Opening:
    """What a client needs to go on where it stopped; `more`: ask again after the last message."""

    status: Status
    messages: tuple[Message, ...]
    more: bool


@dataclass(frozen=True)
class AgentRef:
    """The agent who acts."""

    id: int
    display_name: str


class Conversations:
    """All changes that come from outside. `wake` is told which conversation has a message to handle."""

    def __init__(
        self,
        database: Database,
        hints: Hints,
        books: Bookkeeping,
        wake: Callable[[str], None],
        *,
        limit: int,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if limit < 1:
            raise ValueError(f"limit {limit!r} must be at least 1")
        self._database = database
        self._hints = hints
        self._books = books
        self._wake = wake
        self._limit = limit
        self._clock = clock

    async def receive(self, conversation: str, channel: str, client_id: str, text: str) -> Message:
        """Store a typed message and return it; repeating a `client_id` returns the first message.

        Raises MessageEmpty, MessageTooLong and InvalidInput.
        """
        cleaned = clean_text(text, self._limit)
        return await self._say(conversation, channel, client_id, lambda _session: (cleaned, None))

    async def choose(self, conversation: str, channel: str, client_id: str, of: int, choice: str) -> Message:
        """Store a click on button `choice` of message `of`.

        Raises UnknownChoice when the server did not offer it, or offered it in an earlier episode.
        """

        def find(session: Session) -> tuple[str, str | None]:
            message = message_at(session, conversation, of)
            found = next((c for c in message.choices if c.id == choice), None) if message else None
            if message is None or found is None:
                raise UnknownChoice(f"message {of} has no button {choice!r}")
            latest = latest_episode(session, conversation)
            over = latest is None or latest.closed_at is not None or latest.number != message.episode
            if over and found.kind != "human":
                raise UnknownChoice(f"message {of} belongs to an episode that is over")
            return found.title, found.payload

        return await self._say(conversation, channel, client_id, find)

    async def ask_human(self, conversation: str, channel: str, client_id: str) -> Message:
        """Store a press of the button that is always there: 转人工."""
        return await self._say(conversation, channel, client_id, lambda _session: ("转人工", HUMAN_PAYLOAD))

    async def _say(
        self,
        conversation: str,
        channel: str,
        client_id: str,
        content: Callable[[Session], tuple[str, str | None]],
    ) -> Message:
        message = await self._store(conversation, channel, client_id, content)
        assert message is not None, "something was said"
        return message

    async def judge(
        self, conversation: str, channel: str, client_id: str, of: int, *, helpful: bool
    ) -> Message | None:
        """Store whether the FAQ answer `of` helped; the first word on an answer stands.

        没解决 about what was said last is a message of the customer as well, and is returned: the bot goes on
        from there as if it had been typed. Raises UnknownChoice when message `of` is no FAQ answer.
        """
        now, stands = self._clock(), helpful

        def decide(session: Session) -> tuple[str, str | None] | None:
            nonlocal stands
            answer = find_answer(session, conversation, of)
            first, stands = give(session, answer, helpful=helpful, typed=False, now=now)
            goes_on = first and not helpful and is_latest(session, answer)
            return (UNHELPFUL_TEXT, UNHELPFUL_PAYLOAD) if goes_on else None

        message = await self._store(conversation, channel, client_id, decide)
        self._hints.send(Hint(conversation, "rated", of=of, on=stands))
        return message

    async def _store(
        self,
        conversation: str,
        channel: str,
        client_id: str,
        content: Callable[[Session], tuple[str, str | None] | None],
    ) -> Message | None:
        """Store what `content` gives, if anything, once for each client id."""
        check_client_id(client_id)
        now = self._clock()

        def store(session: Session) -> tuple[Message | None, bool]:
            known = _sent(session, conversation, "customer", client_id)
            if known is not None:
                return known, False
            said = content(session)
            if said is None:
                return None, False
            text, payload = said
            row = lock_conversation(session, conversation)
            if row is None:
                row = ConversationRow(
                    id=conversation,
                    channel=channel,
                    customer=f"访客{conversation[-4:]}",
                    last_seq=0,
                    customer_seq=0,
                    agent_seq=0,
                    created_at=now,
                    updated_at=now,
                )
                session.add(row)
                session.flush()
            episode = open_episode(session, row, now)
            stored = append(
                session,
                row,
                episode,
                "customer",
                text,
                now,
                client_id=client_id,
                payload=payload,
                pending=True,
            )
            return stored, True

        message, is_new = await self._database.write(store)
        if message is not None and is_new:
            self._hints.send(Hint(conversation, messages=(message,)))
            self._wake(conversation)
        return message

    async def opening(self, conversation: str, after: int) -> Opening:
        """Status and messages after `after`, for a client that (re)connects."""

        def look(session: Session) -> Opening:
            messages = messages_after(session, conversation, after, WELCOME_LIMIT + 1)
            shown = tuple(messages[:WELCOME_LIMIT])
            return Opening(read_status(session, conversation), shown, len(messages) > WELCOME_LIMIT)

        return await self._database.read(look)

    async def saw(self, conversation: str, seq: int) -> None:
        """The customer has seen all up to `seq`; the mark never goes back nor beyond the last message."""

        def mark(session: Session) -> None:
            row = lock_conversation(session, conversation)
            if row is not None and row.customer_seq < seq:
                row.customer_seq = min(seq, row.last_seq)

        await self._database.write(mark)

    async def take(self, conversation: str, agent: AgentRef) -> None:
        """The agent takes over. Raises NotFound, ConversationTaken."""
        now = self._clock()
        await self._database.write(lambda session: self._take(session, conversation, agent, now))
        self._hints.send(Hint(conversation))

    def _take(
        self, session: Session, conversation: str, agent: AgentRef, now: datetime
    ) -> tuple[ConversationRow, EpisodeRow]:
        row = _conversation(session, conversation)
        episode = open_episode(session, row, now)
        before = read_episode(episode)
        taken = before.taken(agent.id, agent.display_name)
        change(session, episode, taken, now, "taken")
        if before.owner != "human":
            if open_handoff(session, conversation, episode.number) is None:
                draft = draft_handoff(
                    session, episode, None, HandOff.because("taken_over"), self._books.topic
                )
                open_ticket(session, episode, draft, now, self._books.hours)
            for ticket in open_tickets(session, conversation, episode.number):
                assign(session, ticket, agent.id, agent.display_name, now)
            append(session, row, episode, "system", notify.joined(agent.display_name), now)
            row.agent_seq = row.last_seq
        return row, episode

    async def reply(self, conversation: str, agent: AgentRef, client_id: str, text: str) -> Message:
        """Store the agent's message, which takes ownership if nobody has it.

        Raises NotFound, ConversationTaken, MessageEmpty, MessageTooLong, InvalidInput.
        """
        check_client_id(client_id)
        cleaned = clean_text(text, self._limit)
        now = self._clock()

        def store(session: Session) -> Message:
            known = _sent(session, conversation, "agent", client_id)
            if known is not None:
                return known
            row, episode = self._take(session, conversation, agent, now)
            stored = append(
                session,
                row,
                episode,
                "agent",
                cleaned,
                now,
                agent_name=agent.display_name,
                client_id=client_id,
            )
            row.agent_seq = row.last_seq
            return stored

        message = await self._database.write(store)
        self._hints.send(Hint(conversation))
        return message

    async def resolve(self, conversation: str, agent: AgentRef, note: str) -> None:
        """Close the episode and its tickets; the customer is told if a human was there.

        Raises NotFound, ConversationTaken when another agent has it, Conflict when it is over already.
        """
        now = self._clock()

        def store(session: Session) -> None:
            row = _conversation(session, conversation)
            episode = latest_episode(session, conversation)
            if episode is None:
                raise NotFound(f"conversation {conversation!r} has no episode")
            before = read_episode(episode)
            if before.owner == "human":
                before.taken(agent.id, agent.display_name)
            change(session, episode, before.ended(), now, "resolved")
            for ticket in open_tickets(session, conversation, episode.number):
                assign(session, ticket, agent.id, agent.display_name, now)
                resolve(session, ticket, note, now)
            if before.owner != "bot":
                append(session, row, episode, "system", notify.left(agent.display_name), now)
            row.agent_seq = row.last_seq

        await self._database.write(store)
        self._hints.send(Hint(conversation))

    def typing(self, conversation: str, who: Literal["customer", "agent"], *, on: bool) -> None:
        """Pass a typing sign on; it is not stored."""
        self._hints.send(Hint(conversation, "typing", who=who, on=on))


def _sent(session: Session, conversation: str, sender: Sender, client_id: str) -> Message | None:
    row = session.scalar(_SENT, {"conversation": conversation, "sender": sender, "client_id": client_id})
    return read_message(row) if row else None


def read_status(session: Session, conversation: str) -> Status:
    """Who serves the customer now."""
    row = latest_episode(session, conversation)
    if row is None or row.closed_at is not None:
        return Status()
    ticket = open_handoff(session, conversation, row.number)
    waits = ticket is not None and row.owner == "queue"
    return Status(
        owner=row.owner,  # type: ignore[arg-type]
        agent=row.agent_name,
        ticket=ticket.number if ticket else None,
        ahead=ahead_of(session, ticket) if ticket and waits else None,
    )


def _conversation(session: Session, conversation: str) -> ConversationRow:
    row = lock_conversation(session, conversation)
    if row is None:
        raise NotFound(f"no conversation {conversation!r}")
    return row
