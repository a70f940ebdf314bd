"""The host site's token: only what it signed, only for now."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigurationError, IdentityTokenRefused
from bot.shop.identity_token import IdentityTokens
from tests.desk import MORNING
from tests.shop.site import SECRET, token


def test_a_good_token() -> None:
    identity = IdentityTokens(SECRET).verify(token("demo-li", MORNING), MORNING)
    assert (identity.customer, identity.until) == ("demo-li", MORNING + timedelta(hours=1))


@pytest.mark.parametrize(
    "bad",
    [
        token("demo-li", MORNING, secret="another key of more than 32 characters"),
        token("demo-li", MORNING - timedelta(hours=2)),
        token("demo-li", MORNING + timedelta(hours=2)),
        token("demo-li", MORNING, hours=25),
        token("demo-li", MORNING, exp=None),
        token("demo-li", MORNING, iat=None),
        token("demo-li", MORNING, sub=None),
        token("demo-li", MORNING, sub=""),
        token("demo-li", MORNING, sub="../admin"),
        token("demo-li", MORNING, exp="soon"),
        token("demo-li", MORNING, exp=10**30),
        jwt.encode({"sub": "demo-li", "iat": 1, "exp": 2**31}, "", algorithm="none"),
        "",
        "x" * 5000,
        "a.b.c",
    ],
)
def test_a_bad_token(bad: str) -> None:
    with pytest.raises(IdentityTokenRefused):
        IdentityTokens(SECRET).verify(bad, MORNING)


@given(place=st.integers(0, 200), letter=st.sampled_from("abcXYZ019-_."))
def test_a_changed_token(place: int, letter: str) -> None:
    good = token("demo-li", MORNING)
    place %= len(good)
    changed = good[:place] + letter + good[place + 1 :]
    try:
        identity = IdentityTokens(SECRET).verify(changed, MORNING)
    except IdentityTokenRefused:
        return
    # The last letter of base64 has bits without meaning.
    assert identity.customer == "demo-li"


def test_without_a_key_no_token_is_good() -> None:
    with pytest.raises(IdentityTokenRefused):
        IdentityTokens("").verify(token("demo-li", MORNING, secret="k" * 32), MORNING)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="BOT_IDENTITY_SECRET"):
        IdentityTokens("too short")
