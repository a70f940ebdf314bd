"""Who may call what of the console."""

# Annotations are evaluated at once here: FastAPI reads them.
from typing import Annotated

from fastapi import Cookie, Header

from bot.console.accounts import MAINTAINERS, Accounts, SignIn, check_csrf
from bot.errors import Forbidden

CookieToken = Annotated[str | None, Cookie()]
PageToken = Annotated[str | None, Header()]


class Guards:
    """Dependencies of routes. All raise NotAuthenticated, and Forbidden where more is asked for."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def anyone(self, bot_session: CookieToken = None) -> SignIn:
        """Whoever is signed in."""
        return await self._accounts.session(bot_session)

    async def newcomer(self, bot_session: CookieToken = None, x_bot_csrf: PageToken = None) -> SignIn:
        """Whoever is signed in, for a change that is asked for by the page."""
        signed = await self.anyone(bot_session)
        check_csrf(signed, x_bot_csrf)
        return signed

    async def reader(self, bot_session: CookieToken = None) -> SignIn:
        """Whoever is signed in with a password of their own."""
        signed = await self.anyone(bot_session)
        if signed.agent.must_change_password:
            raise Forbidden("the first password must be changed")
        return signed

    async def changer(self, bot_session: CookieToken = None, x_bot_csrf: PageToken = None) -> SignIn:
        """The same, for a change that is asked for by the page."""
        signed = await self.reader(bot_session)
        check_csrf(signed, x_bot_csrf)
        return signed

    async def maintainer(self, bot_session: CookieToken = None) -> SignIn:
        """Whoever looks after what the bot knows and how it decides."""
        signed = await self.reader(bot_session)
        if signed.agent.role not in MAINTAINERS:
            raise Forbidden(f"role {signed.agent.role!r} is none of {', '.join(MAINTAINERS)}")
        return signed

    async def maintaining(self, bot_session: CookieToken = None, x_bot_csrf: PageToken = None) -> SignIn:
        """The same, for a change that is asked for by the page."""
        signed = await self.maintainer(bot_session)
        check_csrf(signed, x_bot_csrf)
        return signed
