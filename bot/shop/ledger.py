"""Where verifications are kept, so that neither a restart nor a new episode gives tries back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, TypeVar

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from bot.database import Database
from bot.shop.tables import IdentityRow
from bot.shop.verification import TRIES_AN_ORDER, Tries, Verification

T = TypeVar("T")

_VERIFICATION = TypeAdapter(Verification)
_TRIES = TypeAdapter(Tries)


class Ledger:
    """Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, conversation: str) -> Verification:
        """What the conversation has shown."""
        return await self._database.read(lambda session: _verification(session, conversation))

    async def change(self, conversation: str, change: Callable[[Verification], Verification]) -> Verification:
        """Apply `change` and return the result."""

        def run(session: Session) -> Verification:
            changed = change(_verification(session, conversation))
            _keep(session, "conversation", conversation, _VERIFICATION.dump_json(changed).decode())
            return changed

        return await self._database.write(run)

    async def start(self, conversation: str, order: str, key: str, now: datetime) -> Verification | None:
        """Count a try for the conversation and for the number, which need not exist; None: none left."""

        def run(session: Session) -> Verification | None:
            started = _verification(session, conversation).start(key, now)
            guesses = _tries(session, order).start(f"{conversation}/{key}", TRIES_AN_ORDER, now)
            if started is None or guesses is None:
                return None
            _keep(session, "conversation", conversation, _VERIFICATION.dump_json(started).decode())
            _keep(session, "order", order, _TRIES.dump_json(guesses).decode())
            return started

        return await self._database.write(run)

    async def settle(
        self, conversation: str, order: str, key: str, customer: str | None, now: datetime
    ) -> Verification:
        """Record the result of a try."""

        def run(session: Session) -> Verification:
            settled = _verification(session, conversation).settle(key, customer, now)
            guesses = _tries(session, order).settle(f"{conversation}/{key}", right=customer is not None)
            _keep(session, "conversation", conversation, _VERIFICATION.dump_json(settled).decode())
            _keep(session, "order", order, _TRIES.dump_json(guesses).decode())
            return settled

        return await self._database.write(run)

    async def withdraw(self, conversation: str, order: str, key: str) -> None:
        """Take back a try that could not be checked."""

        def run(session: Session) -> None:
            state = _verification(session, conversation).withdraw(key)
            guesses = _tries(session, order).withdraw(f"{conversation}/{key}")
            _keep(session, "conversation", conversation, _VERIFICATION.dump_json(state).decode())
            _keep(session, "order", order, _TRIES.dump_json(guesses).decode())

        await self._database.write(run)


def _document(session: Session, kind: Literal["conversation", "order"], name: str) -> str | None:
    row = session.get(IdentityRow, (kind, name))
    return row.document if row else None


def _verification(session: Session, conversation: str) -> Verification:
    document = _document(session, "conversation", conversation)
    return _VERIFICATION.validate_json(document) if document else Verification()


def _tries(session: Session, order: str) -> Tries:
    document = _document(session, "order", order)
    return _TRIES.validate_json(document) if document else Tries()


def _keep(session: Session, kind: Literal["conversation", "order"], name: str, document: str) -> None:
    session.merge(IdentityRow(kind=kind, name=name, document=document))
