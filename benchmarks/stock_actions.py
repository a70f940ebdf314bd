"""rasa-sdk's own action server with the product's actions: `python -m benchmarks.stock_actions PORT`."""

from __future__ import annotations

import secrets
import sys

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions import build_actions
from actions.forms_access import FormsAccess
from bot.config import Settings
from bot.published import PublishedFaq
from bot.shop.shop import load_shop


def main(port: int) -> None:
    """Serve on loopback until stopped."""
    executor = ActionExecutor()
    settings = Settings(identity_secret=secrets.token_urlsafe(32))
    access = FormsAccess(load_shop(settings).access)
    for action in build_actions(PublishedFaq.load(settings.models, settings.timezone), access):
        executor.register_action(action)
    create_app(executor).run(host="127.0.0.1", port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
