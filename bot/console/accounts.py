"""Who may use the console: passwords (argon2), sessions, and a brake on guessing."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Literal

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from bot.database import Database
from bot.errors import Conflict, Forbidden, NotAuthenticated, NotFound, WeakPassword, WrongPassword
from bot.limits import Rate
from bot.tables import AgentRow, AgentSessionRow

SESSION_LIFE = timedelta(hours=12)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
ADMINISTRATOR = "admin"
# An agent serves customers; a maintainer also edits the FAQ and the hand-off policy.
Role = Literal["agent", "maintainer", "admin"]
MAINTAINERS: tuple[Role, ...] = ("maintainer", "admin")


@dataclass(frozen=True)
class Agent:
    """A person who is signed in."""

    id: int
    name: str
    display_name: str
    role: str
    must_change_password: bool


@dataclass(frozen=True)
class SignIn:
    """A session: `token` goes into the cookie only, `csrf` into the page."""

    agent: Agent
    token: str
    csrf: str


class Accounts:
    """Agents and their sessions in the database."""

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._clock = clock
        self._hasher = PasswordHasher()
        # Slow enough against guessing, quick enough for somebody who mistypes.
        self._tries_per_name = Rate(1 / 20, 8)
        self._tries_per_client = Rate(1 / 5, 20)
        # A hash costs 64 MiB for a moment; two at a time keep a flood of sign-ins from eating the memory.
        self._hashing = asyncio.Semaphore(2)

    @cached_property
    def _nobody(self) -> str:
        """A hash to check against when the name is unknown, so that the answer takes as long."""
        return self._hasher.hash(secrets.token_urlsafe(16))

    async def ensure_administrator(self, announce: Callable[[str], None]) -> None:
        """Create the first account and announce its random password, once in the life of the database."""
        password = secrets.token_urlsafe(12)
        hashed: str | None = None
        if await self._database.read(lambda session: session.scalar(sa.select(AgentRow.id).limit(1))) is None:
            hashed = await asyncio.to_thread(self._hasher.hash, password)

        def create(session: Session) -> bool:
            if hashed is None or session.scalar(sa.select(AgentRow.id).limit(1)) is not None:
                return False
            session.add(_row(ADMINISTRATOR, "管理员", "admin", hashed, self._clock()))
            return True

        if hashed is not None and await self._database.write(create):
            announce(
                f"客服工作台管理员：用户名 {ADMINISTRATOR}，初始密码 {password}（仅显示一次，登录后须修改）"
            )

    async def sign_in(self, name: str, password: str, client: str) -> SignIn:
        """Open a session. Raises WrongPassword, TooManyRequests."""
        self._tries_per_client.check(client)
        self._tries_per_name.check(name)
        row = await self._database.read(
            lambda session: session.scalar(sa.select(AgentRow).where(AgentRow.name == name))
        )
        right = await self._verify(row.password_hash if row else self._nobody, password)
        if row is None or not right:
            raise WrongPassword("unknown name or wrong password")
        now = self._clock()
        signed = SignIn(_agent(row), secrets.token_urlsafe(32), secrets.token_urlsafe(24))

        def store(session: Session) -> None:
            session.execute(sa.delete(AgentSessionRow).where(AgentSessionRow.expires_at < now))
            session.add(
                AgentSessionRow(
                    token_hash=_digest(signed.token),
                    agent_id=signed.agent.id,
                    csrf=signed.csrf,
                    created_at=now,
                    expires_at=now + SESSION_LIFE,
                )
            )

        await self._database.write(store)
        return signed

    async def session(self, token: str | None) -> SignIn:
        """The session of a cookie. Raises NotAuthenticated."""
        if not token:
            raise NotAuthenticated("no session cookie")
        now = self._clock()

        def find(session: Session) -> tuple[AgentSessionRow, AgentRow] | None:
            found = session.execute(
                sa.select(AgentSessionRow, AgentRow)
                .join(AgentRow, AgentRow.id == AgentSessionRow.agent_id)
                .where(AgentSessionRow.token_hash == _digest(token), AgentSessionRow.expires_at > now)
            ).first()
            return (found[0], found[1]) if found else None

        found = await self._database.read(find)
        if found is None:
            raise NotAuthenticated("the session is unknown or has expired")
        return SignIn(_agent(found[1]), token, found[0].csrf)

    async def sign_out(self, token: str) -> None:
        """End the session."""
        gone = sa.delete(AgentSessionRow).where(AgentSessionRow.token_hash == _digest(token))
        await self._database.write(lambda session: session.execute(gone) and None)

    async def change_password(self, signed: SignIn, old: str, new: str) -> None:
        """Change one's own password, ending all other sessions. Raises WrongPassword, WeakPassword."""
        self._tries_per_name.check(signed.agent.name)
        _check_strength(new, old)
        current = await self._database.read(
            lambda session: session.get_one(AgentRow, signed.agent.id).password_hash
        )
        if not await self._verify(current, old):
            raise WrongPassword("the old password is wrong")
        await self._store(signed.agent.name, new, must_change=False, keep=signed.token)

    async def set_password(self, name: str, password: str) -> None:
        """Set anybody's password, from the command line. Raises NotFound, WeakPassword."""
        _check_strength(password, "")
        await self._store(name, password, must_change=False, keep=None)

    async def add(self, name: str, display_name: str, role: Role = "agent") -> str:
        """Create an account and return the random first password. Raises Conflict when the name is in use."""
        password = secrets.token_urlsafe(12)
        hashed = await asyncio.to_thread(self._hasher.hash, password)

        def create(session: Session) -> None:
            if session.scalar(sa.select(AgentRow.id).where(AgentRow.name == name)) is not None:
                raise Conflict(f"an agent named {name!r} exists already")
            session.add(_row(name, display_name, role, hashed, self._clock()))

        await self._database.write(create)
        return password

    async def _store(self, name: str, password: str, *, must_change: bool, keep: str | None) -> None:
        async with self._hashing:
            hashed = await asyncio.to_thread(self._hasher.hash, password)

        def store(session: Session) -> None:
            row = session.scalar(sa.select(AgentRow).where(AgentRow.name == name))
            if row is None:
                raise NotFound(f"no agent is named {name!r}")
            row.password_hash, row.must_change_password = hashed, must_change
            others = sa.delete(AgentSessionRow).where(AgentSessionRow.agent_id == row.id)
            if keep is not None:
                others = others.where(AgentSessionRow.token_hash != _digest(keep))
            session.execute(others)

        await self._database.write(store)

    async def _verify(self, hashed: str, password: str) -> bool:
        def verify() -> bool:
            try:
                return self._hasher.verify(hashed, password)
            except (VerificationError, InvalidHashError):
                return False

        async with self._hashing:
            return await asyncio.to_thread(verify)


def check_csrf(signed: SignIn, value: str | None) -> None:
    """Whether a changing request comes from the page. Raises Forbidden."""
    if value is None or not hmac.compare_digest(value.encode(), signed.csrf.encode()):
        raise Forbidden("the header X-Bot-CSRF is missing or wrong")


def _check_strength(new: str, old: str) -> None:
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD or new == old:
        raise WeakPassword(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters and is new")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _agent(row: AgentRow) -> Agent:
    return Agent(row.id, row.name, row.display_name, row.role, row.must_change_password)


def _row(name: str, display_name: str, role: Role, hashed: str, now: datetime) -> AgentRow:
    return AgentRow(
        name=name,
        display_name=display_name,
        role=role,
        password_hash=hashed,
        must_change_password=True,
        created_at=now,
    )
