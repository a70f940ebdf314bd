"""The state machine of identity: whatever happens, three wrong tries are the end."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.shop.verification import KNOWN_FOR, TRIES, WINDOW, Tries, Verification
from tests.desk import MORNING

keys = st.sampled_from([f"m{number}" for number in range(8)])
customers = st.sampled_from(["chen", "li"])


class VerificationMachine(RuleBasedStateMachine):
    """The machine against a plain list of what happened."""

    @initialize()
    def begin(self) -> None:
        self.now = MORNING
        self.state = Verification()
        self.wrong: list[tuple[str, object]] = []
        self.known: tuple[str, object] | None = None

    def counted(self) -> int:
        return sum(self.now - at < WINDOW for _, at in self.wrong)  # type: ignore[operator]

    @rule(key=keys, customer=st.none() | customers)
    def guess(self, key: str, customer: str | None) -> None:
        started = self.state.start(key, self.now)
        if started is None:
            assert self.counted() == TRIES
            return
        tried = self.state.tries.find(key)
        self.state = started.settle(key, customer, self.now)
        if tried is not None:
            assert self.state == self.state.settle(key, "somebody", self.now), "a try has one result"
        elif customer is None:
            self.wrong.append((key, self.now))
        else:
            self.known = (customer, self.now + KNOWN_FOR)

    @rule(key=keys)
    def shop_is_down(self, key: str) -> None:
        started = self.state.start(key, self.now)
        if started is not None and self.state.tries.find(key) is None:
            assert started.withdraw(key).left(self.now) == self.state.left(self.now)

    @rule(customer=customers)
    def token(self, customer: str) -> None:
        self.known = (customer, self.now + timedelta(hours=1))
        self.state = self.state.present(customer, self.now + timedelta(hours=1))

    @rule()
    def sign_out(self) -> None:
        self.known = None
        self.state = self.state.forget()

    @rule(minutes=st.integers(1, 1500))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def as_expected(self) -> None:
        assert self.state.left(self.now) == TRIES - self.counted()
        fresh = self.known is not None and self.now < self.known[1]  # type: ignore[operator]
        assert self.state.known(self.now) == (self.known[0] if fresh and self.known else None)


VerificationMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestVerification = VerificationMachine.TestCase


def test_tries_started_at_once_cannot_outnumber_the_limit() -> None:
    state: Verification | None = Verification()
    for key in ("a", "b", "c"):
        assert state is not None
        state = state.start(key, MORNING)
    assert state is not None
    assert state.left(MORNING) == 0
    assert state.start("d", MORNING) is None
    assert state.start("a", MORNING) == state


def test_being_right_gives_no_tries_back() -> None:
    state = Verification()
    for key, customer in (("a", None), ("b", None), ("c", "chen"), ("d", None)):
        started = state.start(key, MORNING)
        assert started is not None
        state = started.settle(key, customer, MORNING)
    assert state.left(MORNING) == 0
    assert state.known(MORNING) == "chen"


def test_old_tries_are_dropped() -> None:
    tries = Tries()
    for day in range(50):
        started = tries.start(f"m{day}", TRIES, MORNING + day * WINDOW)
        assert started is not None
        tries = started
    assert len(tries.tries) == 1
